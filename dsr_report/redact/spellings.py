"""The ways in which a passage can be written inside a text, to find it and to take it out.

Letter by letter: as it is, percent-encoded (once or more), as an entity, escaped for JSON, in the
quoted-printable of a bounce address, decomposed, or misread; between the letters soft hyphens and inline
markup. As a whole: base64 at any alignment, hexadecimal, and the common digests that tracking links use
for an address.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
import string
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from html.entities import html5
from urllib.parse import quote, quote_plus

from dsr_report.mime.percent import unquoted
from dsr_report.redact.randomness import is_random
from dsr_report.redact.readings import INVISIBLE, folded, views_of

_ANY_TAG = re.compile(r"<[^<>]*>")
_GAP = rf"(?:[{INVISIBLE}]|&(?:shy;?|zwn?j;|#0*(?:173|8203|8204|8205);))*"
_GAP_IN_MARKUP = rf"(?:[{INVISIBLE}]|&(?:shy;?|zwn?j;|#0*(?:173|8203|8204|8205);)|{_ANY_TAG.pattern})*"
_SPACE = (
    r"(?:[\s\u00a0\u2000-\u200a\u202f\u3000]|\+|_|%(?:25)*(?:20|a0|c2%(?:25)*a0)|=20|&(?:amp;)*nbsp;?|"
    r"&(?:amp;)*#0*(?:160|32);?|&(?:amp;)*#x0*(?:a0|20);?|\\+(?:u00(?:a0|20)|[nrt])|<br[^<>]*>)+"
)
_IN_RUN = string.ascii_letters + string.digits + "+/_-"
_REST_OF_RUN = re.compile(r"[A-Za-z0-9+/_-]*={0,2}")
_LONGEST = 160
"""Characters; a longer passage is looked for letter by letter only as far as its literal forms go."""
_LONG_TEXT = 2_000
_PIECE = 4
_NAMES: dict[str, list[str]] = {}
for _name, _character in html5.items():
    if len(_character) == 1 and _name.endswith(";"):
        _NAMES.setdefault(_character, []).append(_name[:-1])


@lru_cache(maxsize=256)
def forms_of(passage: str) -> tuple[str, ...]:
    """The spellings under which a passage can stand inside a text as a whole, the plain one first."""
    candidates = [
        passage,
        quote(passage, safe="", errors="surrogatepass"),
        quote(passage, safe="/@:+", errors="surrogatepass"),
        quote_plus(passage, safe="@.", errors="surrogatepass"),
        html.escape(passage),
        html.escape(passage, quote=False),
        passage.replace("@", "&#64;"),
        passage.replace("@", "&#x40;"),
        passage.replace("@", "=40"),
        passage.replace("@", "="),  # VERP: bounce+jan=example.org@…
        passage.replace("/", "\\/"),
        unicodedata.normalize("NFD", passage),
        unicodedata.normalize("NFC", passage),
    ]
    local, at, domain = passage.rpartition("@")
    if at and not domain.isascii():
        candidates.append(f"{local}@{domain.encode('idna', 'replace').decode('ascii')}")
    plain = [form for form in candidates if len(form) >= len(passage) or form == candidates[-1]]
    return tuple(dict.fromkeys([*plain, *_encodings(passage)]))


@lru_cache(maxsize=256)
def base64_forms(passage: str) -> tuple[str, ...]:
    """How base64 of a text that holds the passage spells it, at each of the three alignments."""
    raw = passage.encode("utf-8", "surrogatepass")
    found = []
    for shift in range(3):
        padded = base64.b64encode(b"\0" * shift + raw).decode("ascii")
        first = (0, 2, 3)[shift]
        usable = (len(raw) + shift) // 3 * 4
        form = padded[first:usable]
        if len(form) >= 8:
            found += [form, form.replace("+", "-").replace("/", "_")]
    return tuple(dict.fromkeys(found))


def _encodings(passage: str) -> tuple[str, ...]:
    """Base64, hexadecimal and digests of a passage; none of them is found by chance."""
    raw = passage.encode("utf-8", "surrogatepass")
    found = list(base64_forms(passage))
    if len(raw) >= 6:
        found.append(raw.hex())
    is_guessable = "@" in passage or not is_random(passage, shortest=16)
    if len(raw) >= 6 and is_guessable:  # what is drawn by chance, no digest gives away
        for spelling in dict.fromkeys((passage, passage.strip().lower())):
            content = spelling.encode("utf-8", "surrogatepass")
            found += [hashlib.new(name, content, usedforsecurity=False).hexdigest() for name in _DIGESTS]
    return tuple(found)


_DIGESTS = ("md5", "sha1", "sha256")


@lru_cache(maxsize=512)
def needles(passage: str) -> tuple[str, ...]:
    """What to look for in the `views` of a text."""
    found = [folded(form) for form in forms_of(passage)]
    if " " in passage.strip():
        found += [found[0].replace(" ", "+"), found[0].replace(" ", "_")]
    return tuple(dict.fromkeys(form for form in found if form))


def in_text(text: str, passage: str) -> bool:
    """Whether a text holds a passage, in any spelling."""
    return in_views(views_of(text), passage)


def in_views(seen: tuple[str, ...], passage: str) -> bool:
    """Whether one of the views of a text holds a passage."""
    return _remembered(seen, passage) if len(seen[0]) > _LONG_TEXT else _in_views(seen, passage)


def _in_views(seen: tuple[str, ...], passage: str) -> bool:
    wanted = needles(passage)
    for view in seen:
        for form in wanted:
            if form in view:  # a plain loop: most texts are short, and there are many of them
                return True
    return False


_remembered = lru_cache(maxsize=32)(_in_views)  # it is asked again whether it is gone


def without_passages(text: str, replacements: Sequence[tuple[str, str]], *, is_markup: bool = False) -> str:
    """A text with each passage replaced by its mark, in whatever way it is spelled."""
    seen = views_of(text)
    present = [
        (passage, html.escape(mark) if is_markup else mark)
        for passage, mark in replacements
        if in_views(seen, passage)
    ]
    while present:
        # most often they stand there as they are, and nowhere else: then one look at the result is enough
        group = _unlike(present)
        present = present[len(group) :]
        for passage, mark in group:
            text = text.replace(passage, mark)
        seen = views_of(text)
        for passage, mark in group:
            if in_views(seen, passage):
                text = _spelled_out(text, passage, mark, is_markup=is_markup)
                seen = views_of(text)
    return text


def _spelled_out(text: str, passage: str, mark: str, *, is_markup: bool) -> str:
    is_markup = is_markup or "<" in text
    text = _replaced(text, passage, mark, is_markup=is_markup)
    if in_text(text, passage):  # a mixture of encodings: they are resolved first
        resolved = html.unescape(unquoted(text))
        text = _replaced(resolved, passage, mark, is_markup=is_markup)
    return text


def _unlike(replacements: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
    """The first of them that have no piece in common: taking out one cannot leave half of another."""
    known: set[str] = set()
    for count, (passage, _) in enumerate(replacements):
        pieces = _pieces(passage)
        if count and not known.isdisjoint(pieces):
            return replacements[:count]
        known |= pieces
    return replacements


@lru_cache(maxsize=512)
def _pieces(passage: str) -> frozenset[str]:
    """Every run of a few letters in a passage; the whole of a short one."""
    plain = folded(passage)
    return frozenset(plain[at : at + _PIECE] for at in range(max(1, len(plain) - _PIECE + 1)))


def literally_without(raw: bytes, replacements: Sequence[tuple[str, str]]) -> bytes:
    """Bytes with each passage replaced where it stands in them as a whole; nothing is decoded."""
    text = raw.decode("utf-8", "surrogateescape")
    folded = text.casefold()
    for passage, mark in replacements:
        if any(form in folded for form in needles(passage)):
            text = _as_a_whole(text, passage, mark)
            folded = text.casefold()
    return text.encode("utf-8", "surrogateescape")


def _replaced(text: str, passage: str, mark: str, *, is_markup: bool) -> str:
    def marked(match: re.Match[str]) -> str:
        tags = _ANY_TAG.findall(match.group(0)) if is_markup else []
        return mark + "".join(tags)

    if len(passage) <= _LONGEST:
        text = _letter_by_letter(passage, is_markup=is_markup).sub(marked, text)
    return _as_a_whole(text, passage, mark)


def _as_a_whole(text: str, passage: str, mark: str) -> str:
    """A text without a passage as a whole; of base64 the whole run goes, as its ends would tell."""
    encoded, literal = _whole_forms(passage)
    pieces: list[str] = []
    done = 0
    for match in encoded.finditer(text) if encoded else ():
        if match.start() >= done:
            pieces += [text[done : match.start()].rstrip(_IN_RUN), mark]
            done = _end_of_run(text, match.end())
    return literal.sub(lambda _: mark, "".join([*pieces, text[done:]]))


def _end_of_run(text: str, at: int) -> int:
    rest = _REST_OF_RUN.match(text, at)
    return rest.end() if rest else at


@lru_cache(maxsize=128)
def _whole_forms(passage: str) -> tuple[re.Pattern[str] | None, re.Pattern[str]]:
    encodings = _encodings(passage)
    encoded = "|".join(re.escape(form) for form in encodings)
    literal = "|".join(
        re.sub(r"(?:\\ )+", r"\\s+", re.escape(" ".join(form.split(" "))))
        for form in sorted(forms_of(passage), key=len, reverse=True)
        if form not in encodings
    )
    return re.compile(encoded, re.IGNORECASE) if encoded else None, re.compile(literal, re.IGNORECASE)


@lru_cache(maxsize=128)
def _letter_by_letter(passage: str, *, is_markup: bool) -> re.Pattern[str]:
    gap = _GAP_IN_MARKUP if is_markup else _GAP
    pieces = []
    for character in " ".join(unicodedata.normalize("NFC", passage).split()):
        pieces.append(_SPACE if character == " " else _letter(character))
    return re.compile(gap.join(pieces), re.IGNORECASE | re.DOTALL)


@lru_cache(maxsize=1024)
def _letter(character: str) -> str:
    """A pattern for one character in each way that it can be written."""
    cases = [c for c in dict.fromkeys((character, character.lower(), character.upper())) if len(c) == 1]
    ways = [re.escape(character)]
    bytes_of = [c.encode("utf-8", "surrogatepass") for c in cases]
    if not character.isascii():
        ways += [re.escape(c.encode("latin-1").decode("latin-1")) for c in cases if ord(c) < 256]
        bytes_of += [c.encode("cp1252") for c in cases if _fits(c, "cp1252")]
        ways += [re.escape(unicodedata.normalize("NFD", c)) for c in cases]
        misread = [c.encode("utf-8", "surrogatepass").decode("cp1252", "replace") for c in cases]
        ways += [re.escape(text) for text in misread if "\ufffd" not in text]
    percents = "|".join("%(?:25)*".join(f"{byte:02x}" for byte in content) for content in bytes_of)
    ways.append(f"%(?:25)*(?:{percents})")
    ways.append("=(?:" + "|".join("=".join(f"{byte:02x}" for byte in content) for content in bytes_of) + ")")
    decimals = "|".join(str(ord(c)) for c in cases)
    hexadecimals = "|".join(f"{ord(c):x}" for c in cases)
    ways.append(f"&(?:amp;)*#(?:0*(?:{decimals})(?![0-9])|x0*(?:{hexadecimals})(?![0-9a-f]));?")
    ways += [rf"\\+u{ord(c):04x}" for c in cases if ord(c) < 0x10000]
    names = [name for c in cases for name in _NAMES.get(c, ())]
    if names:
        ways.append(f"&(?:amp;)*(?:{'|'.join(map(re.escape, names))});")
    if character == "@":
        ways.append("=")
    if character == "/":
        ways.append(r"\\+/")
    return f"(?:{'|'.join(dict.fromkeys(ways))})"


def _fits(character: str, charset: str) -> bool:
    try:
        character.encode(charset)
    except ValueError:
        return False
    return True
