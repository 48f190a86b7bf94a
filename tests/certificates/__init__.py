"""Tests of the certificate library and app."""
