"""Every reading of a value or a file: each text that a person or a program gets out of it.

Redaction, review and verification all search these readings. A reading is compared by its `skeleton`, so
that blanks, line endings, folds, soft breaks, invisible characters, accents and case make no difference and
need no reading of their own.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial
from typing import NamedTuple

from dsr_report.redact.encoded_runs import digits_of, matches_in, runs_alone, runs_over_lines, texts_of_run
from dsr_report.redact.escapes import ESCAPE, RARE, resolve
from dsr_report.redact.pieces import Pieces
from dsr_report.redact.skeleton import BORDER
from dsr_report.redact.tags import CUT_BY_TAG, TAG, UNSEEN, out_of_sight

_DEEPEST = 4
"""Nested encodings that are decoded."""
_MOST_READINGS = 200
"""Readings of one text; a page has about ten. A value with more is hidden whole (see `Endless`)."""
_MOST_SHORT_READINGS = 10 * _MOST_READINGS
"""Partial readings of one text in a search, which leave out what was read before; more are hidden whole."""
_OF_MARKUP = frozenset("<>\"'-!/\x1e")
"""Characters that change where tags begin and end."""


class Endless(ValueError):  # noqa: N818 - describes the text
    """A text with too many readings to search."""


class Reading(NamedTuple):
    """A text, and for each of its characters the offsets in the original text.

    Without offsets (`starts` is None) it takes a tenth of the time.
    """

    text: str
    starts: Sequence[int] | None = None
    ends: Sequence[int] | None = None
    is_decoded: bool = False
    """Decoded from base64 or the like, where a passage need not be at word boundaries."""
    is_in_tags: bool = False
    """The content of tags, with a border after each."""
    stage: int = 0
    """Number of the rarer escapes (`RARE`) that are not tried again: each is tried once, in order."""

    @classmethod
    def located(cls, text: str) -> Reading:
        """The text itself, with offsets."""
        return cls(text, range(len(text)), range(1, len(text) + 1))

    def with_changes(self, pattern: re.Pattern[str], change: str | Callable[[re.Match[str]], str]) -> Reading:
        """The reading with each match of a pattern replaced."""
        if self.starts is None:
            return self._replace(text=pattern.sub(change, self.text))
        changes = [
            (*match.span(), change if isinstance(change, str) else change(match))
            for match in pattern.finditer(self.text)
        ]
        return self.with_texts(changes)

    def with_texts(self, changes: Iterable[tuple[int, int, str]]) -> Reading:
        """The reading with the texts at some spans, in order, replaced."""
        out: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        at = 0
        for start, end, new in changes:
            if start == end:
                continue
            out += [self.text[at:start], new]
            if self.starts is not None and self.ends is not None:
                starts += self.starts[at:start]
                starts += [min(self.starts[start], self.starts[end - 1])] * len(new)  # may run backwards
                ends += self.ends[at:start]
                ends += [max(self.ends[start], self.ends[end - 1])] * len(new)
            at = end
        out.append(self.text[at:])
        if self.starts is None or self.ends is None:
            return self._replace(text="".join(out))
        starts += self.starts[at:]
        ends += self.ends[at:]
        return self._replace(text="".join(out), starts=starts, ends=ends)

    def in_tags(self, tags: Sequence[tuple[int, int]]) -> Reading:
        """The reading of only the content of tags and comments."""
        # an unclosed comment has no `>` at its end
        within = [(start + 1, end - self.text.endswith(">", start, end)) for start, end in tags]
        text = "".join([self.text[start:end].replace("<!--", "    ") + BORDER for start, end in within])
        if self.starts is None or self.ends is None:
            return self._replace(text=text, is_in_tags=True)
        starts: list[int] = []
        ends: list[int] = []
        for start, end in within:
            last = min(end, len(self.text) - 1)
            starts += [*self.starts[start:end], self.starts[last]]
            ends += [*self.ends[start:end], self.ends[last]]
        return self._replace(text=text, starts=starts, ends=ends)

    def backwards(self) -> Reading:
        """The reading in reverse, as text set from right to left is seen."""
        if self.starts is None or self.ends is None:
            return self._replace(text=self.text[::-1])
        return self._replace(text=self.text[::-1], starts=self.starts[::-1], ends=self.ends[::-1])


class Search:
    """What was already read of one text, during a search for passages of at most `width` letters.

    A reading that differs from another in some places is repeated only around these places, within reach of
    a passage. Nothing is read twice. The passages found are exactly those of the full readings.
    """

    def __init__(self, width: int) -> None:
        self.width = width
        self._read: dict[tuple[str, int, bool], int] = {}
        self._runs: dict[str, int] = {}
        self._last: tuple[str, list[str]] = ("", [])

    def new_of(self, readings_: Iterable[Reading], depth: int) -> Iterator[Reading]:
        """Readings without those pieces between borders that were read before at the same depth and stage."""
        for reading in readings_:
            if "<" not in reading.text:
                pieces = reading.text.split(BORDER)
            elif reading.is_in_tags:
                pieces = reading.text.split(BORDER)
                marked_up = dict.fromkeys(piece for piece in pieces if "<" in piece)
                yield reading._replace(text=BORDER.join(marked_up), is_in_tags=False)
                pieces = [piece for piece in pieces if "<" not in piece]
            else:  # a border may be inside a tag
                yield reading
                continue
            new: list[str] = []
            for piece in dict.fromkeys(pieces):
                key = (piece, depth, reading.is_decoded)
                if piece and self._read.get(key, len(RARE) + 2) > reading.stage:
                    self._read[key] = reading.stage
                    new.append(piece)
            if new:
                yield reading._replace(text=BORDER.join(new), is_in_tags=False)

    def new_runs(self, text: str, depth: int) -> list[str]:
        """The runs of base64 or hexadecimal digits not yet decoded at this depth or above."""
        runs = dict.fromkeys([*self.runs_alone(text), *runs_over_lines(text)])
        new = [run for run in runs if self._runs.get(run, _DEEPEST + 1) > depth]
        self._runs.update(dict.fromkeys(new, depth))
        return new

    def runs_alone(self, text: str) -> list[str]:
        """The runs in a text; cached for the last text."""
        if self._last[0] is not text:
            self._last = (text, runs_alone(text))
        return self._last[1]


def _changed_around(
    reading: Reading,
    pattern: re.Pattern[str],
    change: Callable[[re.Match[str]], str],
    pieces_of: Callable[[], Pieces],
    width: int,
) -> Reading:
    """The reading with a pattern's matches replaced, cut down to what a passage around them can reach."""
    text = reading.text
    out: list[str] = []
    at = stop = 0  # `at`: end of the text copied to `out`; `stop`: end of the text wanted
    for match in pattern.finditer(text):
        start, end = match.span()
        new = change(match)
        if new == text[start:end]:
            continue
        pieces = pieces_of()
        if pieces.has_tags and not _OF_MARKUP.isdisjoint(new + text[start:end]):
            return reading.with_changes(pattern, change)
        first, last = pieces.around(start, end, width)
        if first > stop:
            out += [text[at:stop], BORDER]
            at = first
        out += [text[at:start], new]
        at = end
        stop = max(stop, last)
    out.append(text[at:stop])
    return reading._replace(text="".join(out))


def readings_of_text(whole: Reading, depth: int = 0, search: Search | None = None) -> Iterator[Reading]:
    """Every reading of a text that is neither file nor message, the text itself first.

    With a `search`, the readings are shorter but have the same passages; only for readings without offsets.
    """
    waiting = deque([whole])
    seen = {whole.text}
    read = 0
    while waiting:
        reading = waiting.popleft()
        yield reading
        for other in _read_otherwise(reading, depth, search):
            if other.text not in seen:
                read += len(other.text)
                if len(seen) > _MOST_READINGS and (
                    search is None
                    or read > _MOST_READINGS * len(whole.text)
                    or len(seen) > _MOST_SHORT_READINGS
                ):
                    raise Endless("a text has too many readings")
                seen.add(other.text)
                waiting.append(other)
        if depth < _DEEPEST and not ("<" in reading.text and TAG.search(reading.text)):
            for piece in _encoded_in(reading, depth, search):
                if piece.text not in seen:
                    seen.add(piece.text)
                    yield from readings_of_text(piece, depth + 1, search)


def _read_otherwise(reading: Reading, depth: int, search: Search | None) -> Iterator[Reading]:
    """The readings one step away; in a search, only what is new in them."""
    others = _one_step_away(reading, search)
    return others if search is None else search.new_of(others, depth)


def _one_step_away(reading: Reading, search: Search | None) -> Iterator[Reading]:
    text = reading.text
    is_backwards = _is_backwards(text)
    tags = [match.span() for match in TAG.finditer(text)] if "<" in text else []
    pieces_of = cache(partial(Pieces, text, tags))

    def reading_of(pattern: re.Pattern[str], change: Callable[[re.Match[str]], str]) -> Reading:
        if search is None or is_backwards:
            return reading.with_changes(pattern, change)
        return _changed_around(reading, pattern, change, pieces_of, search.width)

    if tags:
        taken = reading._replace(stage=max(reading.stage, 2))
        if reading.starts is None:
            between = zip(
                [0, *(end for _, end in tags)], [*(start for start, _ in tags), len(text)], strict=True
            )
            yield taken._replace(text=" ".join([text[start:end] for start, end in between]))
        else:
            yield taken.with_changes(TAG, " ")
        yield taken.in_tags(tags)
        if CUT_BY_TAG.search(text):
            yield reading.with_changes(TAG, "")
        seen = taken.with_changes(UNSEEN, " ")
        seen = seen.with_texts([(*span, " ") for span in out_of_sight(seen.text)])
        if seen.text != text:
            yield seen.with_changes(TAG, " ")
    elif ("&" in text or "%" in text or "\\" in text) and ESCAPE.search(text):
        yield reading_of(ESCAPE, resolve)._replace(stage=max(reading.stage, 1))
    rest = (
        RARE[reading.stage :]
        if not text.isascii() or "=" in text or "\n" in text or "\\" in text or "--" in text
        else ()
    )
    missing = None
    for number, (may_be_in, pattern, change) in enumerate(rest, reading.stage + 1):
        if pattern is missing or not may_be_in(text):
            continue
        if pattern.search(text):
            yield reading_of(pattern, change)._replace(stage=number)
        else:
            missing = pattern
    if is_backwards and reading.stage <= len(RARE):
        yield reading.backwards()._replace(stage=len(RARE) + 1)


def _is_backwards(text: str) -> bool:
    lowered = text.encode("utf-8", "surrogatepass").lower()
    return b"\xe2\x80\xae" in lowered or b"<bdo" in lowered or b"unicode-bidi" in lowered


def _encoded_in(reading: Reading, depth: int, search: Search | None) -> Iterator[Reading]:
    """The texts encoded in a text in base64 or hexadecimal digits."""
    text = reading.text
    if search is not None:
        if found := [one for run in search.new_runs(text, depth) for one in texts_of_run(run)]:
            yield Reading(BORDER.join(found), is_decoded=True)
        return
    found = []
    starts: list[int] = []
    ends: list[int] = []
    for match in matches_in(text):
        decoded = texts_of_run(digits_of(match))
        found += decoded
        if decoded and reading.starts is not None and reading.ends is not None:
            # an encoded run can only be replaced as a whole
            first, last = match.start(), match.end() - 1
            length = sum(len(one) + 1 for one in decoded)
            starts += [min(reading.starts[first], reading.starts[last])] * length
            ends += [max(reading.ends[first], reading.ends[last])] * length
    if found and reading.starts is None:
        yield Reading(BORDER.join(found), is_decoded=True)
    elif found:
        yield Reading(BORDER.join(found), starts[:-1], ends[:-1], is_decoded=True)
