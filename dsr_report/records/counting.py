"""Records of forms seen before, counted from their bytes: nothing is decoded where only numbers are wanted.

A record whose kind its names alone decide is remembered as a pattern of its JSON: the names, the words that
name its kind, and for every other value any JSON scalar. Bytes that fit it hold a record of the same kind
with as many values. The pattern is strict: what reading would warn of, or could read otherwise (a control
character, half of a surrogate pair, a repeated name), does not fit, and is decoded as ever.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Final, Literal, NamedTuple

from dsr_report.jsonstream.items import JsonValue, Number, count_values
from dsr_report.records.classifier import Classifier
from dsr_report.records.raw_record import RawRecord
from dsr_report.records.summary import Summary

Concern = Literal["none", "always", "length"]
"""What a member's name says: its value is no live key; may be one; may be one if it has 32 characters."""

_MOST_PATTERNS = 96
_MOST_LEAVES = 300
_MOST_HEADS = 2_000
_HEAD = 24
_MOST_FORMS = 1_000
_FIRST_LESSONS = 5_000
_LESSONS = 50
_MANY = 50
_LONGEST_PAUSE = 63
_CODE_LENGTH = 32

_SPACE: Final = rb"[ \t\n\r]*+"
_STRING: Final = (
    rb'"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u(?:(?![dD][89a-fA-F])[0-9a-fA-F]{4}'
    rb"|[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}))"
    rb'[^"\\\x00-\x1f]*+)*+"'
)
_NOT_TEXT: Final = rb"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][+-]?[0-9]++)?+|true|false|null"
_SCALAR: Final = rb"(?>" + _STRING + rb"|" + _NOT_TEXT + rb")"
_NO_CODE: Final = rb'(?>"[^"\\\x00-\x1f\x7f-\xff]{0,%d}+"|' % (_CODE_LENGTH - 1) + _NOT_TEXT + rb")"
_MOMENT: Final = rb'"([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2})"'
_NEXT: Final = re.compile(_SPACE + rb"," + _SPACE)
_ONE_LINE: Final = re.compile(rb'\{"[^"\\]*+"(: ?+)(?:' + _STRING + rb'|[^",{}\[\] ]++)(, ?+)"')


class _Style(NamedTuple):
    """Patterns of what stands between names and values."""

    space: bytes = _SPACE
    colon: bytes = _SPACE + rb":" + _SPACE
    comma: bytes = _SPACE + rb"," + _SPACE


class _Pattern(NamedTuple):
    """The form of one kind of record.

    Attributes:
        match: finds it at a place of the bytes.
        place: its number, in the order in which patterns were learnt.
        dated: whether its group 1 is when it happened.
    """

    match: Callable[[bytes, int, int], re.Match[bytes] | None]
    place: int
    dated: bool


class _Learnt(NamedTuple):
    kind: str
    rule: str
    values: int


_NONE: Final[list[_Pattern]] = []


class _Forms:
    """The patterns for the records in containers of one set of names, the one that was met last first."""

    def __init__(self) -> None:
        self.known: list[_Pattern] = []
        self.heads: dict[bytes, list[_Pattern]] = {}
        self.seen: set[object] = set()


class Counting:
    """Counts what is plain in the bytes of an export into `summary`; made for `ExportFile.batches`.

    Args:
        recogniser: the one that finds the records which are decoded.
        summary: takes in what is counted here; what was decoded, the caller adds.
        concern: what a member's name says about live keys, which are left to who looks at decoded values.
    """

    def __init__(self, recogniser: Classifier, summary: Summary, concern: Callable[[str], Concern]) -> None:
        self._recogniser = recogniser
        self._summary = summary
        self._concern = concern
        self._forms: dict[tuple[str, ...], _Forms] = {}
        self._learnt: list[_Learnt] = []
        self._lessons = _FIRST_LESSONS
        self._failures = 0
        self._pause = 0
        self._is_fluent = False
        self._style = _Style()

    def learn(self, found: RawRecord) -> None:
        """Remember the form of a record that was decoded, if its names alone say what it is."""
        if self._lessons <= 0:
            return
        self._lessons -= 1
        value = found.value
        if type(value) is not dict or len(self._learnt) >= _MOST_PATTERNS:
            return
        words = self._recogniser.deciding(found)
        if words is None:
            return
        forms = self._forms.setdefault(found.labels, _Forms())
        values = count_values(value)
        if values > _MOST_LEAVES:
            return
        form = (tuple([value[word] for word in words]), _names(value))
        if form in forms.seen or len(forms.seen) >= _MOST_FORMS:
            return
        forms.seen.add(form)
        built = _Builder(self._concern, self._summary.moment_of(found), self._style)
        source = built.object(value, frozenset(words), ())
        if source is None:
            return
        forms.known.append(_Pattern(re.compile(source).match, len(self._learnt), built.dated))
        self._learnt.append(_Learnt(found.kind, found.rule, values))

    def __call__(self, buffer: bytes, start: int, end: int, labels: tuple[str, ...]) -> tuple[int, int, bool]:
        """How many of the elements that begin at `start` of `buffer` were counted, and where the last ends.

        Where it is none, the third says whether it pays to decode the first of them only, and ask again.
        """
        if not self._learnt and (written := _ONE_LINE.match(buffer, start)):
            self._style = _Style(b"", written[1], written[2])  # stricter, which is faster
        forms = self._forms.get(labels)
        if forms is None or not forms.known or self._recogniser.is_listening:
            return 0, start, False
        if self._pause:
            self._pause -= 1
            return 0, start, False
        counts, texts, done = self._counted(forms, buffer, start, end)
        number = sum(counts.values())
        if not number or not _is_utf_8(buffer[start:done]):
            if self._is_fluent:
                self._is_fluent = False
                self._lessons = max(self._lessons, 1)
                return 0, start, True
            self._failures += 1
            self._pause = min(2**self._failures - 1, _LONGEST_PAUSE)
            self._lessons = max(self._lessons, _LESSONS)
            return 0, start, False
        self._failures = 0
        self._is_fluent = number > _MANY
        for place, count in counts.items():
            kind, rule, values = self._learnt[place]
            self._summary.add_alike(kind, rule, values, count)
        self._summary.add_local_times(texts)
        return number, done, False

    def _counted(
        self, forms: _Forms, buffer: bytes, start: int, end: int
    ) -> tuple[dict[int, int], set[bytes], int]:
        counts: dict[int, int] = {}
        texts: set[bytes] = set()
        heads, between, known = forms.heads, _NEXT.match, forms.known
        first, last = self._summary.local_times
        comma = self._style.comma
        at = done = start
        while True:
            head = buffer[at : at + _HEAD]
            alike = heads.get(head, _NONE)
            for pattern in alike:
                if match := pattern.match(buffer, at, end):
                    break
            else:
                for pattern in known:
                    if match := pattern.match(buffer, at, end):
                        break
                else:
                    break
                known.remove(pattern)
                known.insert(0, pattern)
                if alike:
                    alike.append(pattern)
                else:
                    if len(heads) >= _MOST_HEADS:
                        heads.clear()
                    heads[head] = [pattern]
            _, place, dated = pattern
            if dated and not first <= (text := match[1]) <= last:
                texts.add(text)
            counts[place] = counts.get(place, 0) + 1
            done = match.end()
            if buffer.startswith(comma, done, end):
                at = done + len(comma)
            elif following := between(buffer, done, end):
                at = following.end()
            else:
                break
        return counts, texts, done


class _Builder:
    """Makes the pattern of one object, in which `moment` is the way to the member that dates it."""

    def __init__(
        self, concern: Callable[[str], Concern], moment: tuple[str, ...] | None, style: _Style
    ) -> None:
        self._style = style
        self._concern = concern
        self._moment = moment
        self.dated = False

    def object(
        self, value: dict[str, JsonValue], words: frozenset[str], path: tuple[str, ...]
    ) -> bytes | None:
        """The pattern of an object with the very values of `words`; None where bytes alone could not tell."""
        parts = []
        for name, member in value.items():
            named = _literal(name) if type(name) is str else None  # not where it occurs twice
            concern = self._concern(name)
            part: bytes | None
            if concern == "always":
                part = None
            elif name in words:
                part = _literal(member)
            elif (*path, name) == self._moment:
                self.dated = True
                part = _MOMENT if isinstance(member, str) else None
            else:
                part = self._member(member, (*path, name), _NO_CODE if concern == "length" else _SCALAR)
            if part is None or named is None:
                return None
            parts.append(named + self._style.colon + part)
        return rb"\{" + self._style.space + self._style.comma.join(parts) + self._style.space + rb"\}"

    def _member(self, member: JsonValue, path: tuple[str, ...], scalar: bytes = _SCALAR) -> bytes | None:
        if isinstance(member, dict):
            return self.object(member, frozenset(), path)
        if isinstance(member, list):
            parts = [self._member(element, (*path, "")) for element in member]
            if None in parts:
                return None
            whole = [part for part in parts if part is not None]
            return rb"\[" + self._style.space + self._style.comma.join(whole) + self._style.space + rb"\]"
        return scalar


def _names(value: JsonValue) -> object:
    """What makes a value's form: the names and lengths in it, and where in it there are lists and objects."""
    if isinstance(value, dict):
        inner = [(name, _names(m)) for name, m in value.items() if isinstance(m, (dict, list))]
        return tuple(value), tuple(inner)
    if isinstance(value, list):
        return len(value), tuple([(i, _names(m)) for i, m in enumerate(value) if isinstance(m, (dict, list))])
    return None


def _literal(value: JsonValue) -> bytes | None:
    """The pattern of exactly this scalar, as it is usually written."""
    if isinstance(value, (dict, list, Number)):
        return None
    try:
        written = {json.dumps(value, ensure_ascii=escaping).encode("utf-8") for escaping in (True, False)}
    except UnicodeEncodeError:
        return None
    return rb"(?>" + rb"|".join(re.escape(text) for text in sorted(written)) + rb")"


def _is_utf_8(piece: bytes) -> bool:
    if piece.isascii():
        return True
    try:
        piece.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
