"""Reading in a child process: what its start costs, and what bytes to checked facts cost in both processes together."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench.figures import Figure
from bench.reading import REFERENCE, YEAR, two_loads
from bench.scale import Scale
from criteria.checks import check_facts
from criteria.facts import Facts
from criteria.loading import freeze, thaw
from criteria.ruleset import RuleSet
from criteria.workbook import Template, template_for
from criteria.workbook.isolated import AT_ONCE, READERS, examine_isolated, request
from criteria.workbook.samples import correct_workbook

_ROOT = Path(__file__).resolve().parents[1]


def isolated_reading(scale: Scale) -> Iterator[Figure]:
    """CPU and waiting of a child that has nothing to read, and CPU of a small application against two bare loads."""
    rules = thaw(freeze(REFERENCE))
    assert rules.form is not None
    template = template_for(rules.form, rules.ref, rules.checksum, "bench-1", YEAR, rules.name_zh)
    content = correct_workbook(template)
    check_read(content, template)
    taken: dict[str, list[float]] = {name: [] for name in ("start", "wait", "fresh", "child", "ours", "peer")}
    for _round in range(scale.rounds):
        started = time.perf_counter()
        taken["start"].append(READERS.ask(request(b"", template), AT_ONCE).cpu)
        taken["wait"].append(time.perf_counter() - started)
        taken["fresh"].append(fresh_start())
        child, here = both_processes(content, template, rules)
        taken["child"].append(child)
        taken["ours"].append(child + here)
        taken["peer"].append(own_cpu(lambda: two_loads(content)))
    times = {name: 1000 * median(values) for name, values in taken.items()}
    fresh = f"a fresh interpreter with the reader loaded: {times['fresh']:.0f} ms"
    yield Figure("isolated.start", times["start"], "ms CPU", 15, fresh)
    yield Figure(
        "isolated.wait", times["wait"], "ms", 150, "from the question to the answer of a child with an empty file"
    )
    share = (
        f"child {times['child']:.0f} ms of {times['ours']:.0f} ms; openpyxl's two bare loads: {times['peer']:.0f} ms"
    )
    yield Figure("isolated.child_ratio", times["child"] / times["peer"], "x peer", 1, share)
    yield Figure("isolated.ratio", times["ours"] / times["peer"], "x peer", 1, "child, transfer and cross checks")


def check_read(content: bytes, template: Template) -> None:
    """TypeError when the sample is not accepted; starts the helper on the way."""
    found = examine_isolated(content, template).outcome
    if not isinstance(found, Facts):
        raise TypeError(f"the sample workbook was refused: {found}")


def both_processes(content: bytes, template: Template, rules: RuleSet) -> tuple[float, float]:
    """CPU seconds from bytes to checked facts: in the child after its start, and in this process."""
    child = READERS.ask(request(content, template), AT_ONCE).cpu
    return child, own_cpu(lambda: check_facts(rules, examine_isolated(content, template).facts))


def own_cpu(work: object) -> float:
    """CPU seconds of this process."""
    assert callable(work)
    started = time.process_time()
    work()
    return time.process_time() - started


def fresh_start() -> float:
    """CPU seconds of a new interpreter that loads the reader and ends."""
    before = _children()
    subprocess.run([sys.executable, "-E", "-s", "-c", "import criteria.workbook.child"], cwd=_ROOT, check=True)
    return _children() - before


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
