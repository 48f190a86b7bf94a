"""SQLite database backend whose writers queue first come, first served."""
