"""Returns of matters by field: as the door takes them, and as the officer's page sends them."""

from __future__ import annotations

from typing import Any

REMARK = "请补充公司章程修正案。"
FACTS = ("text", "facts", None)
SUMMARY = ("text", "summary", None)
ANOTHER = ("document", "another", None)
Field = tuple[str, str, int | None]


def returned(*fields: Field, remark: str = REMARK, general: str = "", clause: str = "") -> dict[str, Any]:
    """The form of a return that names these fields, each with the same remark."""
    points = [
        {"target": target, "code": code, "year": year, "remark": remark, "clause": clause}
        for target, code, year in fields
    ]
    return {"points": points, "remark": general}


def returned_on_page(*fields: Field, remark: str = REMARK, **more: str) -> dict[str, Any]:
    """What the second page of a return posts."""
    keys = [".".join(str(part) for part in field if part is not None) for field in fields]
    return {"target": keys, **{f"remark-{key}": remark for key in keys}, **more}
