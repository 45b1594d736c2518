"""Texts that files can hold."""

from __future__ import annotations

from typing import Any


def encodable(cells: list[Any]) -> list[Any]:
    r"""Texts that UTF-8 can hold: lone surrogates become their escapes (`\ud83d`)."""
    try:
        "\x00".join([cell for cell in cells if cell is not None]).encode("utf-8")
    except UnicodeEncodeError:
        return [
            cell if cell is None else cell.encode("utf-8", "backslashreplace").decode("utf-8")
            for cell in cells
        ]
    return cells
