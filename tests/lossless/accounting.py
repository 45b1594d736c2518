"""A second account of an export and of what its reader sees, by the standard library alone.

Nothing here uses the code under test: JSON by `json` with hooks, HTML by `html.parser`, ZIP by `zipfile`.
"""

from __future__ import annotations

import base64
import binascii
import email
import html
import json
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple

MARK = re.compile(r"qz\d+x")
"""Words that generated texts carry where a reader must see them."""
_NUMBERED = re.compile(r"⟨U\+([0-9A-F]{4,6})⟩")
_SPACE = re.compile("[\\s\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f]+")


class Num(str):
    """A number as the file has it."""

    __slots__ = ()


class Pairs(list[tuple[str, Any]]):
    """The members of an object, repeated names and all."""


class Leaf(NamedTuple):
    """A value, and its pointer: repeated names end in `~r2`, the second document begins with `/~d2`."""

    pointer: str
    value: Any


_DECODER = json.JSONDecoder(
    strict=False, object_pairs_hook=Pairs, parse_int=Num, parse_float=Num, parse_constant=Num
)


def documents(raw: bytes) -> list[Any]:
    """Every JSON document of a file."""
    text = raw.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    found = []
    at = 0
    while (at := re.compile(r"[ \t\r\n]*").match(text, at).end()) < len(text):
        value, at = _DECODER.raw_decode(text, at)
        found.append(value)
    return found


class Account(NamedTuple):
    """All values, and all names of members but those that every export has."""

    leaves: list[Leaf]
    names: list[str]


_STRUCTURE = ("info", "data")
_WRAPPERS = ("data", "record", "payload")
_MESSAGES = ("mime", "raw", "eml", "html", "source", "text", "amp")
"""Members whose content has a form of its own in a report, and there need not be named: what a record is
wrapped in, the fields of a person, the text of a message."""
_SURVEY = ("questions", "question", "answers", "answer")
"""A question and its answer are set as such, not named."""


def account(raw: bytes) -> Account:
    """What a disclosure of this file has to show."""
    leaves: list[Leaf] = []
    names: list[str] = []
    for number, document in enumerate(documents(raw), 1):
        prefix = "" if number == 1 else f"/~d{number}"
        _gather(document, prefix, leaves, names, outermost=True)
    return Account(leaves, names)


def _gather(top: Any, start: str, leaves: list[Leaf], names: list[str], *, outermost: bool) -> None:
    stack = [(start, top, outermost)]
    while stack:
        at, value, is_document = stack.pop()
        if isinstance(value, Pairs):
            counts: dict[str, int] = {}
            for name, member in value:
                counts[name] = counts.get(name, 0) + 1
                token = name.replace("~", "~0").replace("/", "~1")
                token += f"~r{counts[name]}" if counts[name] > 1 else ""
                if not (is_document and name in _STRUCTURE) and not _has_own_form(name.lower(), member):
                    names.append(name)
                stack.append((f"{at}/{token}", member, False))
        elif isinstance(value, list):
            stack.extend((f"{at}/{i}", member, False) for i, member in enumerate(value))
        else:
            leaves.append(Leaf(at, value))


def _has_own_form(name: str, member: Any) -> bool:
    if name in _SURVEY:
        return True
    if isinstance(member, Pairs):
        return bool(member) and name in {*_WRAPPERS, "fields"}
    return name in _MESSAGES and isinstance(member, str) and not isinstance(member, Num)


def names_in_any_case(names: list[str]) -> list[str]:
    """Without those that a message would have: a number that is masked is a text, which has another form."""
    return [name for name in names if name.lower() not in _MESSAGES]


class _Visible(HTMLParser):
    """The words of a page, those in frames of messages included, and nothing of styles."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.manifest = ""
        self._silent = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in {"style", "title", "script"}:
            self._silent += 1
        if tag == "iframe" and given.get("srcdoc"):
            self.pieces += ["\n", _Visible(given["srcdoc"]).text, "\n"]
        if tag == "meta" and given.get("name") == "dsr-report-manifest":
            self.manifest = given["content"] or ""

    def handle_endtag(self, tag: str) -> None:
        if tag in {"style", "title", "script"}:
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.pieces.append(data)

    @property
    def text(self) -> str:
        return "".join(self.pieces)


class Seen(NamedTuple):
    """A disclosure as somebody has it who reads it: its words, its manifest, its other files."""

    text: str
    manifest: dict[str, Any]
    files: dict[str, bytes]


def seen_in(path: Path) -> Seen:
    """What stands in an HTML file or a package."""
    if path.suffix == ".html":
        page = _Visible(path.read_text(encoding="utf-8"))
        return Seen(plain(page.text), json.loads(page.manifest), {})
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    pages = [files[n].decode("utf-8") for n in sorted(files) if n.endswith(".html") and "messages/" not in n]
    return Seen(
        plain("\n".join(_Visible(page).text for page in pages)), json.loads(files["manifest.json"]), files
    )


def plain(text: str) -> str:
    """A text without what depends on how it is set: spaces, and the ways to show what cannot be shown."""
    text = _NUMBERED.sub(lambda match: chr(int(match[1], 16)), text)
    return _SPACE.sub("", text.replace(": //", "://"))


def said(value: Any) -> list[str]:
    """The ways in which a reader may be told a value."""
    if value is None:
        return ["(novalue)"]
    if isinstance(value, bool):
        return ["yes(true)"] if value else ["no(false)"]
    return [plain(value)] if value else ["(empty)"]


def missing(raw: bytes, seen: Seen) -> Iterator[str]:
    """Everything in the export that the disclosure neither shows nor visibly hides."""
    marks = seen.manifest["marks"]
    hidden = {p: mark["text"] for mark in marks for p in (*mark["pointers"], *mark["passages_in"])}
    leaves, names = account(raw)
    for pointer, value in leaves:
        if pointer in hidden:
            if plain(hidden[pointer]) not in seen.text:
                yield f"the mark of {pointer}"
        elif not any(text in seen.text for text in said(value)) and not _is_shown(pointer, value, seen):
            yield f"the value of {pointer}"
    for name in names:
        if plain(name) not in seen.text:
            yield f"the name {name!r}"


def is_a_name_hidden(raw: bytes, seen: Seen) -> bool:
    """Whether a name is not shown in which a value stands that may be hidden: pointers are others then."""
    if not seen.manifest["marks"]:
        return False
    leaves, names = account(raw)
    texts = {_letters(str(leaf.value)) for leaf in leaves}
    long = [text for text in texts if len(text) >= 8]
    holding = (name for name in names if any(text in _letters(name) for text in long))
    return any(plain(name) not in seen.text for name in holding)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def _is_shown(pointer: str, value: Any, seen: Seen) -> bool:
    """Whether a text that is not shown as it is spelled is shown as the message or the page that it is."""
    if pointer.rpartition("/")[2].lower() in {"html", "source"} and plain(html.unescape(value)) in seen.text:
        return True  # a page without a tag: its character references are the signs they stand for
    return _is_shown_message(value, seen)


def _is_shown_message(value: Any, seen: Seen) -> bool:
    """Whether a text is a message that is shown as what it says: by all its marked words, and as a file."""
    if not isinstance(value, str) or isinstance(value, Num):
        return False
    wires = _wires(value)
    if re.fullmatch(r"[A-Za-z0-9+/=\s]+", value) and not any(map(_is_a_mail, wires[1:])):
        return False  # what could be base64, and says nothing as such: an id, a word
    is_file = any(seen.files[name] in wires for name in seen.files if name.endswith(".eml"))
    is_page = any(b"<" in wire for wire in wires)
    looks_like_mail = not seen.files and re.match(r"\S+:|From |\s*[A-Za-z0-9+/]{24}|.*[\ud800-\udfff]", value)
    if not is_file and not is_page and not looks_like_mail:
        return False
    words = set(MARK.findall(value))
    if is_file or not seen.files:
        words |= {word for wire in wires for word in _words_of_message(wire)}
    return all(word in seen.text for word in words)


def _is_a_mail(wire: bytes) -> bool:
    return re.match(rb"[!-~]+:|From |\s*<", wire) is not None


def _wires(value: str) -> list[bytes]:
    wires = []
    for errors in ("surrogateescape", "surrogatepass"):
        try:
            wires.append(value.encode("utf-8", errors))
        except UnicodeEncodeError:
            continue
    try:
        letters = "".join(value.partition(";base64,")[2].split() or value.split())
        wires.append(
            base64.b64decode(letters.rstrip("=") + "=" * (-len(letters.rstrip("=")) % 4), validate=True)
        )
    except (binascii.Error, ValueError):
        pass
    return wires


def _words_of_message(wire: bytes) -> Iterator[str]:
    """The marked words of the parts that a mail program would show."""
    message = email.message_from_bytes(wire)
    for part in message.walk():
        if part.get_content_maintype() == "text" and part.get_filename() is None:
            content = part.get_payload(decode=True)
            if isinstance(content, bytes) and message.defects == part.defects == []:
                yield from MARK.findall(content.decode("latin-1"))
