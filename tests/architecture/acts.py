"""The verbs of acts as the code names them, whichever way they are handed to `accreditation.acts.act`."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import cache

from tests.architecture.sources import Source, python

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def sources(*packages: str) -> Sequence[Source]:
    """The modules of these packages, or of all that act; the demonstration acts by theirs."""
    found = python(*(packages or ("accreditation", "config", "workflows")))
    return [source for source in found if "/demo/" not in source.path]


def verbs_of(source: Source) -> Iterator[tuple[str, str]]:
    """Of each act of a module: the function that it stands in and a verb, which is empty where no code names one."""
    if not any(isinstance(node, ast.ImportFrom) and _brings_the_wrapper(node) for node in source.tree.body):
        return
    for function in source.functions():
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Name) and call.func.id == "act" and len(call.args) > 1:
                for verb in list(_texts(call.args[1], function, source)) or [""]:
                    yield function.name, verb


def _brings_the_wrapper(node: ast.ImportFrom) -> bool:
    return node.module == "accreditation.acts" and "act" in {alias.name for alias in node.names}


def _texts(node: ast.expr, function: Function, source: Source) -> Iterator[str]:
    if isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body, function, source)
        yield from _texts(node.orelse, function, source)
    elif isinstance(node, ast.Name):
        own = [arg.arg for arg in function.args.args]
        if node.id in own:
            yield from _handed_on(function.name, own.index(node.id), source)
        else:
            yield from _assigned(node.id, function, source)


def _assigned(name: str, function: Function, source: Source) -> Iterator[str]:
    """In the function, else in the module, else in the module that it is imported from."""
    for nodes in (ast.walk(function), source.tree.body, _elsewhere(name)):
        values = [node.value for node in nodes if isinstance(node, ast.Assign) and _is_of(node, name)]
        if values:
            for value in values:
                yield from _texts(value, function, source)
            return


def _elsewhere(name: str) -> Iterator[ast.stmt]:
    return (node for source in sources() if f"\n{name} = " in source.text for node in source.tree.body)


def _is_of(node: ast.Assign, name: str) -> bool:
    return any(isinstance(target, ast.Name) and target.id == name for target in node.targets)


def _handed_on(name: str, position: int, source: Source) -> Iterator[str]:
    """What the module's own functions call it with."""
    for function in source.functions():
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Name) and call.func.id == name and len(call.args) > position:
                yield from _texts(call.args[position], function, source)
