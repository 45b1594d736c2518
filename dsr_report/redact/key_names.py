"""Names of live keys: names whose values let their holder act as the subject.

Used for all kinds of names: members of objects, labels beside a value, column names, header fields,
parameters of links and forms, XML elements. A name is split into words (`passwordConfirmation`,
`nieuw_wachtwoord`, `Zugangs-Code`), in one case and without accents; the words of every language are in the
lexicon.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from functools import cache, cached_property, lru_cache
from typing import Final, Literal, NamedTuple

from dsr_report.lexicon import WORDS

What = Literal["password", "access-code", "key", "credential", "link"]
"""Kind of a key; `link` is the address of a page that carries a key."""


class KeyName(NamedTuple):
    """The kind of key that a name announces; `is_sure` if any value under the name is a key."""

    what: What
    is_sure: bool


_LONGEST_NAME = 100
"""Characters; a longer text is a sentence, not a name. The longest question of the samples has 74."""
_MOST_WORDS = 8
"""Words; a longer text is no name, but a question may ask for a password."""
_SENTENCE = 4
"""Words; a longer name is a question, in which a short word (`code`, `pin`) is no evidence."""
_SHORTEST_PIECE = 7
"""Letters; a shorter word is not matched in the middle of others (`pin` in `shopping`)."""
_SHORTEST_HEAD = 5
"""Letters of a word that may be the last part of a compound: `Zugriffstoken`."""
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = re.compile(r"[^\W\d_]+|\d+")
_ASCII_WORD = re.compile("[a-z]+|[0-9]+")


@lru_cache(maxsize=8192)
def words_of(name: str) -> tuple[str, ...]:
    """The words of a name, in one case and without accents."""
    if name.isascii():
        return tuple(_ASCII_WORD.findall(_CAMEL.sub(" ", name).replace("'", "").lower()))
    parted = _CAMEL.sub(" ", unicodedata.normalize("NFKC", name)).replace("'", "").replace("’", "")
    bare = "".join(c for c in unicodedata.normalize("NFKD", parted) if not unicodedata.combining(c))
    return tuple(_WORD.findall(bare.casefold()))


def joined(name: str) -> str:
    """The words of a name as one word, in one case and without accents."""
    if name.isascii():
        return (name if name.isalnum() else name.translate(_SEPARATORS)).lower()
    return "".join(words_of(name))


_SEPARATORS = {code: None for code in range(128) if not chr(code).isalnum()}


def joined_words(phrases: Iterable[str]) -> frozenset[str]:
    """Phrases of the lexicon, each joined to one word."""
    return frozenset(map(joined, phrases))


NAMES_OF_NAMES: Final = joined_words(WORDS.names_of_names)
NAMES_OF_VALUES: Final = joined_words(WORDS.names_of_values)


class _Pieces:
    """Words that may be parts of others, searched all at once.

    Compiling a pattern of them takes longer (20 ms for this module) than most runs spend searching.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._by_start: dict[str, list[str]] = {}
        for word in sorted({word for word in words if len(word) >= _SHORTEST_PIECE}, key=len, reverse=True):
            self._by_start.setdefault(word[:_SHORTEST_PIECE], []).append(word)

    def find(self, text: str) -> tuple[int, int] | None:
        """The span of the first of them in a text; of those that begin there, the longest."""
        for start in range(len(text) - _SHORTEST_PIECE + 1):
            for piece in self._by_start.get(text[start : start + _SHORTEST_PIECE], ()):
                if text.startswith(piece, start):
                    return start, start + len(piece)
        return None


class _Phrases:
    """Phrases of the lexicon, each joined to one word; umlauts without dots, and spelled out (`ae`)."""

    def __init__(self, phrases: Sequence[str], shortest_head: int = _SHORTEST_HEAD) -> None:
        spelled = [
            joined(one)
            for phrase in phrases
            for one in {phrase, phrase.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")}
        ]
        self.all = frozenset(word for word in spelled if word)
        self._phrases = phrases
        self._heads = tuple(sorted(word for word in self.all if len(word) >= shortest_head))
        self._pieces = _Pieces(self.all)

    @cached_property
    def parts(self) -> frozenset[str]:
        """The words of all phrases, and the phrases."""
        return self.all.union(*map(words_of, self._phrases))

    def end_in(self, words: tuple[str, ...]) -> int:
        """The number of words of a name up to the end of the first phrase in it; 0 if it has none."""
        for at, word in enumerate(words, 1):
            if word in self.all or word.endswith(self._heads):
                return at
            if at > 1 and words[at - 2] + word in self.all:
                return at
        return self.within(words)

    def within(self, words: tuple[str, ...]) -> int:
        """Like `end_in`, for the long phrases only, which may also be parts of words."""
        place = self._pieces.find("".join(words))
        if place is None:
            return 0
        length = 0
        for at, word in enumerate(words, 1):
            length += len(word)
            if length >= place[1]:
                return at
        return 0

    def are_in(self, words: tuple[str, ...]) -> bool:
        """Whether one of the phrases is a word, or two or three consecutive words, of a name."""
        if not self.all.isdisjoint(words):
            return True
        return any(
            "".join(words[at : at + count]) in self.all
            for count in (2, 3)
            for at in range(len(words) - count + 1)
        )


_KINDS: tuple[tuple[What, _Phrases], ...] = (
    ("password", _Phrases(WORDS.passwords)),
    ("key", _Phrases(WORDS.keys)),
    ("access-code", _Phrases(WORDS.access_codes)),
)
_PASSWORDS = _KINDS[0][1]
_SESSIONS = _Phrases(WORDS.sessions)
_LIKELY = _Phrases(WORDS.likely_keys, shortest_head=99)
_CREDENTIALS = _Phrases(WORDS.credentials)
_SECRET_QUESTIONS = _Phrases(WORDS.secret_questions)
_ANSWERS = _Phrases(WORDS.answers).all
_USUAL = joined_words(WORDS.fields_of_people)
_KEY_LINKS = _Phrases(WORDS.key_links).all
_PAGES = _Phrases(WORDS.addresses_of_pages, shortest_head=4)
_NO_KEY = _Phrases(WORDS.no_key)
_NO_KEY_AFTER = _Phrases(WORDS.no_key_after)
_BESIDE = _Phrases(WORDS.beside_a_key).all
_PARTS_OF_NO_KEY = tuple(sorted((word for word in _NO_KEY.all if len(word) > 3), key=len))
_KEY_STEMS = _Pieces(word for _, one in _KINDS for word in one.all)
_DELETED = {code: None for code in range(128) if not chr(code).isalpha() and chr(code) != "\n"}
_NO_LETTER = re.compile(r"[^\w\n]|[\d_]")


@cache
def _telling() -> re.Pattern[str]:
    """A pattern that the letters of every name of a key and of every secret question match."""
    phrases = (*(one for _, one in (*_KINDS, *_KEPT_BY_A_VISITOR)), _LIKELY, _SECRET_QUESTIONS)
    every = _KEY_LINKS.union(*(one.all for one in phrases))
    by_first: dict[str, list[str]] = {}
    kept: list[str] = []
    for word in sorted(every, key=len):
        if not any(shorter in word for shorter in kept):
            kept.append(word)
            by_first.setdefault(word[0], []).append(word[1:])
    return re.compile("|".join(f"{first}(?:{'|'.join(rests)})" for first, rests in by_first.items()))


def may_tell(texts: Collection[str]) -> set[str]:
    """The texts that may be names of keys or secret questions; most are ruled out by one search."""
    short = [text for text in texts if len(text) <= _LONGEST_NAME]
    letters = "\n".join(short).translate(_DELETED).lower()
    if letters.count("\n") >= max(len(short), 1):  # a text has a line break of its own
        return {text for text in short if may_tell({text.replace("\n", " ")})}
    if not letters.isascii():
        letters = _NO_LETTER.sub("", unicodedata.normalize("NFKD", letters).casefold())
    tells = _telling().search
    if tells(letters) is None:
        return set()
    return {text for text, line in zip(short, letters.split("\n"), strict=True) if tells(line)}


@lru_cache(maxsize=16384)
def key_name(name: str) -> KeyName | None:
    """The kind of key that a name announces; None if it is no name of a key."""
    if len(name) > _LONGEST_NAME:
        return None
    words = tuple(word for word in words_of(name) if not word.isdigit())
    if not words or not _telling().search("".join(words)):
        return None
    if len(words) > _MOST_WORDS:
        is_asked_for = name.rstrip().endswith("?") and _PASSWORDS.within(words) and not _NO_KEY.are_in(words)
        return KeyName("password", is_sure=False) if is_asked_for else None
    if not _ANSWERS.isdisjoint(words) and is_secret_question(name):
        return KeyName("access-code", is_sure=True)
    if _NO_KEY.are_in(words) or any(map(_is_compound_of_no_key, words)):
        return None
    if _PAGES.end_in(words) and any(link in "".join(words) for link in _KEY_LINKS):
        return KeyName("link", is_sure=True)
    is_sentence = len(words) > _SENTENCE or ("?" in name and len(words) > 1)
    is_said = False
    for what, phrases in _KINDS:
        end = phrases.within(words) if is_sentence else phrases.end_in(words)
        if end and (words[end - 1] not in _AMBIGUOUS or _BESIDE.issuperset({*words} - _AMBIGUOUS)):
            if is_sentence or not _NO_KEY_AFTER.are_in(words[end:]):
                return KeyName(what, is_sure=True)
            is_said = True
    if is_said:
        return None
    if not is_sentence and _LIKELY.are_in(words) and _BESIDE.issuperset({*words} - _LIKELY.parts):
        return KeyName("key", is_sure=False)
    for what, phrases in _KEPT_BY_A_VISITOR:
        end = 0 if is_sentence else phrases.end_in(words)
        if end and not _NO_KEY_AFTER.are_in(words[end:]) and _BESIDE.issuperset({*words} - phrases.parts):
            return KeyName(what, is_sure=words[-1] in _SENT or "".join(words).endswith(_SESSION_IDS))
    return None


_AMBIGUOUS = frozenset(WORDS.ambiguous_keys)
_SESSION_IDS = tuple(joined_words(WORDS.session_ids))
_KEPT_BY_A_VISITOR: tuple[tuple[What, _Phrases], ...] = (("credential", _CREDENTIALS), ("key", _SESSIONS))
_SENT = frozenset({"authorization", "authorisation", "cookie"})
"""Header field names whose value is always a key."""


@lru_cache(maxsize=4096)
def is_secret_question(text: str) -> bool:
    """Whether a name or question is about a secret question, such as a pet's name."""
    return len(text) <= _LONGEST_NAME and _SECRET_QUESTIONS.within(words_of(text)) > 0


@lru_cache(maxsize=4096)
def is_usual_field(name: str) -> bool:
    """Whether a text is a usual field name or the name of a key, as in a table header, and no value.

    A value may resemble a name: `geheim12`, `Wachtwoord!` and `mijnwachtwoord` are passwords.
    """
    words = words_of(name) if len(name) <= _LONGEST_NAME else ()
    if "".join(words) in _USUAL:
        return True
    return (
        bool(words)
        and not _OF_VALUES.search(name)
        and (_words_of_fields().issuperset(words) or "".join(words) in _words_of_fields())
        and key_name(name) is not None
    )


_OF_VALUES = re.compile(r"[\d!@#$%^&+~€£]")
"""Characters that passwords have, and names of fields have not."""


@cache
def _words_of_fields() -> frozenset[str]:
    """The words of names of keys, and those that stand beside them."""
    kinds = (*(phrases for _, phrases in (*_KINDS, *_KEPT_BY_A_VISITOR)), _LIKELY, _SECRET_QUESTIONS, _PAGES)
    return frozenset(word for phrases in kinds for word in phrases.parts) | _BESIDE | _USUAL | _AMBIGUOUS


def _is_compound_of_no_key(word: str) -> bool:
    """Whether a compound says that it is no key: `wachtwoordhint`, `Passwortlänge`."""
    place = _KEY_STEMS.find(word)
    if place is None or place == (0, len(word)):
        return False
    start, end = place
    rest = word[:start] + " " + word[end:]
    return any(part in rest for part in _PARTS_OF_NO_KEY)


@lru_cache(maxsize=4096)
def is_about_a_key(name: str) -> bool:
    """Whether a name below a key's name is of metadata about the key: `expires`, `algorithm`."""
    words = words_of(name)
    return _NO_KEY.are_in(words) or _NO_KEY_AFTER.are_in(words) or not _KEPT_WITH_A_KEY.isdisjoint(words)


_KEPT_WITH_A_KEY = frozenset(
    {"httponly", "secure", "samesite", "host", "ip", "agent", "max", "age", "device"}
)
