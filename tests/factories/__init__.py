"""The fixed cast of the tests and the figures of a fictional enterprise."""
