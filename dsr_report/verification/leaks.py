"""Does a hidden value survive in a disclosure? Looked for in every decoded byte, in every spelling."""

from __future__ import annotations

import html
import io
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote

import pikepdf

from dsr_report.jsonstream.file import ExportFile
from dsr_report.jsonstream.items import Scalar, values
from dsr_report.pointers import tokens
from dsr_report.redact.apply import is_message, words_of_message
from dsr_report.redact.in_messages import forms_of, holds, plain_letters
from dsr_report.redact.link_tokens import link_keys
from dsr_report.redact.live_links import LINK_KINDS
from dsr_report.redact.plan import SHORTEST_PASSAGE, token_word, words_in
from dsr_report.verification.pdf_text import page_texts
from dsr_report.writers.manifest import Manifest, MarkEntry

_BLOCK = 1 << 20
_DEEPEST_ARCHIVE = 3
SQUEEZED = "the text of the pages (spaces left out)"
"""A place: where lines end and words are apart, a page does not say for sure."""
_MOST_SEARCHED = 16
"""Values that are looked for in every spelling; more (tokens of links) are found by their longest word."""


@dataclass(frozen=True, slots=True)
class Leak:
    """A hidden value that is still there: the number of its mark, and the place."""

    number: int
    place: str


def hidden_values(
    manifest: Manifest, shown: ExportFile, original: ExportFile
) -> tuple[dict[int, set[str]], list[str]]:
    """The hidden values by the number of their mark, and what differs between the exports without a mark.

    Values that were hidden only where they stand (a password that is an ordinary word) are not among them:
    elsewhere they mean something else.
    """
    whole = {pointer: mark for mark in manifest.marks for pointer in mark.pointers}
    links = {mark.what: mark.number for mark in manifest.marks if mark.what in LINK_KINDS}
    parts: dict[str, list[MarkEntry]] = {}
    for mark in manifest.marks:
        for pointer in mark.passages_in:
            parts.setdefault(pointer, []).append(mark)
    hidden: dict[int, set[str]] = {}
    problems = []
    for (pointer, ours), (their_pointer, theirs) in zip(_all(shown), _all(original), strict=False):
        if pointer != their_pointer and not _same_place(pointer, their_pointer, manifest.marks):
            problems.append(f"DIFFERENT: the two exports differ from {pointer} on.")
            break
        if ours == theirs and type(ours) is type(theirs):
            continue
        if pointer in whole:
            if whole[pointer].everywhere:
                hidden.setdefault(whole[pointer].number, set()).add(str(theirs))
        elif pointer in parts:
            if all(mark.what in links for mark in parts[pointer]):
                continue
            for number, passage in _passages(str(ours), str(theirs), parts[pointer]):
                if number not in links.values():
                    hidden.setdefault(number, set()).add(passage)
        else:
            problems.append(f"DIFFERENT: the value at {pointer} differs from the original and has no mark.")
    if links:
        for decision, token in link_keys(original.items()).decisions():
            if decision.what in links:
                hidden.setdefault(links[decision.what], set()).add(token)
    return hidden, problems


def _same_place(ours: str, theirs: str, marks: Sequence[MarkEntry]) -> bool:
    """Whether two pointers differ only in names that bear a mark."""
    our_names, their_names = tokens(ours), tokens(theirs)
    return len(our_names) == len(their_names) and all(
        our == their or any(mark.text in our for mark in marks)
        for our, their in zip(our_names, their_names, strict=True)
    )


def _all(export: ExportFile) -> Iterator[tuple[str, Scalar]]:
    yield from values(export.info.value, "/info")
    for item in export.items():
        yield from values(item.value, item.pointer)


def _passages(ours: str, theirs: str, marks: Sequence[MarkEntry]) -> Iterator[tuple[int, str]]:
    """What stood where a mark stands now, in a text that was changed in no other way."""
    by_text = {text: mark.number for mark in marks for text in (mark.text, plain_letters(mark.text))}
    pieces = re.split("(" + "|".join(re.escape(text) for text in by_text) + ")", ours)
    pattern = "".join("(.+?)" if piece in by_text else re.escape(piece) for piece in pieces)
    match = re.fullmatch(pattern, theirs, re.DOTALL)
    if match is not None:
        numbers = [by_text[piece] for piece in pieces if piece in by_text]
        yield from zip(numbers, match.groups(), strict=True)


def leaks(path: Path, hidden: Mapping[int, Iterable[str]]) -> Iterator[Leak]:
    """Every place in a finished disclosure that still holds a hidden value (each place once a value).

    Values shorter than six characters are not looked for: they would be found by chance.
    """
    wanted = [
        (number, text)
        for number, texts in sorted(hidden.items())
        for text in sorted(texts)
        if len(text) >= SHORTEST_PASSAGE
    ]
    if not wanted:
        return
    wanted.sort(key=lambda pair: not pair[1].isalnum() and pair[1].isascii() and " " not in pair[1])
    thorough, rest = wanted[:_MOST_SEARCHED], wanted[_MOST_SEARCHED:]
    by_word: dict[str, list[tuple[int, str]]] = {}
    for number, text in rest:
        by_word.setdefault(token_word(text), []).append((number, text))
    for place, content in _decoded(path):
        for number, text in thorough:
            if _holds(content, "".join(text.split()) if place.endswith(SQUEEZED) else text):
                yield Leak(number, place)
        if not by_word:
            continue
        yield from (Leak(number, place) for number in _tokens_in(content, by_word))


def _tokens_in(content: bytes, by_word: Mapping[str, Sequence[tuple[int, str]]]) -> Iterator[int]:
    """The numbers of the tokens that stand in a text or a message."""
    text = content.decode("utf-8", "replace").lower()
    words = words_in(text)
    is_a_message = is_message(text[:1_000_000])
    if is_a_message:
        words |= words_of_message(content)
    present = [pair for word in sorted(by_word.keys() & words) for pair in by_word[word]]
    plain = html.unescape(unquote(text)) if present else ""
    for number, token in present:
        if token.lower() in text or token.lower() in plain or (is_a_message and holds(content, token)):
            yield number


def _holds(content: bytes, text: str) -> bool:
    lowered = content.lower()
    if any(
        form.encode(encoding, "surrogatepass").lower() in lowered
        for form in forms_of(text)
        for encoding in ("utf-8", "utf-16-be", "utf-16-le")
    ):
        return True
    as_text = content.decode("utf-8", "replace")
    if "&" in as_text and text.casefold() in html.unescape(as_text).casefold():
        return True
    return is_message(as_text[:1_000_000]) and holds(content, text)


def _decoded(path: Path) -> Iterator[tuple[str, bytes]]:
    with path.open("rb") as file:
        head = file.read(5)
    if head.startswith(b"%PDF"):
        yield from _decoded_pdf(path)
    elif head.startswith(b"PK"):
        yield from _decoded_zip(path, "", 0)
    else:
        yield path.name, path.read_bytes()


def _decoded_zip(source: Path | BinaryIO, prefix: str, depth: int) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(source) as archive:
        for info in archive.infolist():
            yield f"{prefix}{info.filename} (name)", info.filename.encode("utf-8", "surrogatepass")
            content = archive.read(info)
            yield prefix + info.filename, content
            if (
                content.startswith(b"PK")
                and depth < _DEEPEST_ARCHIVE
                and zipfile.is_zipfile(io.BytesIO(content))
            ):
                yield from _decoded_zip(io.BytesIO(content), f"{prefix}{info.filename}!", depth + 1)
            elif content.startswith(b"%PDF-"):
                with tempfile.NamedTemporaryFile(suffix=".pdf") as copy:
                    copy.write(content)
                    copy.flush()
                    for place, decoded in _decoded_pdf(Path(copy.name)):
                        yield f"{prefix}{info.filename}: {place}", decoded
            elif info.filename.endswith(".json") and b"\\" in content:
                yield f"{prefix}{info.filename} (decoded)", _json_text(content)


def _json_text(content: bytes) -> bytes:
    """Every string of a JSON text with its escapes resolved, one below the other."""
    from dsr_report.jsonstream.file import open_export  # noqa: PLC0415 - for exports alone

    try:
        with open_export(content, salvage=True) as export:
            return "\n".join(str(value) for _, value in _all(export)).encode("utf-8", "surrogatepass")
    except ValueError:
        return b""


def _decoded_pdf(path: Path) -> Iterator[tuple[str, bytes]]:
    with pikepdf.open(path) as pdf:
        for name, spec in pdf.attachments.items():
            content = spec.get_file().read_bytes()
            yield f"the embedded file {name}", content
            if name.endswith(".json"):
                yield f"the embedded file {name} (decoded)", _json_text(content)
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Stream) and not _is_picture_or_file(thing):
                try:
                    yield f"object {thing.objgen[0]}", thing.read_bytes()
                except pikepdf.PdfError:
                    yield f"object {thing.objgen[0]}", thing.read_raw_bytes()
            strings = "\n".join(_strings(thing))
            if strings:
                yield f"object {thing.objgen[0]}", strings.encode("utf-8", "surrogatepass")
        text = "\n".join(page_texts(pdf))
        yield "the text of the pages", text.encode("utf-8", "surrogatepass")
        squeezed = "".join(text.split())  # and backwards, as writing from right to left is drawn
        yield SQUEEZED, f"{squeezed}\n{squeezed[::-1]}".encode("utf-8", "surrogatepass")


def _is_picture_or_file(stream: pikepdf.Stream) -> bool:
    return stream.get("/Subtype") == "/Image" or stream.get("/Type") == "/EmbeddedFile"


def _strings(thing: pikepdf.Object) -> Iterator[str]:
    """The text strings in one PDF object, not following references."""
    stack = [thing]
    while stack:
        current = stack.pop()
        if isinstance(current, pikepdf.String):
            yield str(current)
        elif isinstance(current, pikepdf.Stream):
            stack.append(current.stream_dict)
        elif isinstance(current, pikepdf.Dictionary):
            stack.extend(_direct(current.as_dict().values()))
        elif isinstance(current, pikepdf.Array):
            stack.extend(_direct(current))


def _direct(things: Iterable[object]) -> Iterator[pikepdf.Object]:
    """Those that stand here, not elsewhere in the file."""
    return (thing for thing in things if isinstance(thing, pikepdf.Object) and not thing.is_indirect)
