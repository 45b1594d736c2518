"""Repairs the structure tree of a piece, so that it conforms to PDF/UA for any markup of a message.

Data tables stay tables. Layout tables (no header cells, or rows of unequal length), list items without a list
and cells without a row become plain divisions; their content stays in place.
"""

from __future__ import annotations

from typing import Any

import pydyf

_PARENTS = {
    "/TR": {"/Table", "/THead", "/TBody", "/TFoot"},
    "/TH": {"/TR"},
    "/TD": {"/TR"},
    "/THead": {"/Table"},
    "/TBody": {"/Table"},
    "/TFoot": {"/Table"},
    "/LI": {"/L"},
    "/LBody": {"/LI"},
    "/Caption": {"/Table", "/L", "/Figure"},
}
_IN_TABLE = {"/TR", "/THead", "/TBody", "/TFoot", "/Caption"}


def number(reference: bytes) -> int:
    """The object number of a reference."""
    return int(reference.split()[0])


class Structure:
    """The structure elements of one generated PDF."""

    def __init__(self, pdf: Any) -> None:
        self._pdf = pdf

    def mend(self, top: Any) -> None:
        """Repair all elements below `top`."""
        waiting = [top]
        while waiting:
            element = waiting.pop()
            if element["S"] == "/Table" and not self._is_data(element):
                element["S"] = "/Div"
            for kid in self._kids(element):
                self._fit(kid, element)
            self._wrap(element)
            waiting += self._kids(element)

    def _kids(self, element: Any) -> list[Any]:
        kids = []
        for entry in element["K"]:
            if isinstance(entry, bytes):
                kid = self._pdf.objects[number(entry)]
                if kid.get("Type") == "/StructElem":
                    kids.append(kid)
        return kids

    def _fit(self, kid: Any, parent: Any) -> None:
        kind = kid["S"]
        if kind == "/Lbl" and parent["S"] != "/LI":
            kid["S"] = "/Span"
        elif kind in _PARENTS and parent["S"] not in _PARENTS[kind]:
            kid["S"] = "/Div"
            for key in ("A", "ID"):
                kid.pop(key, None)

    def _wrap(self, element: Any) -> None:
        if element["S"] == "/L":
            self._wrap_kids(element, {"/LI", "/L", "/Caption"}, ("/LI", "/LBody"))
        elif element["S"] == "/LI":
            self._wrap_kids(element, {"/Lbl", "/LBody"}, ("/LBody",))

    def _wrap_kids(self, element: Any, allowed: set[str], wrappers: tuple[str, ...]) -> None:
        for place, entry in enumerate(element["K"]):
            if not isinstance(entry, bytes):
                continue
            kid = self._pdf.objects[number(entry)]
            if kid.get("Type") == "/StructElem" and kid["S"] in allowed:
                continue
            parent = element
            for kind in wrappers:
                wrapper = pydyf.Dictionary(
                    {"Type": "/StructElem", "S": kind, "K": pydyf.Array([]), "P": parent.reference}
                )
                self._pdf.add_object(wrapper)
                if parent is element:
                    element["K"][place] = wrapper.reference
                else:
                    parent["K"].append(wrapper.reference)
                parent = wrapper
            parent["K"].append(entry)
            if kid.get("Type") == "/StructElem":
                kid["P"] = parent.reference

    def _is_data(self, table: Any) -> bool:
        rows: list[list[Any]] = []
        has_headers = False
        for part in self._kids(table):
            if part["S"] not in _IN_TABLE:
                return False
            for row in [part] if part["S"] == "/TR" else self._kids(part) if part["S"] != "/Caption" else []:
                cells = self._kids(row)
                if row["S"] != "/TR" or any(cell["S"] not in {"/TH", "/TD"} for cell in cells):
                    return False
                has_headers = has_headers or any(cell["S"] == "/TH" for cell in cells)
                rows.append(cells)
        return has_headers and _is_regular(rows)


def _is_regular(rows: list[list[Any]]) -> bool:
    width = 0
    reaching: dict[int, int] = {}
    for place, row in enumerate(rows):
        column = 0
        for cell in row:
            while reaching.get(column, 0):
                reaching[column] -= 1
                column += 1
            spans = cell.get("A", {})
            for _ in range(int(spans.get("ColSpan", 1))):
                reaching[column] = int(spans.get("RowSpan", 1)) - 1
                column += 1
        while reaching.get(column, 0):
            reaching[column] -= 1
            column += 1
        width = width or column
        if column != width or (place == 0 and not row):
            return False
    return not any(reaching.values())
