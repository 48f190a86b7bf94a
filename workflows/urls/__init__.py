"""Addresses, one module per audience; names are flat, cases are addressed by their number."""
