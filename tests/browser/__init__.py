"""Tests in a real browser, and the checks that every page must pass there."""
