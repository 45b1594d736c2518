"""JSON files that a person may open: UTF-8, indented by two spaces, the same bytes for the same content."""

from __future__ import annotations

import json
from typing import Any

import msgspec


def json_file(content: Any) -> bytes:
    """Encode content as a JSON file; lone surrogates, which UTF-8 cannot encode, become escape sequences."""
    text = json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass")
    indented = msgspec.json.format(text, indent=2)  # json.dumps indents in Python, four times as slow
    return indented.decode("utf-8", "surrogatepass").encode("utf-8", "backslashreplace") + b"\n"
