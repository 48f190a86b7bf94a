"""What all lists have in common: twenty rows a page, filters that stay in the address, chips that take one away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

from workflows.forms.casework import FilterForm

ROWS = 20


def page_of_rows(request: HttpRequest, rows: Any) -> Page[Any]:
    """The page that the address asks for; a number beyond the last gives the last."""
    return _with_numbers(Paginator(rows, ROWS).get_page(request.GET.get("page")))


def page_of_slices(request: HttpRequest, read: Callable[[int, int], tuple[Sequence[Any], int]]) -> Page[Any]:
    """The same for a list that is read by (start, size) and answers (rows, number of all)."""
    asked = request.GET.get("page", "1")
    start = (max(int(asked), 1) - 1) * ROWS if asked.isdecimal() and len(asked) < 7 else 0
    rows, total = read(start, ROWS)
    page = Paginator(range(total), ROWS).get_page(asked)
    if total and not rows:
        rows, _total = read((page.number - 1) * ROWS, ROWS)
    page.object_list = rows
    return _with_numbers(page)


def _with_numbers(page: Page[Any]) -> Page[Any]:
    page.page_numbers = list(page.paginator.get_elided_page_range(page.number))  # type: ignore[attr-defined]  # read by pagination.html
    return page


def filters(request: HttpRequest, form: FilterForm) -> dict[str, Any]:
    """Parameters of `filter_bar.html`: the form, its chosen values with the address without each, the bare address."""
    chosen = form.chosen()
    active = [
        {"label": form.fields[name].label, "value": form.label_of(name, value), "remove": _without(request, name)}
        for name, value in chosen.items()
    ]
    return {"form": form, "active": active, "clear": request.path if active else ""}


def _without(request: HttpRequest, name: str) -> str:
    left = request.GET.copy()
    for gone in (name, "page"):
        left.pop(gone, None)
    return f"{request.path}?{left.urlencode()}" if left else request.path
