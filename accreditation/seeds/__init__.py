"""Rows that an installation or a demo starts with, made through the services."""
