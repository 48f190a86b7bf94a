"""The demonstration: one batch run from opening to certificate, and a second one left in the middle of its work."""
