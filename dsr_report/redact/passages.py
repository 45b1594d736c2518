"""Passages that are hidden everywhere: found in every reading of a value, file or message, and replaced.

A passage is found where the skeleton of a reading contains its skeleton, at word boundaries.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cached_property, lru_cache
from itertools import chain

from dsr_report.mime.inside_files import texts_inside
from dsr_report.mime.rich_text import text_of_rtf
from dsr_report.redact.digests import SHORTEST as SHORTEST_DIGEST
from dsr_report.redact.digests import runs_in
from dsr_report.redact.many_needles import ManyNeedles, has_gram
from dsr_report.redact.needle_places import LONGEST_PREFIX, Letters, is_bounded, places, stands_in
from dsr_report.redact.needles import (
    Needle,
    digests_of,
    is_for_digests,
    is_found_by_word,
    needles_of,
    squeeze,
    token_word,
)
from dsr_report.redact.randomness import is_random
from dsr_report.redact.readings import Endless, Reading, readings_of_text
from dsr_report.redact.recent_readings import UNDECODED, Read, readings_of
from dsr_report.redact.skeleton import BORDER, skeleton
from dsr_report.redact.tags import TAG

_WIDTHS = (160, 640, 2560)
"""Letters of the longest passage; only a few widths, as readings are cached per width."""
_SHORTEST_WORD = 10
"""Letters and digits of a word that no text has by chance."""
_LONG_WORD = re.compile(rb" (" + rb"[^ ]" * _SHORTEST_WORD + rb"[^ ]*)")
"""Applied to text translated by `_PLAIN` (lower case, others as space), which is twice as fast."""
_PLAIN = bytes(byte if byte < 128 and chr(byte).isalnum() else ord(" ") for byte in range(256)).lower()
_MOST_SEARCHED = 40
"""Passages that are searched one by one; of more, those with a token word are searched all at once."""
_ROUNDS = 8
"""Rounds of replacement; a text with a passage after the last one is hidden whole."""
_PIECE = 4
"""Letters that overlapping passages share at least."""


class Passages:
    """Texts to search for; the marks of texts already hidden are not searched."""

    def __init__(self, passages: Iterable[str], marks: Iterable[str] = ()) -> None:
        passages = list(passages)
        needles = [needle for passage in passages for needle in needles_of(passage) if needle.form]
        are_many = len(needles) > _MOST_SEARCHED
        by_word = dict.fromkeys(
            needle for needle in needles if are_many and is_found_by_word(needle) and has_gram(needle)
        )
        rest = [needle for needle in needles if needle not in by_word]
        self._needles = rest
        self._loose = [needle for needle in self._needles if needle.is_loose]
        self._strict = [needle for needle in self._needles if not needle.is_loose]
        self._words: dict[str, list[Needle]] = {}
        for needle in by_word:
            self._words.setdefault(token_word(needle.passage), []).append(needle)
        self._many = ManyNeedles(by_word)
        drawn = {word for word in self._words if is_random(word, shortest=_SHORTEST_WORD)}
        of_drawn = {
            needle.passage for word in drawn for needle in self._words[word] if "@" not in needle.passage
        }
        self._digested = [one for one in passages if one not in of_drawn]  # their digests reveal nothing
        seen = [mark for mark in marks if _holds_any(skeleton(mark), self._needles)]
        spelled = dict.fromkeys(text for mark in seen for text in (mark, html.escape(mark)))
        self._marks = re.compile("|".join(map(re.escape, spelled))) if spelled else None
        shortest = [len(needle.form) for needle in needles]
        self._shortest = min([*shortest, SHORTEST_DIGEST] if self._digested else shortest, default=0)
        longest = max((len(needle.form) for needle in needles), default=0)
        self._width = next((width for width in _WIDTHS if width > longest + LONGEST_PREFIX), None)

        self.all = tuple(passages)
        self._is_any = bool(self._needles or self._words or self._digested)
        self.first = next(iter(passages), "")
        """The passage whose mark is used where passages cannot be distinguished."""

    def __bool__(self) -> bool:
        return self._is_any

    def may_be_in(self, text: str) -> bool:
        """False for a text shorter than any passage; non-ASCII text may decode to more characters."""
        return self._is_any and (len(text) >= self._shortest or not text.isascii())

    def seen_in(self, content: str | bytes) -> set[str]:
        """The passages in any reading of a value (text), or of a file, part or message (bytes).

        Several values may be joined by `BORDER`.

        Raises:
            Endless: it has too many readings to search.
        """
        found: set[str] = set()
        if isinstance(content, str):
            if self.may_be_in(content):
                self._look(readings_of(self._plain(content), self._width), found)
                for text in content.split(BORDER) if "{\\rtf" in content else ():
                    if text.startswith("{\\rtf"):
                        shown = self._plain(text_of_rtf(text.encode("utf-8", "replace")))
                        self._look(readings_of(shown, self._width), found)
            return found
        literal = self._plain(content.decode("utf-8", "replace").replace(BORDER, " "))
        self._look(readings_of(literal, UNDECODED), found)
        for text in dict.fromkeys(texts_inside(content)):
            self._look(readings_of(self._plain(text), self._width), found)
        return found

    @cached_property
    def _alone(self) -> frozenset[str]:
        """The passages that overlap no other: no form contains another's, or starts with its end."""
        forms = {
            (form, passage)
            for passage in self.all
            if not is_for_digests(passage)
            for form in (skeleton(passage), *(needle.form for needle in needles_of(passage)))
        }
        beginning: dict[bytes, list[tuple[bytes, str]]] = {}
        for form, passage in forms:
            beginning.setdefault(form[:_PIECE], []).append((form, passage))
        if any(len(form) < _PIECE for form, _ in forms):
            return frozenset()
        alike: set[str] = set()
        for form, passage in forms:
            for at in range(len(form) - _PIECE + 1):
                for other, of_other in beginning.get(form[at : at + _PIECE], ()):
                    rest = form[at:]
                    if of_other != passage and (rest.startswith(other) or other.startswith(rest)):
                        alike |= {passage, of_other}
        return frozenset(
            needle.passage
            for needle in (*self._needles, *(one for found in self._words.values() for one in found))
            if needle.passage not in alike and needle.country is None and needle.is_loose
        )

    def alone_in(self, text: str) -> set[str]:
        """The passages that occur in a text letter for letter and overlap no other passage.

        Removing one of them cannot leave half of another.
        """
        words = self._words.keys() & words_in(text) if self._words else set()
        needles = [*self._loose, *(needle for word in words for needle in self._words[word])]
        found: set[str] = set()
        for needle in needles:
            passage = needle.passage
            if passage in text and passage in self._alone and passage not in found:
                places_ = (match.span() for match in _pattern_of(passage).finditer(text))
                if any(is_bounded(text, start, end, needle) for start, end in places_):
                    found.add(passage)
        return found

    def seen_literally(self, content: str | bytes) -> set[str]:
        """The passages that occur in a text or bytes undecoded, at word boundaries."""
        found: set[str] = set()
        text = self._plain(content if isinstance(content, str) else content.decode("utf-8", "replace"))
        words = self._words.keys() & words_in(text) if self._words else set()
        for needle in (*self._needles, *(needle for word in words for needle in self._words[word])):
            passage = needle.passage
            start = text.find(passage)
            while start >= 0 and needle.is_bounded:
                if is_bounded(text, start, start + len(passage), needle):
                    break
                start = text.find(passage, start + 1)
            if start >= 0:
                found.add(passage)
        return found

    def seen_as_printed(self, text: str) -> set[str]:
        """The passages that a reader of a text sees, in any spelling, without decoding."""
        found: set[str] = set()
        self._look(readings_of(self._plain(text), UNDECODED), found)
        return found

    @cached_property
    def _digests(self) -> dict[bytes, str]:
        """Passages by digest, hundreds for each; computed when a text first has a possible digest."""
        return {key: passage for passage in self._digested for key in digests_of(passage)}

    def _plain(self, text: str) -> str:
        return self._marks.sub(lambda match: BORDER * len(match.group()), text) if self._marks else text

    def _look(self, read: Iterable[Read], found: set[str]) -> None:
        for reading, letters, digests in read:
            text = reading.text
            located = Letters(reading)
            for needle in self._loose:
                if needle.form in letters and needle.passage not in found and stands_in(located, needle):
                    found.add(needle.passage)
            if self._strict:
                squeezed = squeeze(text).encode("utf-8", "surrogatepass")
                for needle in self._strict:
                    if needle.form in squeezed and stands_in(located, needle):
                        found.add(needle.passage)
            if self._words:
                found |= self._many.seen_in(letters)
            if digests and self._digested:
                found |= {self._digests[key] for key in digests if key in self._digests}

    def without(self, text: str, mark_of: Callable[[str], str], present: Iterable[str]) -> str | None:
        """A text without these passages; None if one remains when all replaceable ones are replaced."""
        only = (
            Passages(sorted(present), map(mark_of, present))
            if self._marks
            else passages_of(tuple(sorted(present)))
        )
        for _ in range(_ROUNDS):
            try:
                seen = only.seen_in(text)
            except Endless:
                return None
            if not seen:
                return text
            changed = only.literally_without(text, mark_of, seen) if _are_unlike(seen) else text
            if changed == text:
                try:
                    changed = only.exactly_without(text, mark_of, seen)
                except Endless:
                    return None
            if changed == text:
                return None
            text = changed
        return None

    def literally_without(self, text: str, mark_of: Callable[[str], str], seen: Collection[str]) -> str:
        """A text without the passages that occur in it letter for letter."""
        for needle in self._needles:
            if needle.passage in seen and needle.country is None and needle.is_loose:
                pattern = _pattern_of(needle.passage)
                mark = mark_of(needle.passage)

                def replacement(match: re.Match[str], mark: str = mark, needle: Needle = needle) -> str:
                    start, end = match.span()
                    return mark if is_bounded(match.string, start, end, needle) else match.group()

                text = pattern.sub(replacement, text)
        return text

    def exactly_without(self, text: str, mark_of: Callable[[str], str], seen: set[str]) -> str:
        """A text without these passages in each of its readings; tags among their letters are kept."""
        spans: list[tuple[int, int, str]] = []
        whole = Reading.located(self._plain(text))._replace(is_decoded="\0" in text)  # as in the search
        for reading in readings_of_text(whole):
            if reading.starts is None or reading.ends is None:
                continue
            for start, end, passage in self._places(reading, seen):
                first, last = reading.starts[start], reading.starts[end - 1]
                spans.append((min(first, last), max(reading.ends[start], reading.ends[end - 1]), passage))
        out: list[str] = []
        done = 0
        for start, end, passage in sorted(spans, key=lambda span: (span[0], -span[1])):
            if start < done:
                if end > done:  # the rest of an overlapping passage
                    out += TAG.findall(text[done:end])
                    done = end
                continue
            out += [text[done:start], mark_of(passage)]
            if "<" in text[start:end]:
                out += [match.group() for match in TAG.finditer(text[start:end])]
            done = end
        out.append(text[done:])
        return "".join(out)

    def _places(self, reading: Reading, seen: set[str]) -> Iterator[tuple[int, int, str]]:
        located = Letters(reading)
        by_word = self._many.seen_in(skeleton(reading.text)) & seen if self._words else set()
        of_words = (needle for needles in self._words.values() for needle in needles)
        wanted = chain(
            (needle for needle in self._needles if needle.passage in seen),
            (needle for needle in of_words if needle.passage in by_word),
        )
        for needle in wanted:
            for start, end in places(located, needle):
                yield start, end, needle.passage
        for run in runs_in(reading.text) if self._digested else ():
            passage = self._digests.get(run.key)
            if passage is not None and passage in seen:
                yield run.start, run.end, passage


def _holds_any(letters: bytes, needles: Iterable[Needle]) -> bool:
    return any(needle.form in letters for needle in needles)


@lru_cache(maxsize=256)
def passages_of(passages: tuple[str, ...]) -> Passages:
    """A cached `Passages`, as the same few are searched again and again."""
    return Passages(passages)


def _are_unlike(passages: set[str]) -> bool:
    """Whether no two passages overlap, so that removing one cannot leave half of another."""
    known: set[bytes] = set()
    for passage in passages:
        letters = skeleton(passage)
        pieces = {letters[at : at + _PIECE] for at in range(max(1, len(letters) - _PIECE + 1))}
        if not known.isdisjoint(pieces):
            return False
        known |= pieces
    return True


@lru_cache(maxsize=4096)
def _pattern_of(passage: str) -> re.Pattern[str]:
    return re.compile(r"\s+".join(map(re.escape, passage.split())), re.IGNORECASE)


def words_in(text: str) -> set[str]:
    """Every run of at least ten ASCII letters and digits in a text, in lower case."""
    plain = text.encode("utf-8", "surrogatepass").translate(_PLAIN)
    return {word.decode("ascii") for word in _LONG_WORD.findall(b" " + plain)}
