"""What is true of people, enterprises, applications, reviews, decisions and titles, and the acts that change it.

enums, errors, roles > models > permissions, visibility > selectors > services > forms, exports > views.
`acts.py` is the wrapper around every change: request key, lock, permission, audit entry, effects, one transaction.
"""
