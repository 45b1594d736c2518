"""Bytes of JSON → exact values: a fast decoder that refuses unusual input, and one that reads all of it."""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from json import JSONDecodeError
from json.decoder import scanstring  # type: ignore[attr-defined]  # undocumented, and there since 2.6
from typing import Final, NamedTuple, cast

import jiter
import msgspec

from dsr_report.jsonstream.items import JsonValue, Level, Number, Scalar, containers, members
from dsr_report.jsonstream.scanner import MAX_DEPTH, SPACE, STRING, Broken
from dsr_report.pointers import RepeatedName, join_pointer
from dsr_report.sentences import Sentence

WarningSink = Callable[[str, str, str], None]
"""`(code, pointer, message)` of a warning."""

TRAILING_COMMA: Final = "a comma stands before a closing bracket"
DUPLICATE_KEY: Final = "a name occurs more than once in one object; every value is kept"

_NUMBER = re.compile(rb"-?(?:0|[1-9][0-9]*+)(\.[0-9]++)?+([eE][+-]?[0-9]++)?+")
_WORD = re.compile(rb"-?[A-Za-z]++")
_WORDS: Final[dict[bytes, Scalar]] = {b"true": True, b"false": False, b"null": None}
_NO_NUMBERS: Final = frozenset({b"NaN", b"Infinity", b"-Infinity"})
_IN_NUMBERS = tuple(bytes([byte]) for byte in b"0123456789.+-eE")
_DIGITS = tuple(b"%d" % digit for digit in range(10))
_CONTROL = re.compile(rb"[\x00-\x1f]")
_SURROGATE_ESCAPE = re.compile(rb"\\u[dD][89a-fA-F]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_NEGATIVE_ZERO = re.compile(rb"-0(?<=[:,\[ \n\t\r]-0)")
_INTEGER_DIGITS = 4300  # longer integers cannot be converted to text by default


class Decoded(NamedTuple):
    """A value, and the lists and objects in it, level by level, the outermost first."""

    value: JsonValue
    levels: list[Level]


_DECODER = msgspec.json.Decoder(float_hook=Number)
_decode: Callable[[bytes], JsonValue] = _DECODER.decode
_decode_lines: Callable[[bytes], JsonValue] = _DECODER.decode_lines
_ESCAPED = re.compile(rb'\\(?=["\\])')


@contextmanager
def _without_collections() -> Iterator[None]:
    collects = gc.isenabled()
    gc.disable()  # thousands of new values would trigger it again and again, and none is garbage yet
    try:
        yield
    except RecursionError as error:
        raise ValueError("nested too deeply for the fast decoder") from error
    finally:
        if collects:
            gc.enable()


def fast(text: bytes, *, is_prose: bool) -> Decoded:
    """Decode a piece of JSON exactly.

    With `is_prose` (few names in much text), repeated names are detected by comparison, else by counting.

    Raises:
        ValueError: it is no JSON, or only `LosslessDecoder` can read it.
    """
    with _without_collections():
        decoded = None if is_prose else _decoded(text, _decode)
        if decoded is None or not _has_every_name(text, decoded):
            decoded = _decode_comparing(text)
    return decoded


def lines(text: bytes) -> tuple[list[JsonValue], list[Level]]:
    """Decode consecutive values, and return them with the lists and objects among and in them.

    Raises:
        ValueError: one is no JSON, or only `LosslessDecoder` can read it.
    """
    with _without_collections():
        decoded = _decoded(text, _decode_lines)
        if not _has_every_name(text, decoded):
            raise ValueError("a name is repeated")
    return cast("list[JsonValue]", decoded.value), decoded.levels[1:]


def _decode_comparing(text: bytes) -> Decoded:
    """Decode, comparing the names of each object to detect repeated ones."""
    value = cast(
        "JsonValue",
        jiter.from_json(
            text,
            allow_inf_nan=False,
            cache_mode="keys",
            catch_duplicate_keys=True,
            float_mode="lossless-float",
        ),
    )
    levels = containers(value)
    if any(jiter.LosslessFloat in level.kinds for level in levels) or not levels:
        return _decoded(text, _decode)
    if any(0 in members(level.containers) for level in levels):
        _refuse_negative_zero(text)
    return Decoded(value, levels)


def _has_every_name(text: bytes, decoded: Decoded) -> bool:
    """Whether no name is repeated, by the number of quotes; False if it cannot be told.

    Each name and each text has two unescaped quotes; of a repeated name, a value is lost.
    """
    names = sum(level.name_count for level in decoded.levels)
    texts = sum(level.types.count(str) for level in decoded.levels)
    quotes = text.count(b'"')
    if _ESCAPED.search(text):  # a backslash before a quote escapes it, unless the backslash is escaped itself
        quotes = -1 if b"\\\\" in text else quotes - text.count(b'\\"')
    return quotes == 2 * (names + texts)


def _decoded(text: bytes, decode: Callable[[bytes], JsonValue]) -> Decoded:
    """Decode without detecting repeated names."""
    value = decode(text)
    levels = containers(value)
    if any(int in level.kinds for level in levels) or not levels:
        _refuse_negative_zero(text)
    return Decoded(value, levels)


def _refuse_negative_zero(text: bytes) -> None:
    """Refuse an integer that Python would not write the same.

    Raises:
        ValueError: there is one.
    """
    if _NEGATIVE_ZERO.search(text) or text.startswith(b"-0"):
        raise ValueError("a number that int would not write the same")


class Token(NamedTuple):
    """A scalar's pointer and its span in the bytes."""

    pointer: str
    start: int
    end: int


@dataclass(slots=True)
class _Open:
    """A list or object being read, and the next index or name in it."""

    value: list[JsonValue] | dict[str, JsonValue]
    closer: bytes
    place: str | int = 0
    occurrences: dict[str, int] = field(default_factory=dict)

    def put(self, member: JsonValue) -> None:
        if isinstance(self.value, dict):
            self.value[cast("str", self.place)] = member
        else:
            self.value.append(member)
            self.place = len(self.value)


class LosslessDecoder:
    """Reads any JSON, and near-JSON, value for value; iterative, so that nesting is harmless.

    Args:
        report: receives a warning for each deviation.
        depth: levels of nesting that a value may have.
        tokens: collects the span of every scalar; strings are then not decoded, as only spans matter.
        whole: collects, at the end of each value, its offset and the closing brackets still missing there.
    """

    def __init__(
        self,
        report: WarningSink,
        *,
        depth: int = MAX_DEPTH,
        tokens: list[Token] | None = None,
        whole: list[tuple[int, bytes]] | None = None,
    ) -> None:
        self._report = report
        self._depth = depth
        self._tokens = tokens
        self._whole = whole
        self._stack: list[_Open] = []
        self._pointer = ""

    def value(self, text: bytes, start: int, pointer: str) -> tuple[JsonValue, int]:
        """The value that begins at `start`, with `pointer` as its pointer, and its end offset.

        Raises:
            Broken: there is no JSON value; its offset counts from the beginning of `text`.
        """
        stack: list[_Open] = []
        self._stack = stack
        self._pointer = pointer
        at = start
        value: JsonValue
        while True:
            first = text[at : at + 1]
            if first in (b"{", b"["):
                if len(stack) >= self._depth:
                    raise Broken(
                        at, Sentence("nested more than {levels} levels deep", levels=MAX_DEPTH), deep=True
                    )
                top = _Open({}, b"}") if first == b"{" else _Open([], b"]")
                stack.append(top)
                at = _space(text, at + 1)
                if text[at : at + 1] != top.closer:
                    at = self._place(text, at, top)
                    continue
                at += 1
                value = stack.pop().value
            else:
                begin = at
                value, at = self._scalar(text, at)
                if self._tokens is not None:
                    self._tokens.append(Token(self._here(), begin, at))
            while stack:
                top = stack[-1]
                top.put(value)
                if self._whole is not None and (at < len(text) or text[at - 1 : at] not in _DIGITS):
                    self._whole.append((at, b"".join(o.closer for o in reversed(stack))))
                at = _space(text, at)
                byte = text[at : at + 1]
                if byte == b",":
                    at = _space(text, at + 1)
                    if text[at : at + 1] != top.closer:
                        at = self._place(text, at, top)
                        break
                    self._report("trailing-comma", self._here(), TRAILING_COMMA)
                elif byte != top.closer:
                    raise Broken(at, Sentence("a comma or closing bracket is missing"), cut=at >= len(text))
                at += 1
                value = stack.pop().value
            else:
                return value, at

    def name(self, text: bytes, start: int, pointer: str) -> str:
        """The name of a member of the object at `pointer`: the string that begins at `start`."""
        self._stack = []
        self._pointer = pointer
        return self._string(text, start)[0]

    def _string(self, text: bytes, start: int) -> tuple[str, int]:
        """The string that begins at `start`, and its end offset.

        Raises:
            Broken: there is no string.
        """
        end = _end_of_string(text, start)
        raw = text[start + 1 : end - 1]
        errors = "strict"
        try:
            decoded = raw.decode("utf-8")
        except UnicodeDecodeError:
            errors = "surrogateescape"
            decoded = raw.decode("utf-8", errors)
            self._report("invalid-utf-8", self._here(), "bytes that are no UTF-8 are kept as they are")
        if b"\\" in raw:
            written = decoded
            try:
                decoded, _ = scanstring(f'"{written}"', 1, False)
            except JSONDecodeError as error:
                before = f'"{written}"'[: error.pos].encode("utf-8", errors)
                raise Broken(start + len(before), Sentence("a backslash without a valid escape")) from None
            if _SURROGATE_ESCAPE.search(raw) and _SURROGATE.search(decoded):
                self._report("lone-surrogate", self._here(), "half of a pair of surrogates is kept as it is")
        if _CONTROL.search(raw):
            self._report(
                "control-character", self._here(), "a control character stands unescaped in a string"
            )
        return decoded, end

    def _place(self, text: bytes, at: int, top: _Open) -> int:
        if isinstance(top.value, list):
            return at
        top.place = ""
        name, at = self._string(text, at)
        count = top.occurrences[name] = top.occurrences.get(name, 0) + 1
        top.place = name
        if count > 1:
            self._report("duplicate-key", self._here(), DUPLICATE_KEY)
            top.place = RepeatedName(name, count)
        at = _space(text, at)
        if text[at : at + 1] != b":":
            raise Broken(at, Sentence("a colon is missing after a name"), cut=at >= len(text))
        return _space(text, at + 1)

    def _scalar(self, text: bytes, at: int) -> tuple[Scalar, int]:
        if text[at : at + 1] == b'"':
            return self._string(text, at) if self._tokens is None else ("", _end_of_string(text, at))
        if match := _NUMBER.match(text, at):
            if text[match.end() : match.end() + 1] in _IN_NUMBERS:
                raise Broken(match.end(), Sentence("a number is not written as JSON wants it"))
            return _number(match), match.end()
        match = _WORD.match(text, at)
        word = match.group() if match else b""
        end = at + len(word)
        if word in _WORDS:
            return _WORDS[word], end
        if word in _NO_NUMBERS:
            self._report("not-a-number", self._here(), "a word that JSON does not know stands for a number")
            return Number(word.decode("ascii")), end
        raise Broken(at, Sentence("a value is missing"), cut=end >= len(text))

    def _here(self) -> str:
        return join_pointer(self._pointer, *(o.place for o in self._stack))


def _end_of_string(text: bytes, start: int) -> int:
    match = STRING.match(text, start)
    if match is not None:
        return match.end()
    if text[start : start + 1] in (b'"', b""):
        raise Broken(len(text), Sentence("a string has no end"), cut=True)
    raise Broken(start, Sentence("a string in double quotes is missing"))


def _number(match: re.Match[bytes]) -> Scalar:
    text = match.group().decode("ascii")
    if match.group(1) or match.group(2) or text == "-0" or len(text.lstrip("-")) > _INTEGER_DIGITS:
        return Number(text)
    return int(text)


def _space(text: bytes, at: int) -> int:
    return SPACE.match(text, at).end()  # type: ignore[union-attr]  # always matches, if only emptily
