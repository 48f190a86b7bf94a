"""What the verbs of the command line share: a verb, its common arguments, refusals in words, a bar for long work."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from criteria.faults import RuleSetFaults
from criteria.given import Unusable, not_readable
from criteria.loading import PROGRAMMES

REFUSED = 2
STOPPED = 130  # as shells count an interrupt
WIDTH = 40  # characters of the bar


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb of the command line: a line of help, its arguments, and what it does (exit code returned)."""

    help: str
    declare: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


def say(text: str) -> None:
    """One line of the answer."""
    sys.stdout.write(text + "\n")


def pick(lang: str, zh: str, en: str) -> str:
    """The words of a language."""
    return zh if lang == "zh" else en


def declare_common(parser: argparse.ArgumentParser) -> None:
    """Arguments that every verb over sets takes."""
    parser.add_argument("--directory", type=Path, default=PROGRAMMES, help="where the rule files lie")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh")


def run(verb: Verb, arguments: argparse.Namespace) -> int:
    """The verb's exit code; 2, with a sentence that names file and place, for whatever it was given and cannot use."""
    lang = getattr(arguments, "lang", "en")
    try:
        return verb.run(arguments)
    except RuleSetFaults as refused:
        say("\n".join(refused.lines(lang)))
    except Unusable as bad:
        say(bad.text(lang))
    except BrokenPipeError:
        raise
    except OSError as error:
        say(not_readable(error).text(lang))
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        return STOPPED
    return REFUSED


def bar(expected: int, stream: TextIO) -> Callable[[int], None] | None:
    """Draws how far long work has come, on a terminal only."""
    if not stream.isatty() or expected < 2:
        return None
    step = max(expected // 100, 1)

    def draw(done: int) -> None:
        if done % step and done != expected:
            return
        full = WIDTH * done // expected
        end = "\n" if done == expected else ""
        stream.write(f"\r[{'#' * full}{'.' * (WIDTH - full)}] {done}/{expected}{end}")
        stream.flush()

    return draw
