"""One flow class per procedure and edition. Class and node names are stored with running cases: never rename them."""
