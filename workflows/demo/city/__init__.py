"""A small city of invented enterprises: cases of the municipal and the district programme in every state."""
