"""Commands of the certificate app."""
