"""Reading functions; the ones that fetch one row check that the person may see it."""
