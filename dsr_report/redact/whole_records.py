"""Decisions about a whole record or message, expanded to each value below its pointer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from dsr_report.jsonstream.items import Item, values
from dsr_report.pointers import is_below
from dsr_report.redact.plan import Decision


def spread(
    decisions: Iterable[tuple[Decision, str]], items: Callable[[], Iterable[Item]]
) -> Iterator[tuple[Decision, str]]:
    """The decisions, each one about a pointer expanded to every value at and below it.

    A pointer without any value stays as it is: applying it is an error.
    """
    above: dict[str, Decision] = {}
    for decision, value in decisions:
        if value or decision.passage is not None:
            yield decision, value
        else:
            above.setdefault(decision.pointer, decision)
    found: set[str] = set()
    for item in items() if above else ():
        if not is_below(item.pointer, above) and not any(is_below(path, [item.pointer]) for path in above):
            continue
        for pointer, _ in values(item.value, item.pointer):
            own = next((path for path in above if is_below(pointer, [path])), None)
            if own is not None:
                found.add(own)
                yield replace(above[own], pointer=pointer), ""
    yield from ((decision, "") for path, decision in above.items() if path not in found)
