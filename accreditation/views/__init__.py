"""Pages: fetch, check form, call, answer."""
