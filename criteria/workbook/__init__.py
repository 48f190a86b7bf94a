"""The official .xlsx: template written, upload guarded, read, located, normalised and answered cell by cell."""
