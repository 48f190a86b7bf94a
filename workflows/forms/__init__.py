"""Forms of the desks; they give plain values to the door."""
