"""One verb table per procedure and edition: who may do what, where, under which conditions, with what effect."""
