"""Reading functions of the desks: rows and figures as pages show them, in bounded queries whatever the size."""
