"""Live keys in a text, by the names that are written before them.

Parameters of links and forms, lines of header fields and of letters, members of JSON wherever it stands,
elements and attributes of XML and HTML, cells of rows, parts of uploaded forms; and what says of itself that
it is a key: a signed token (JWT), a private key.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from dsr_report.lexicon import WORDS
from dsr_report.mime.percent import unquoted
from dsr_report.redact.key_names import KeyName, What, key_name, words_of
from dsr_report.redact.randomness import is_random


class Span(NamedTuple):
    """A piece of a text: `text[start:end]`."""

    start: int
    end: int


class TextKey(NamedTuple):
    """A live key in a text: what it is, its text as it reads, where it stands, and where its name begins."""

    what: What
    text: str
    start: int
    end: int
    lead: int


_NO_ANSWERS = frozenset("".join(words_of(word)) for word in WORDS.no_answers)
_PLACEHOLDER = re.compile(r"[\s*•●.xX_\-–—]*")
_SHORTEST_TOKEN = 8
_BLANK_AND_MORE = re.compile(r"\s")

_NAME = r"[^\W_][\w.\[\]-]{0,60}+"
_PARAMETER = re.compile(
    r"(?:(?<![\w.\[\]%-])|(?<=\\u0026)|(?<=\\[nrt]))((?:[\w.\[\]-]|%(?:5B|5D|20|2D|5F|C3|A[0-9A-F]|B[0-9A-F]))"
    r"{1,60}+)=([^&#;\s\"'<>\\]++)",
    re.IGNORECASE,
)
_WRAPPED_PARAMETER = re.compile(
    r"(?:%(?:25)*(?:3F|26|23|3B|20))((?:[\w.\[\]-]|%(?:25)*(?:5B|5D|5F|2D)){1,60}?)(%(?:25)*)3D"
    r"((?:[^&#;\s\"'<>\\%]|%(?!(?:25)*(?:26|23|3B|20|22|27)))++)",
    re.IGNORECASE,
)
_LINE = re.compile(
    r"^([ \t>*•-]*)([^\s:=<>{}\"|;&?][^\n:=<>{}\"|;&?]{0,80}?)[ \t]*(?::|=|=>)[ \t\u00a0]*"
    r"([^\n]*(?:\n[ \t]+[^\n]*)*)",
    re.MULTILINE,
)
_IS_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_MEMBER = re.compile(
    r"(\\*[\"'])([^\"'\\\n]{1,80})\1\s*(?::|=>|,)\s*(?:(\\*[\"'])((?:(?!\3).)*?)(?<!\\)\3|([\d.eE+-]+))",
    re.DOTALL,
)
_PAIR_OF_MEMBERS = re.compile(
    r"(\\*[\"'])(?P<n>[^\"'\\\n]{1,40})\1\s*(?::|=>)\s*(\\*[\"'])(?P<name>[^\"'\\\n]{1,80})\3\s*,\s*"
    r"(\\*[\"'])(?P<v>[^\"'\\\n]{1,40})\5\s*(?::|=>)\s*(\\*[\"'])(?P<value>(?:(?!\7).)*?)(?<!\\)\7",
    re.DOTALL,
)
_ELEMENT = re.compile(r"<([\w:.-]{1,60})([^<>]*)>(?:<!\[CDATA\[(.*?)\]\]>|([^<>]+))</\1\s*>", re.DOTALL)
_ATTRIBUTE = re.compile(r"([\w:.-]{1,60})\s*=\s*(?:\"([^\"<>]*)\"|'([^'<>]*)')")
_TAG = re.compile(r"<[\w:.-]+(\s[^<>]*=[^<>]*)>")
_CELLS = re.compile(
    r"<(td|th|dt|label|span|b|strong|p|div|li|name|key)\b[^<>]*>\s*([^<>]{2,80}?)\s*:?\s*</\1\s*>\s*:?\s*((?:<[^<>]*>\s*)*)"
    r"([^<>\s][^<>]*)",
    re.IGNORECASE,
)
_LABEL_BEFORE_TAG = re.compile(r"(?:^|>|\n)\s*([^<>:\n]{2,80}):\s*((?:<[^<>/][^<>]*>\s*)+)([^<>\s][^<>]*)<")
_SAID = re.compile(
    r"(?<!\w)((?:[^\W\d_]+[ \u00a0-]){0,3}[^\W\d_]+)"
    r"(?:[ \u00a0](?:is|luidt|lautet|ist|est)(?:[ \u00a0]?:)?|[ \u00a0]?:)"
    r"\s*[\"'«„“‘]?[ \u00a0]*([^\s\"'<>«»„“”‘’\\]{4,100})"
)
"""`Uw nieuwe wachtwoord is …`, `gebruiker: robin, wachtwoord: …`."""
_SAID_BEFORE = re.compile(
    r"(?<!\S)([\w-]{4,100})[ \u00a0](?:is|ist|est)[ \u00a0](?:your|the|uw|je|jouw|de|het|ihr|dein|der|das|"
    r"votre|ton|le)[ \u00a0]((?:[^\W\d_]+[ \u00a0-]){0,2}+[^\W\d_]+)",
    re.IGNORECASE,
)
"""`… is your verification code`."""
_IS_CODE = re.compile(r"[0-9]{4,10}|[0-9]{3,4}-[0-9]{3,4}")
_UPLOAD = re.compile(
    r"name=(\"?)([^\"\r\n;]{1,80})\1[^\r\n]*\r?\n(?:[\w-]+:[^\r\n]*\r?\n)*\r?\n(.*?)(?=\r?\n--|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_JWT = re.compile(r"(?<![\w-])eyJ[\w-]{10,}\.eyJ[\w-]{4,}\.[\w-]{8,}")
_PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z ]*-----|\Z)", re.DOTALL
)
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
_DELIMITERS = "\t;|,"
_MOST_COLUMNS = 200
_LETTER = re.compile(r"<(?:p|br|div|td|html|body|span|table)\b", re.IGNORECASE)


def keys_under_name(name: KeyName, text: str, *, is_number: bool = False) -> Iterator[TextKey]:
    """The keys in a value that stands under a name of a key: the whole of it, or what is one in it."""
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
    if name.is_sure or is_number or _is_token(plain):
        yield TextKey(name.what, plain, start, start + len(plain), start)
    elif not is_number:
        yield from keys_written_in(text)


def _is_no_answer(plain: str) -> bool:
    return (
        len(plain) <= 12 and "".join(words_of(plain)) in _NO_ANSWERS and not plain.isdigit()
    ) or _PLACEHOLDER.fullmatch(plain) is not None


def _is_token(plain: str) -> bool:
    """Whether what stands under a name that may mean something else looks like a key."""
    return not _BLANK_AND_MORE.search(plain) and (
        is_random(plain, shortest=_SHORTEST_TOKEN, changes=1)
        or (len(plain) >= _SHORTEST_TOKEN and any(map(str.isdigit, plain)) and any(map(str.isalpha, plain)))
    )


def _credentials(text: str) -> Iterator[TextKey]:
    """The values of cookies, each without its name; what follows the word for the way of letting in."""
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
    """Of an address that a name says to be a key: all behind its host."""
    match = re.match(r"\s*(?:[\w+.-]+:)?//[^/?#\s]+[/?#]*", text)
    if match and (rest := text[match.end() :].strip()):
        yield TextKey("key", unquoted(rest), match.end(), match.end() + len(rest), match.end())


def is_folded(line: str, before: KeyName | None) -> KeyName | None:
    """Of the element of a list: what the header field is that it begins, or goes on with."""
    if line[:1] in " \t":
        return before
    name, colon, _ = line.partition(":")
    return key_name(name) if colon and _IS_HEADER_NAME.fullmatch(name) else None


def keys_written_in(text: str) -> Iterator[TextKey]:
    """The live keys in a text that is no JSON, in its order; none of them overlap."""
    found: list[TextKey] = []
    for shape in dict.fromkeys(shape for sign, shape in _SHAPES if sign in text):
        found += shape(text)
    if "\n" in text:
        found += _columns(text)
    end = 0
    for key in sorted(found, key=lambda key: (key.start, -key.end)):
        if key.start >= end and key.end > key.start:
            yield key
            end = key.end


def _judged(
    name: str, value: str, start: int, lead: int, decode: Callable[[str], str] | None = None
) -> Iterator[TextKey]:
    """The keys in a value at `start`, which stands under a name."""
    known = key_name(name)
    if known is None:
        return
    plain = decode(value) if decode else value
    for key in keys_under_name(known, plain):
        if plain == value:
            yield key._replace(start=start + key.start, end=start + key.end, lead=lead)
        else:  # what is decoded has other places: the whole of it goes
            yield TextKey(key.what, key.text, start, start + len(value), lead)


def _plain(value: str) -> str:
    for _ in range(3):
        if "%" not in value:
            break
        value = unquoted(value)
    return value


def _parameters(text: str) -> Iterator[TextKey]:
    for match in _PARAMETER.finditer(text):
        name, value = match.groups()
        yield from _judged(_plain(name.replace("+", " ")), value, match.start(2), match.start(1), _plain)
    if "%" in text:
        for match in _WRAPPED_PARAMETER.finditer(text):
            yield from _judged(_plain(match.group(1)), match.group(3), match.start(3), match.start(1), _plain)


def _lines(text: str) -> Iterator[TextKey]:
    """Header fields with what is folded, and lines of letters: `Uw wachtwoord: …`."""
    for match in _LINE.finditer(text):
        name, value = match.group(2), match.group(3).rstrip()
        known = key_name(name)
        if known is None or not value:
            continue
        at, lead = match.start(3), match.start(2)
        if known.what == "credential" or (
            known.what != "link" and _IS_HEADER_NAME.fullmatch(name) and "-" in name
        ):
            for key in keys_under_name(known, value):
                yield key._replace(start=at + key.start, end=at + key.end, lead=lead)
            continue
        line = value.split("\n", 1)[0].strip()
        words = line.split()
        if known.what == "link":
            yield from _judged(name, line, at, lead)
        elif len(words) == 1 or (words and len(words) <= 3 and any(map(str.isdigit, line))):
            if not line.startswith(("<", "http:", "https:", "{", "[")):
                yield from _judged(name, line.rstrip(",;"), at, lead)
        elif words and _is_token(words[0].rstrip(".,;")):
            yield from _judged(name, words[0].rstrip(".,;"), at, lead)


def _sentences(text: str) -> Iterator[TextKey]:
    """What a sentence says to be a key, where it looks like one: `Uw wachtwoord is gewijzigd` gives none."""
    for shape, named, told in ((_SAID, 1, 2), (_SAID_BEFORE, 2, 1)):
        for match in shape.finditer(text):
            value = match[told].rstrip(".,;:!?)")
            if value.startswith("http") or not (_is_token(value) or _IS_CODE.fullmatch(value)):
                continue
            words = match[named].split()
            names = (
                " ".join(words[at:]) if named < told else " ".join(words[: len(words) - at])
                for at in range(len(words))
            )
            known = next((name for name in names if key_name(name)), None)
            if known is not None:
                yield from _judged(known, value, match.start(told), match.start())


def _json_members(text: str) -> Iterator[TextKey]:
    """Members of JSON, or of what is written like it, that stand within other text."""
    for match in _MEMBER.finditer(text):
        group = 4 if match.group(4) is not None else 5
        yield from _judged(match.group(2), match.group(group), match.start(group), match.start(2))
    for match in _PAIR_OF_MEMBERS.finditer(text):
        if key_name(match["name"]) and not key_name(match["n"]):
            yield from _judged(match["name"], match["value"], match.start("value"), match.start("name"))


def _elements(text: str) -> Iterator[TextKey]:
    for match in _ELEMENT.finditer(text):
        group = 3 if match.group(3) is not None else 4
        value, at = match.group(group), match.start(group)
        names = [match.group(1).rpartition(":")[2]]
        names += [double or single for _, double, single in _ATTRIBUTE.findall(match.group(2))]
        for name in names:
            if key_name(html.unescape(name)):
                yield from _judged(html.unescape(name), value, at, match.start(1), html.unescape)
                break
    for match in _TAG.finditer(text):
        attributes = list(_ATTRIBUTE.finditer(match.group(1)))
        values = {m[1].lower(): (m[2] if m[2] is not None else m[3], m) for m in attributes}
        says = next(
            (v for n, (v, _) in values.items() if n in {"name", "key", "id", "field"} and key_name(v)), None
        )
        for name, (value, m) in values.items():
            at = match.start(1) + (m.start(2) if m[2] is not None else m.start(3))
            if name in {"value", "content", "data-value"} and says:
                yield from _judged(says, value, at, match.start(), html.unescape)
            elif name not in {"type", "name", "id", "class", "for", "autocomplete"} and key_name(name):
                yield from _judged(name, value, at, match.start(), html.unescape)
    if _may_name_a_key(text):
        for match in (*_CELLS.finditer(text), *_LABEL_BEFORE_TAG.finditer(text)):
            name, value = match.groups()[-3], match.groups()[-1].rstrip()
            at = match.start(len(match.groups()))
            if len(value.split()) == 1 or not _LETTER.search(text):
                yield from _judged(html.unescape(name), value, at, match.start(), html.unescape)


_SHORTEST_TOLD = 5
"""Letters; shorter words (`code`, `key`) stand in most letters, and mean something else."""
_STEMS = tuple(
    sorted(
        {
            word[:6]
            for word in map("".join, map(words_of, WORDS.passwords + WORDS.access_codes))
            if len(word) > 5
        }
    )
)


def _may_name_a_key(text: str) -> bool:
    """Whether a word for a key stands in a text, at a glance."""
    lowered = "".join(text.lower().split()) if len(text) < 1000 else text.lower()
    return not lowered.isascii() or any(stem in lowered for stem in _STEMS)


_IN_LETTERS = tuple(
    sorted(
        {
            longest[:6]
            for phrase in (*WORDS.passwords, *WORDS.access_codes, "token", "jeton")
            if len(longest := max(words_of(phrase), key=len)) >= _SHORTEST_TOLD
        }
    )
)
_ANY_IN_LETTERS = re.compile("|".join(map(re.escape, _IN_LETTERS)))
_AROUND = 400
"""Characters before and behind a word for a key, in which the key stands: a row with its markup."""


def around_names(text: str) -> Iterator[str]:
    """The pieces of a letter in which words for keys stand; most letters have none."""
    lowered = text.lower()
    if not any(stem in lowered for stem in _IN_LETTERS):
        return
    start = end = 0
    for match in _ANY_IN_LETTERS.finditer(lowered):
        if match.start() - _AROUND > end:
            yield text[start:end]
            start = match.start() - _AROUND
        end = match.end() + _AROUND
    yield text[start:end]


def _uploads(text: str) -> Iterator[TextKey]:
    for match in _UPLOAD.finditer(text):
        yield from _judged(match.group(2), match.group(3), match.start(3), match.start(2))


def _by_themselves(text: str) -> Iterator[TextKey]:
    for match in _JWT.finditer(text):
        yield TextKey("key", match.group(), *match.span(), match.start())


def _private_keys(text: str) -> Iterator[TextKey]:
    for match in _PRIVATE_KEY.finditer(text):
        yield TextKey("key", match.group(), *match.span(), match.start())


def _columns(text: str) -> Iterator[TextKey]:
    """Cells of tables in text: below a head, and beside a first cell that names a key."""
    lines = text.splitlines(keepends=True)
    head = lines[0]
    for delimiter in _DELIMITERS:
        if delimiter not in head:
            continue
        names = [cell.strip().strip("\"'") for cell in head.split(delimiter)]
        keys = {i: name for i, name in enumerate(names[:_MOST_COLUMNS]) if key_name(name)}
        if not keys or len(names) < 2 or len(names) > _MOST_COLUMNS:
            continue
        at = len(head)
        for line in lines[1:]:
            cells = line.rstrip("\r\n").split(delimiter)
            place = at
            for i, cell in enumerate(cells):
                if i in keys and len(cells) == len(names):
                    bare = cell.strip().strip("\"'")
                    yield from _judged(keys[i], bare, place + cell.find(bare), place)
                place += len(cell) + 1
            at += len(line)
    at = 0
    for line in lines:
        for delimiter in _DELIMITERS:
            name, parted, rest = line.rstrip("\r\n").partition(delimiter)
            bare = rest.strip().strip("\"'")
            if (
                parted
                and bare
                and (delimiter != "," or " " not in bare)
                and key_name(name.strip().strip("\"'|"))
            ):
                if delimiter not in bare and not key_name(bare):
                    yield from _judged(name.strip().strip("\"'|"), bare, at + line.find(bare, len(name)), at)
                break
        at += len(line)


_SHAPES: tuple[tuple[str, Callable[[str], Iterator[TextKey]]], ...] = (
    ("=", _parameters),
    (":", _lines),
    (":", _sentences),
    ('"', _json_members),
    ("'", _json_members),
    ("</", _elements),
    ('="', _elements),
    (" is", _sentences),
    (" luidt", _sentences),
    (" lautet", _sentences),
    (" est", _sentences),
    ("ame=", _uploads),
    ("eyJ", _by_themselves),
    ("PRIVATE KEY", _private_keys),
)
