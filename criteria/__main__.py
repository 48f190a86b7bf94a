"""Command line of the rules: `python -m criteria <verb> ...`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from criteria.commands import VERBS, Verb
from criteria.commands_sets import VERBS as SET_VERBS
from criteria.workbook import commands as workbook_commands
from criteria.workbook.commands_applications import VERBS as APPLICATION_VERBS

# Further verbs join here: add another module's table.
ALL_VERBS: dict[str, Verb] = {**VERBS, **SET_VERBS, **workbook_commands.VERBS, **APPLICATION_VERBS}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; its exit code."""
    parser = argparse.ArgumentParser(prog="python -m criteria")
    verbs = parser.add_subparsers(dest="verb", required=True)
    for name, verb in ALL_VERBS.items():
        verb.declare(verbs.add_parser(name, help=verb.help))
    chosen = parser.parse_args(arguments)
    return ALL_VERBS[chosen.verb].run(chosen)


if __name__ == "__main__":
    sys.exit(main())
