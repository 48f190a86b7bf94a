"""From rows to what the page parts take: mappings of plain texts in the reader's language, never queries of a page.

`cases` (header, clock, step bar), `timeline`, `gates`, `scores`, `explanations`, `figures` (reported and verified),
`material` (evidence, uploads), `corrections`, `letters`, `faults`, `rules` (a rule set for people).
"""
