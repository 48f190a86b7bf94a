"""The figures: what a reading, a score, a certificate, an inbox, a whole case and an act cost, each beside a target.

Map: __main__ and command, suite (the benchmarks by name), figures (one line, one judgement), timing (interleaved CPU
time, counted statements), database (a scratch database); then one module per benchmark. The season of the inbox comes
from moments (real cases taken down), tables, copies and season. Peers are written as a programmer in a hurry would
write them, with the same libraries: `straight_line` for certificates, `plain_columns` for all scores at once.
"""
