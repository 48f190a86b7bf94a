"""Lists for download."""
