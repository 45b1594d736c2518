"""Quick checks for words for keys in a text, and the pieces of a letter around them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from dsr_report.lexicon import WORDS, any_of
from dsr_report.redact.key_names import words_of
from dsr_report.redact.key_values import LONGEST_KEY

_NAMES_OF_KEYS = (
    *WORDS.passwords,
    *WORDS.access_codes,
    *WORDS.keys,
    *WORDS.secret_questions,
    *WORDS.logins,
)
_LETTERS = re.compile(r"[^\W\d_]+")


def _as_written(phrases: Iterable[str]) -> list[tuple[str, ...]]:
    """The words of phrases, without accents and with them, as texts have either."""
    pairs = ((words_of(phrase), tuple(_LETTERS.findall(phrase.lower()))) for phrase in phrases)
    return sorted({words for pair in pairs for words in pair if words})


_STEMS = tuple(
    sorted(
        {
            word[:6].encode()
            for word in map("".join, _as_written((*_NAMES_OF_KEYS, *WORDS.key_links)))
            if len(word) > 4
        }
    )
)
_BLANKS = b" -_.'\t\r\n"
_SHORT = {word for word in (*_NAMES_OF_KEYS, *WORDS.codes) if len(word) < 6} | {*WORDS.sessions}
_SHORT_NAMES = re.compile(rf"(?<![^\W_])(?:{'|'.join(sorted(_SHORT))})(?![^\W_])")


@lru_cache(maxsize=4)
def names_a_key(text: str) -> bool:
    """Quick check whether a text has a word for a key or a code."""
    lowered = text.lower()
    squeezed = lowered.encode("utf-8", "surrogatepass").translate(None, _BLANKS)  # ten times as fast as text
    for stem in _STEMS:  # half the time of `any` with a generator, and of one pattern where texts are long
        if stem in squeezed:
            return True
    return _SHORT_NAMES.search(lowered) is not None


_SHORTEST_STEM = 5
"""Letters; shorter words stand within others, and are looked for as words of their own."""
_PROGRAMS = (
    "mysql",
    "mariadb",
    "sshpass",
    "mongo",
    "redis-cli",
    "7z a",
    "7z x",
    "zip -p",
    "rar a",
    " -hp",
    "curl ",
)
_IN_LETTERS = tuple(
    sorted(
        {
            longest[:6].encode()
            for words in _as_written((*_NAMES_OF_KEYS, "bearer", "basic", "private"))
            if words[-1] != "hash"  # a name of columns; every letter says how to unsubscribe
            if len(longest := max(words, key=len)) >= _SHORTEST_STEM
        }
    )
)
_ANY_IN_LETTERS = re.compile("|".join(map(re.escape, (*(stem.decode() for stem in _IN_LETTERS), *_PROGRAMS))))
_SHORT_WORDS = {
    words[0]
    for words in _as_written((*_NAMES_OF_KEYS, *WORDS.sessions))
    if len(words) == 1 and (len(words[0]) < _SHORTEST_STEM or words[0] in WORDS.sessions)
}
_SHORT_PHRASES = {
    frozenset(word.encode() for word in words): max(
        words, key=lambda word: (word not in WORDS.codes, len(word))
    )
    for words in _as_written((*WORDS.passwords, *WORDS.access_codes, *WORDS.keys))
    if len(words) > 1 and len(max(words, key=len)) < _SHORTEST_STEM and _SHORT_WORDS.isdisjoint(words)
}
"""Phrases of short words (`api key`), and the one by which each is found."""
_SHORT_PHRASES |= {frozenset((word.encode(),)): word for word in _SHORT_WORDS}
_CODES = {code.encode(): code for code in WORDS.codes}
_OWN = re.compile(rf"(?<![^\W_]){any_of(WORDS.possessives)}\s{{1,9}}\Z")
"""What stands before a code that is the reader's: what is only called a code is a discount as well."""
_NO_LETTERS = bytes(byte if byte >= 128 or chr(byte).isalpha() else ord(" ") for byte in range(256))
_AROUND = 400
"""Characters before and after a word for a key that may have the key: a row with its markup."""


def around_names(text: str) -> Iterator[str]:
    """The pieces of a letter around words for keys; most letters have none."""
    lowered = text.lower()
    pattern = _pattern_for(lowered)
    if pattern is None:
        return
    start = end = 0
    for match in pattern.finditer(lowered):
        if match.group() in WORDS.codes and not _OWN.search(
            lowered, max(0, match.start() - 20), match.start()
        ):
            continue
        before = _start_of_word(text, match.start() - _AROUND)
        if before > end:
            yield text[start:end]
            start = before
        if match.end() + _AROUND > end:
            end = max(end, _end_of_word(text, match.end() + _AROUND), _end_of_table(text, match.end()))
    yield text[start:end]


def _start_of_word(text: str, at: int) -> int:
    """`at`, or the start of the word that it cuts."""
    first = max(0, at - LONGEST_KEY)
    return max(first, *(text.rfind(sign, first, max(0, at)) + 1 for sign in _BETWEEN_WORDS))


def _end_of_word(text: str, at: int) -> int:
    """`at`, or the end of the word that it cuts."""
    match = _WORD.match(text, at)
    return match.end() if match else at


_BETWEEN_WORDS = " \t\r\n\"'<>"
_WORD = re.compile(rf"[^{_BETWEEN_WORDS}]{{0,{LONGEST_KEY}}}")


def _pattern_for(lowered: str) -> re.Pattern[str] | None:
    """What finds the words for keys of a letter in small letters; None where it has none."""
    words = "\n".join(set(lowered.split()))  # most words recur, and each is searched once
    plain = set(words.encode("utf-8", "surrogatepass").translate(_NO_LETTERS).split())
    together = b"\n".join(plain)
    has_stem = any(stem in together for stem in _IN_LETTERS) or any(name in lowered for name in _PROGRAMS)
    short = {word for phrase, word in _SHORT_PHRASES.items() if phrase <= plain}
    short |= {code for word, code in _CODES.items() if word in plain}
    return _pattern_of(has_stem, tuple(sorted(short))) if has_stem or short else None


@lru_cache(maxsize=64)
def _pattern_of(has_stem: bool, short: tuple[str, ...]) -> re.Pattern[str]:  # noqa: FBT001
    ways = [_ANY_IN_LETTERS.pattern] if has_stem else []
    ways += [rf"{word}(?![^\W_])(?<![^\W_]{word})" for word in map(re.escape, short)]
    return re.compile("|".join(ways))


_LONGEST_TABLE = 200_000
"""Characters of a table after its header that are searched."""
_END_OF_CELL = re.compile(
    r"[^<>\t;|,\n]{0,20}(?:(?:\s*</?(?:b|strong|span|font|p|i|em)\b[^<>]*>){0,4}\s*</(t[hd])\b|[\t;|,])",
    re.IGNORECASE,
)


def _end_of_table(text: str, at: int) -> int:
    """The end of the table if a word may be in its header; else `at`."""
    match = _END_OF_CELL.match(text, at)
    if match is None:
        return at
    end = text.find("</table" if match[1] else "\n\n", at, at + _LONGEST_TABLE)
    return end if end >= 0 else min(len(text), at + _LONGEST_TABLE)
