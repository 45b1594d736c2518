"""Live keys in a value under a name of a key: the whole value, or a part of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, cast

from dsr_report.jsonstream.items import Number, Scalar
from dsr_report.lexicon import WORDS, WordPattern, any_of
from dsr_report.mime.percent import unquote_utf8
from dsr_report.redact.key_names import KeyName, What, joined, joined_words, key_name, words_of
from dsr_report.redact.randomness import is_random


class Span(NamedTuple):
    """A piece of a text: `text[start:end]`."""

    start: int
    end: int


class TextKey(NamedTuple):
    """A live key in a text: its kind, decoded text and offsets; `lead` is the offset of its name."""

    what: What
    text: str
    start: int
    end: int
    lead: int


_IN_DIGITS = frozenset(WORDS.keys_in_digits)
_NO_ANSWERS = joined_words(WORDS.no_answers)
_LENGTH = re.compile(rf"\d\D{{0,20}}\b{any_of(WORDS.lengths)}\b", re.IGNORECASE)
_LENGTHS = WordPattern(WORDS.lengths)
_PLACEHOLDER = re.compile(r"[\s*•●.xX_\-–—=:>]*")
_SHORTEST_TOKEN = 8
LONGEST_KEY = 8_000
"""Characters; servers accept no longer cookie or header field. A longer key is cut."""
_DIGIT = re.compile(r"\d")
"""Characters; a shorter value is no token."""
_BLANK_AND_MORE = re.compile(r"\s")

_SCHEME = re.compile(
    r"(?:Bearer|Basic|Digest|Token|Negotiate|ApiKey|OAuth|Hawk|AWS4-HMAC-SHA256)\s+", re.IGNORECASE
)
_COOKIE = re.compile(r"(?:(?<=[;,\s])|^)\s*([^=;,\s]{1,100})=(\"[^\"]*\"|[^;,\s]*)")
_COOKIE_ATTRIBUTES = {
    "path",
    "domain",
    "expires",
    "max-age",
    "samesite",
    "secure",
    "httponly",
    "priority",
    "version",
}


def keys_in_scalar(name: KeyName, value: Scalar) -> Iterator[TextKey]:
    """The keys in a value of any type under a name of a key."""
    if value is None or isinstance(value, bool) or value == "":
        return iter(())
    is_number = not isinstance(value, str) or isinstance(value, Number)
    return keys_under_name(name, str(value), is_number=is_number)


def whole_keys(name: KeyName, values: Sequence[Scalar]) -> int:
    """The number of values under a name of a key that are a key as a whole.

    Most keys are recognised by a pattern, in C. Of the others, each distinct value is judged once.
    """
    types = Counter(map(type, values))
    counted = 0 if name.what == "link" else types[int]
    all_texts = values if types[str] == len(values) else [value for value in values if type(value) is str]
    texts = Counter(cast("Sequence[str]", all_texts))
    if name.what in _NEVER_WHOLE:
        is_part = _NEVER_WHOLE[name.what].match
        left = [text for text in texts if is_part(text) is None]
    else:
        is_plainly = (_PLAINLY_SURE if name.is_sure else _PLAINLY_TOKEN).fullmatch
        left = [text for text in texts if is_plainly(text) is None]
        counted += types[str] - sum(map(texts.__getitem__, left))
    counted += sum(texts[text] for text in left if _is_whole_key(name, text))
    numbers = [value for value in values if type(value) is Number] if types[Number] else []
    return counted + sum(_is_whole_key(name, number) for number in numbers)


def _is_whole_key(name: KeyName, value: Scalar) -> bool:
    return any((key.start, key.end) == (0, len(str(value))) for key in keys_in_scalar(name, value))


_NEVER_WHOLE: dict[What, re.Pattern[str]] = {
    "link": re.compile(r"(?:[\w+.-]+:)?//[^/?#\s]"),
    "credential": re.compile(
        rf"{_SCHEME.pattern}|(?!(?:{'|'.join(_COOKIE_ATTRIBUTES)})=)[\w.-]{{1,60}}=[^=;,\s\"]", re.IGNORECASE
    ),
}
"""Beginnings of values whose key is only a part: after the host, the scheme or the cookie's name."""
_LENGTH_OF_A_LENGTH = min(sum(map(str.isalpha, word)) for word in WORDS.lengths)
_NO_WORD_FOR_A_LENGTH = (
    rf"[0-9A-Za-z]*+(?:[!-/:-@\[-`{{-~](?![A-Za-z]{{{_LENGTH_OF_A_LENGTH}}})[0-9A-Za-z]*+)*+"
)
_PLAINLY_SURE = re.compile(
    rf"(?=[^0-9]*+[0-9]){_NO_WORD_FOR_A_LENGTH}"
    rf"|(?!(?i:x*+|{'|'.join(filter(str.isascii, sorted(_NO_ANSWERS)))})\Z)[A-Za-z]++"
)
"""Neither an answer nor a placeholder: a word with a digit that states no password length, or of letters."""
_PLAINLY_TOKEN = re.compile(
    rf"(?=[^0-9]*+[0-9])(?=[^A-Za-z]*+[A-Za-z])(?=.{{{_SHORTEST_TOKEN}}}){_NO_WORD_FOR_A_LENGTH}"
)
"""A word with a digit and a letter, as long as a token, that states no password length."""


def keys_under_name(name: KeyName, text: str, *, is_number: bool = False) -> Iterator[TextKey]:
    """The keys in a value under a name of a key: the whole value, or a part of it."""
    start = len(text) - len(text.lstrip())
    plain = text.strip()
    if not plain or _is_no_answer(plain):
        return
    if name.what == "link":
        yield from _of_link(text)
        return
    if name.what == "credential" and not is_number:
        inner = list(_credentials(text))
        if inner:
            yield from inner
            return
    if name.is_sure or is_number or is_token(plain):
        yield TextKey(name.what, plain, start, start + len(plain), start)
    elif not is_number:
        from dsr_report.redact.keys_in_text import keys_written_in  # noqa: PLC0415 - circular import

        yield from keys_written_in(text)


def _is_no_answer(plain: str) -> bool:
    return (len(plain) <= 12 and not _DIGIT.search(plain) and joined(plain) in _NO_ANSWERS) or (
        _PLACEHOLDER.fullmatch(plain) is not None
        or (_LENGTHS.is_in(plain) and _LENGTH.search(plain) is not None)
    )


_CODE = re.compile(r"[0-9]{4,10}|[0-9]{3,4}-[0-9]{3,4}")


def is_code(plain: str) -> bool:
    """Whether a word may be a code that is sent to be typed in."""
    return _CODE.fullmatch(plain) is not None


def is_token(plain: str) -> bool:
    """Whether a value under an ambiguous name looks like a key."""
    return not _BLANK_AND_MORE.search(plain) and (
        is_random(plain, shortest=_SHORTEST_TOKEN, changes=1)
        or (len(plain) >= _SHORTEST_TOKEN and any(map(str.isdigit, plain)) and any(map(str.isalpha, plain)))
    )


def _credentials(text: str) -> Iterator[TextKey]:
    """The values of cookies without their names, or the credentials after an authentication scheme."""
    scheme = _SCHEME.match(text.lstrip())
    if scheme:
        start = len(text) - len(text.lstrip()) + scheme.end()
        if rest := text[start:].strip():
            yield TextKey("credential", rest, start, start + len(rest), start)
        return
    for match in _COOKIE.finditer(text):
        name, value = match.groups()
        if name.lower() in _COOKIE_ATTRIBUTES or not value.strip('"'):
            continue
        end = match.start(2) + len(value)
        yield TextKey("credential", value.strip('"'), match.start(2), end, match.start(1))


def _of_link(text: str) -> Iterator[TextKey]:
    """The key in an address under a name of a key: everything after the host."""
    match = re.match(r"\s*(?:[\w+.-]+:)?//[^/?#\s]+[/?#]*", text)
    if match and (rest := text[match.end() :].strip()):
        yield TextKey("key", unquote_utf8(rest), match.end(), match.end() + len(rest), match.end())
    elif match is None and is_token(plain := text.strip()):  # `magic_link_token`
        start = len(text) - len(text.lstrip())
        yield TextKey("key", plain, start, start + len(plain), start)


def keys_at(
    name: str, value: str, start: int, lead: int, decode: Callable[[str], str] | None = None
) -> Iterator[TextKey]:
    """The keys in a value under a name; `start` and `lead` are the offsets of value and name."""
    known = key_name(name)
    if known is None or (words_of(name)[-1] in _IN_DIGITS and not any(map(str.isdigit, value))):
        return
    plain = decode(value) if decode else value
    for key in keys_under_name(known, plain):
        if plain == value:
            yield key._replace(start=start + key.start, end=start + key.end, lead=lead)
        else:  # offsets differ after decoding: the whole value is hidden
            yield TextKey(key.what, key.text, start, start + len(value), lead)


def unquote_fully(value: str) -> str:
    """A parameter's value, percent-decoded up to three times."""
    for _ in range(3):
        if "%" not in value:
            break
        value = unquote_utf8(value)
    return value
