"""The text before and after each mark in the disclosed export, and the text between these in the original.

An HTML page embeds no export. The text around its marks, which is shown in any case, lets `verify` derive the
hidden values from the original, and search for them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from dsr_report.jsonstream.file import ExportFile
from dsr_report.jsonstream.items import Scalar, values
from dsr_report.mime.inside_files import texts_inside
from dsr_report.mime.message import wire_of_text
from dsr_report.redact.message_texts import is_message
from dsr_report.redact.plan import Mark
from dsr_report.writers.manifest import Around

_BESIDE = 40
"""Characters of text on each side of a mark."""
_FEWEST = 12
"""Minimum of characters on both sides together, unless one is an end of the text: enough to be unique."""
_MOST_PLACES = 4
"""Places recorded of one mark: one of them suffices in most cases."""
_LONGEST = 2_000
_TAG = re.compile(r"<[^<>]*>")


def scalars_of(export: ExportFile) -> Iterator[tuple[str, Scalar]]:
    """Yield pointer and content of every value of an export, those of `info` first."""
    yield from values(export.info.value, "/info")
    for item in export.items():
        yield from values(item.value, item.pointer)


def around_marks(shown: ExportFile, marks: Sequence[Mark]) -> Mapping[int, tuple[Around, ...]]:
    """Number of a withheld mark → the texts around its places in the disclosed export."""
    wanted: dict[str, list[Mark]] = {}
    for mark in marks:
        if mark.treatment == "withhold" and mark.everywhere:
            # a value that would consist of marks alone is hidden as a whole, so `pointers` count, too
            for pointer in list(dict.fromkeys((*mark.passage_pointers, *mark.pointers)))[:_MOST_PLACES]:
                wanted.setdefault(pointer, []).append(mark)
    if not wanted:
        return {}
    any_mark = re.compile("|".join(re.escape(mark.text) for mark in marks))
    found: dict[int, list[Around]] = {}
    for pointer, value in scalars_of(shown):
        for mark in wanted.get(pointer, ()):
            places = found.setdefault(mark.number, [])
            places += islice(_around(mark, str(value), pointer, any_mark), _MOST_PLACES - len(places))
    return {number: tuple(places) for number, places in found.items()}


def _around(mark: Mark, value: str, pointer: str, any_mark: re.Pattern[str]) -> Iterator[Around]:
    for number, text in enumerate(_texts_of(value)):
        at = text.find(mark.text)
        while at >= 0:
            end = at + len(mark.text)
            before, after = text[max(0, at - _BESIDE) : at], text[end : end + _BESIDE]
            before_alone, after_alone = any_mark.split(before)[-1], any_mark.split(after)[0]
            begins = at <= _BESIDE and before_alone == before
            ends = end + _BESIDE >= len(text) and after_alone == after
            is_sure = begins or ends or len(before_alone) + len(after_alone) >= _FEWEST
            if is_sure and (begins or before_alone.strip()) and (ends or after_alone.strip()):
                yield Around(
                    pointer=pointer,
                    text=number,
                    before=before_alone,
                    after=after_alone,
                    begins=begins,
                    ends=ends,
                )
            at = text.find(mark.text, end)


def values_between(around: Iterable[Around], value: str) -> set[str]:
    """The texts between the surroundings of a mark in a value of the original, if only one place matches."""
    texts = list(_texts_of(value))
    found: set[str] = set()
    for one in around:
        if one.text >= len(texts):
            continue
        pattern = (
            ("\\A" if one.begins else "")
            + re.escape(one.before.strip())
            + rf"\s?(.{{1,{_LONGEST}}}?)\s?"
            + re.escape(one.after.strip())
            + ("\\Z" if one.ends else "")
        )
        places = re.findall(pattern, texts[one.text])
        if len(places) == 1 and any(map(str.isalnum, places[0])):
            found.add(places[0].strip())
    return found


def _texts_of(value: str) -> Iterator[str]:
    """Yield the text of a value, or those of a message's parts, each on one line and without tags."""
    texts = texts_inside(wire_of_text(value)) if is_message(value) else (value,)
    for text in texts:
        yield " ".join(html.unescape(_TAG.sub(" ", text)).split())
