"""Who does what next: flows, tasks, clocks, the desks on which cases move, and the one door through which they move."""
