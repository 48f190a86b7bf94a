"""What the Makefile runs: set-up, tests, checks."""
