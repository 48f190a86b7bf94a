"""The desks: one module per audience. A view fetches through visibility, checks a form, calls the door, answers."""
