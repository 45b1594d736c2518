"""One record for each documented form, as `data` could hold it, and Items as the reader makes them."""

import json
from pathlib import Path

from dsr_report.jsonstream.items import Item, JsonValue, Number

_FILE = Path(__file__).parent.parent / "data" / "specimens.txt"

SPECIMENS: list[tuple[str, dict[str, JsonValue]]] = [
    (line.split(" ", 1)[0], json.loads(line.split(" ", 1)[1], parse_float=Number))
    for line in _FILE.read_text(encoding="utf-8").splitlines()
]


def items(data: JsonValue) -> list[Item]:
    """Items as the reader makes them of `data`."""
    if isinstance(data, list):
        return [Item(f"/data/{i}", (), element) for i, element in enumerate(data)]
    if isinstance(data, dict):
        return [Item(f"/data/{name}".replace("~", "~0"), (name,), member) for name, member in data.items()]
    return [Item("/data", (), data)]
