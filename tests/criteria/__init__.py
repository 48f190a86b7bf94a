"""Tests of the rules: files, engine, boundary cases as data."""
