r"""Exports as JSON text in PHP's style: `\/` for a slash and `\uXXXX` for non-ASCII characters."""

from __future__ import annotations

import json
from typing import Any


def php(value: Any) -> str:
    """`value` as JSON on one line, in PHP's style."""
    return json.dumps(value, separators=(",", ":")).replace("/", "\\/")


def info(kind: str, subject: str) -> dict[str, Any]:
    """The `info` of an export."""
    return {"type": kind, "id": subject}


def by_line(head: dict[str, Any], items: list[Any]) -> str:
    """An export with one item a line, for readable diffs."""
    lines = ",\n".join(php(item) for item in items)
    return f'{{"info":{php(head)},"data":[\n{lines}\n]}}\n'


def in_one_line(head: dict[str, Any], data: Any) -> str:
    """An export on one line, the service's most likely format."""
    return php({"info": head, "data": data})


def pretty(head: dict[str, Any], data: Any) -> str:
    """An indented export with non-ASCII characters unescaped."""
    return json.dumps({"info": head, "data": data}, indent=2, ensure_ascii=False) + "\n"
