"""Command line of the rules: `python -m criteria <verb> ...`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from criteria.command_line import Verb, run
from criteria.commands import VERBS
from criteria.commands_draw import VERBS as DRAW_VERBS
from criteria.commands_sets import VERBS as SET_VERBS
from criteria.workbook.commands import VERBS as WORKBOOK_VERBS
from criteria.workbook.commands_applications import VERBS as APPLICATION_VERBS

# Further verbs join here: add another module's table.
ALL_VERBS: dict[str, Verb] = {**VERBS, **SET_VERBS, **DRAW_VERBS, **WORKBOOK_VERBS, **APPLICATION_VERBS}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; its exit code: 0 well, 1 a finding, 2 something given cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m criteria")
    verbs = parser.add_subparsers(dest="verb", required=True)
    for name, verb in ALL_VERBS.items():
        verb.declare(verbs.add_parser(name, help=verb.help))
    chosen = parser.parse_args(arguments)
    return run(ALL_VERBS[chosen.verb], chosen)


def _as_command() -> int:
    """The same at a terminal: whoever stops reading the answer is no fault."""
    try:
        code = main()
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


if __name__ == "__main__":
    sys.exit(_as_command())
