"""Texts that UTF-8 can encode."""

from __future__ import annotations

from typing import Any


def encodable(cells: list[Any]) -> list[Any]:
    r"""Replace lone surrogates, which UTF-8 cannot encode, by escape sequences (`\ud83d`)."""
    try:
        "\x00".join([cell for cell in cells if cell is not None]).encode("utf-8")
    except UnicodeEncodeError:
        return [
            cell if cell is None else cell.encode("utf-8", "backslashreplace").decode("utf-8")
            for cell in cells
        ]
    return cells
