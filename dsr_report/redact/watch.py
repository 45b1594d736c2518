"""A look for live keys by the names of members alone, at the speed of reading.

What stands in links and messages is left to `secrets`, which takes much longer to load and to run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from dsr_report.jsonstream.items import Item, JsonValue
from dsr_report.pointers import tokens
from dsr_report.records.alike import Lot
from dsr_report.records.shape_cache import Shapes
from dsr_report.redact.key_names import key_name
from dsr_report.redact.key_shapes import FoundKey, keys_in_value

_NESTED = frozenset({dict, list})
_HEX_CODE = re.compile(r"[0-9a-f]{32}")


class Watch:
    """Looks at items for keys by names of members; objects with names seen before cost next to nothing."""

    def __init__(self) -> None:
        self._telling: Shapes[frozenset[str], bool] = Shapes()

    def among(self, lot: Lot) -> Iterator[FoundKey]:
        """The live keys in a lot that stand under a name of a member, or beside one."""
        items: Iterable[Item]
        if not lot.alike or any(map(key_name, tokens(lot.first.pointer)[-2:])):
            items = lot.items()
        elif any(map(self._tell, lot.inner)):
            items = (item for item in lot.items() if self._tells_within(item.value))
        else:
            items = lot.items([alike.values for alike in lot.alike if self._tell(alike.names)])
        for item in items:
            yield from (*keys_in_value(item.value, item.pointer), *codes_in(item))

    def _tells_within(self, value: JsonValue) -> bool:
        waiting = [value]
        for each in waiting:  # which grows
            if type(each) is dict:
                if self._tell(frozenset(each)):
                    return True
                waiting += [member for member in each.values() if type(member) in _NESTED]
            elif type(each) is list:
                waiting += [member for member in each if type(member) in _NESTED]
        return False

    def _tell(self, names: frozenset[str]) -> bool:
        known = self._telling.get(names)
        if known is None:
            known = "code" in names or "value" in names or any(key_name(str(name)) for name in names)
            self._telling.keep(names, names, known)
        return known


def codes_in(item: Item) -> Iterator[FoundKey]:
    """The access code of a profile under the name that webhooks give it; other codes are none."""
    value = item.value
    if isinstance(value, dict):
        code = value.get("code")
        is_person = any(name in value for name in ("fields", "profile", "subprofile"))
        if is_person and isinstance(code, str) and _HEX_CODE.fullmatch(code):
            yield FoundKey(f"{item.pointer}/code", "access-code", code)
    elif isinstance(value, str) and item.pointer.endswith("/code") and _HEX_CODE.fullmatch(value):
        yield FoundKey(item.pointer, "access-code", value)
