r"""Exports as text, written as PHP writes JSON: `\/` for a slash and `\uXXXX` beyond ASCII."""

from __future__ import annotations

import json
from typing import Any


def php(value: Any) -> str:
    """`value` in one line."""
    return json.dumps(value, separators=(",", ":")).replace("/", "\\/")


def info(kind: str, subject: str) -> dict[str, Any]:
    """The head of an export."""
    return {"type": kind, "id": subject}


def by_line(head: dict[str, Any], items: list[Any]) -> str:
    """An export with one item a line, so that changes to it can be read."""
    lines = ",\n".join(php(item) for item in items)
    return f'{{"info":{php(head)},"data":[\n{lines}\n]}}\n'


def in_one_line(head: dict[str, Any], data: Any) -> str:
    """An export as the service most likely writes it."""
    return php({"info": head, "data": data})


def pretty(head: dict[str, Any], data: Any) -> str:
    """An export laid out for people, with letters as they are."""
    return json.dumps({"info": head, "data": data}, indent=2, ensure_ascii=False) + "\n"
