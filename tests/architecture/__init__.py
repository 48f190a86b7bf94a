"""Rules that the code as a whole must keep."""
