"""Searches a disclosure for hidden values, in every decoded byte and in every spelling."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pikepdf

from dsr_report.jsonstream.file import ExportFile, open_export
from dsr_report.jsonstream.items import values
from dsr_report.mime.message import wire_of_text
from dsr_report.mime.pdf_text import strings_in
from dsr_report.pointers import tokens
from dsr_report.redact.digests import Digests, keys_of_text, texts_of_message
from dsr_report.redact.in_messages import digests_of_changed, plain_letters
from dsr_report.redact.link_tokens import link_keys
from dsr_report.redact.live_links import LINK_KINDS
from dsr_report.redact.message_texts import is_message
from dsr_report.redact.passages import Passages
from dsr_report.redact.plan import SHORTEST_PASSAGE
from dsr_report.redact.randomness import is_random
from dsr_report.redact.readings import Endless
from dsr_report.redact.secrets import find_secrets
from dsr_report.redact.skeleton import BORDER
from dsr_report.sentences import Sentence
from dsr_report.shipped import shipped
from dsr_report.verification.around import scalars_of, values_between
from dsr_report.verification.pdf_text import page_texts
from dsr_report.writers.manifest import Around, Manifest, MarkEntry

_UNIT = 200_000
"""Characters searched at once: a compromise between speed and memory."""
_PIECE = 1 << 20
_AGAIN = 16_384
"""Bytes of overlap between pieces: more than a passage with the markup in it takes."""
_BLOCK_IN_BYTES = re.compile(rb"</?(?:p|li|d[dlt]|div|t[dhr]|h[1-6]|[ou]l|section|article)\b")
_BLOCK_TAG = re.compile(
    r"(?=</?(?:t[dhr]|table|tbody|thead|li|ul|ol|p|div|section|article|h[1-6]|d[dtl]|body|head|title|iframe|nav)\b)"
)
"""Tags at which our own pages are split: no value crosses a block."""
_TAG = re.compile(r"<[^<>]*>")
_WORD = re.compile(r"[^\W\d_]+")
SQUEEZED = "the text of the pages (spaces left out)"
"""Name of a place: a PDF page does not reliably show where lines end and words are separated."""


@dataclass(frozen=True, slots=True)
class Leak:
    """A hidden value found in a disclosure: the number of its mark, and the place."""

    number: int
    place: str


class HiddenValues(NamedTuple):
    """Hidden values by the number of their mark, and problems: unmarked differences between two exports.

    `texts` excludes values that are hidden at their places only (a password that is an ordinary word):
    elsewhere they mean something else. `digests` has the digests derived from these, and from texts with a
    hidden part that could be guessed.
    """

    texts: dict[int, set[str]]
    problems: list[str]
    digests: Digests

    def add(self, mark: MarkEntry, text: str) -> None:
        """Add what a mark stands for."""
        if mark.everywhere:
            self.texts.setdefault(mark.number, set()).add(text)
        else:
            self.digests.add(() if "@" in text else keys_of_text(text), mark.number)


def hidden_values(manifest: Manifest, shown: ExportFile, original: ExportFile) -> HiddenValues:
    """Compare the disclosed export with the original, and return the values that marks stand for."""
    whole = {pointer: mark for mark in manifest.marks for pointer in mark.pointers}
    links = {mark.what: mark.number for mark in manifest.marks if mark.what in LINK_KINDS}
    parts: dict[str, list[MarkEntry]] = {}
    for mark in manifest.marks:
        for pointer in mark.passages_in:
            parts.setdefault(pointer, []).append(mark)
    marks = {mark.number: mark for mark in manifest.marks}
    hidden = HiddenValues({}, [], Digests())
    for (pointer, ours), (their_pointer, theirs) in zip(
        scalars_of(shown), scalars_of(original), strict=False
    ):
        if pointer != their_pointer and not _same_place(pointer, their_pointer, manifest.marks):
            hidden.problems.append(
                Sentence("DIFFERENT: the two exports differ from {pointer} on.", pointer=pointer)
            )
            break
        if ours == theirs and type(ours) is type(theirs):
            continue
        telling = [m.number for m in parts.get(pointer, ()) if m.treatment == "withhold" or not m.everywhere]
        if pointer in whole:
            mark = whole[pointer]
            telling = [mark.number] if mark.treatment == "withhold" else []
            hidden.add(mark, str(theirs))
        elif pointer in parts:
            if all(mark.what in links for mark in parts[pointer]):
                continue
            for number, passage in _passages(str(ours), str(theirs), parts[pointer]):
                if number not in links.values():
                    telling += [] if is_random(passage, shortest=16) else [number]
                    hidden.add(marks[number], passage)
        else:
            hidden.problems.append(
                Sentence(
                    "DIFFERENT: the value at {pointer} differs from the original and has no mark.",
                    pointer=pointer,
                )
            )
        if telling:
            hidden.digests.add(digests_of_changed(str(theirs), str(ours)), telling[0])
    if links:
        for decision, token in link_keys(original.items()).decisions():
            if decision.what in links:
                hidden.texts.setdefault(links[decision.what], set()).add(token)
    return hidden


def hidden_in_page(manifest: Manifest, original: ExportFile) -> HiddenValues:
    """Return the hidden values of a page without an embedded export.

    Live keys are found by searching the original, passages by the text around their marks. `problems` has the
    marks whose values could not be derived.
    """
    whole = {pointer: mark for mark in manifest.marks for pointer in mark.pointers}
    around: dict[str, list[tuple[MarkEntry, Around]]] = {}
    for mark in manifest.marks:
        for one in mark.around:
            around.setdefault(one.pointer, []).append((mark, one))
    hidden = HiddenValues({}, [], Digests())
    for pointer, value in scalars_of(original):
        if pointer in whole and whole[pointer].what not in LINK_KINDS:
            hidden.add(whole[pointer], str(value))
        for mark, one in around.get(pointer, ()):
            for text in values_between([one], str(value)):
                hidden.add(mark, text)
    masked = {(mark.what, p): mark for mark in manifest.marks for p in mark.pointers + mark.passages_in}
    links: dict[str, MarkEntry] = {mark.what: mark for mark in manifest.marks if mark.what in LINK_KINDS}
    for decision, value in find_secrets(original.items).decisions() if masked else ():
        hidden_by = links.get(decision.what) or masked.get((decision.what, decision.pointer))
        if hidden_by is not None and decision.everywhere:
            hidden.add(hidden_by, value if decision.passage is None else decision.passage)
    hidden.problems.extend(
        f"number {mark.number}"
        for mark in manifest.marks
        if mark.everywhere and not hidden.texts.get(mark.number)
    )
    return hidden


def _same_place(ours: str, theirs: str, marks: Sequence[MarkEntry]) -> bool:
    """Whether two pointers differ only in names that contain a mark."""
    our_names, their_names = tokens(ours), tokens(theirs)
    return len(our_names) == len(their_names) and all(
        our == their or any(mark.text in our for mark in marks)
        for our, their in zip(our_names, their_names, strict=True)
    )


def _passages(ours: str, theirs: str, marks: Sequence[MarkEntry]) -> Iterator[tuple[int, str]]:
    """Yield (mark number, passage) for a text in which marks replaced passages and nothing else changed."""
    by_text = {text: mark.number for mark in marks for text in (mark.text, plain_letters(mark.text))}
    pieces = re.split("(" + "|".join(re.escape(text) for text in by_text) + ")", ours)
    kept, marked = pieces[0::2], pieces[1::2]
    first = _between(kept, theirs)
    last = _between([text[::-1] for text in reversed(kept)], theirs[::-1])
    for mark, text, mirrored in zip(marked, first, reversed(last), strict=False):
        if text == mirrored[::-1]:  # for adjacent passages, the end of the first one is ambiguous
            yield by_text[mark], text


def _between(kept: Sequence[str], text: str) -> list[str]:
    """The texts between pieces, each piece at its first occurrence; empty if a piece is missing."""
    found: list[str] = []
    at = len(kept[0])
    for piece in kept[1:-1]:
        end = text.find(piece, at + 1)
        if end < 0:
            return []
        found.append(text[at:end])
        at = end + len(piece)
    end = len(text) - len(kept[-1])
    is_whole = text.startswith(kept[0]) and text.endswith(kept[-1]) and at < end
    return [*found, text[at:end]] if is_whole else []


def leaks(
    path: Path,
    hidden: Mapping[int, Iterable[str]],
    marks: Iterable[str] = (),
    *,
    digests: Digests | None = None,
    only_printed: bool = False,
) -> Iterator[Leak]:
    """Yield every place in a finished disclosure with a hidden value (once for each place and value).

    Values shorter than six characters are searched as whole words: in data, and in printed text unless they
    are words of the report itself; not in PDF pages, where word boundaries are unreliable. `only_printed` is
    for a disclosure just made, from an export of which each value was read: its bytes, and the text of its
    pages and tables, are searched for longer values without decoding. Texts in `marks` are ignored.
    """
    numbers: dict[str, set[int]] = {}
    for number, texts in hidden.items():
        for text in texts:
            numbers.setdefault(text, set()).add(number)
    short = set() if only_printed else {text for text in numbers if len(text) < SHORTEST_PASSAGE}
    in_data = Passages(sorted(short), marks)
    in_print = Passages(sorted(text for text in short if not _is_own(text)), marks)
    passages = Passages(sorted(text for text in numbers if len(text) >= SHORTEST_PASSAGE), marks)
    if not (passages or short or digests):
        return
    seen: set[Leak] = set()
    for place, content, is_text in _places_in(path, only_printed=only_printed):
        found_digests: set[int] = set()
        try:
            if not is_text:
                found = passages.seen_literally(content)
            elif only_printed and isinstance(content, str):
                found = passages.seen_as_printed(html.unescape(_TAG.sub("", content)))
            else:
                found = passages.seen_in(content) if passages else set()
                if short and place != SQUEEZED:
                    found |= (in_data if _is_data(place) else in_print).seen_in(content)
        except Endless:
            found = {passages.first or in_data.first}
        if digests and is_text:
            texts = (content,) if isinstance(content, str) else texts_of_message(content)
            found_digests = set(digests.seen_in(texts).values())
        for number in sorted({number for passage in found for number in numbers[passage]} | found_digests):
            leak = Leak(number, place)
            if leak not in seen:
                seen.add(leak)
                yield leak


_DATA = (".json", ".jsonl", ".csv", ".eml", ".txt")


def _is_data(place: str) -> bool:
    """Whether a place holds only data, and no words of the report itself."""
    return place.endswith(_DATA) and not place.endswith(("manifest.json", "ledger.jsonl"))


def _is_own(text: str) -> bool:
    words = {*_WORD.findall(text.casefold())}
    return not words.isdisjoint(_own_words())


@cache
def _own_words() -> frozenset[str]:
    """The words of reports in every language, and their beginnings, as dates abbreviate months."""
    texts = [
        file.read_text(encoding="utf-8")
        for pattern in ("locale/*/LC_MESSAGES/*.po", "report/**/*.j2")
        for file in shipped("templates").glob(pattern)
    ]
    words = {word for text in texts for word in _WORD.findall(text.casefold())}
    return frozenset(words | {word[:length] for word in words for length in (3, 4) if word.isalpha()})


Place = tuple[str, str | bytes, bool]
"""Name, content, and whether to search the content in every reading (true) or literally (false)."""


def _places_in(path: Path, *, only_printed: bool) -> Iterator[Place]:
    with path.open("rb") as file:
        head = file.read(5)
    if head.startswith(b"%PDF"):
        yield from _decoded_pdf(path, only_printed=only_printed)
    elif head.startswith(b"PK"):
        yield from _decoded_zip(path, only_printed=only_printed)
    elif only_printed:
        for piece in _pieces(path):  # a file being written has a temporary name
            yield from _decoded_file("report.html", piece, only_printed=True)
    else:
        yield from _decoded_file(path.name, path.read_bytes(), only_printed=False)


def _pieces(path: Path) -> Iterator[bytes]:
    """Split a page at block tags; each piece repeats the last blocks of the previous one."""
    rest = b""
    with path.open("rb") as file:
        while block := file.read(_PIECE):
            piece = rest + block
            ends = [match.start() for match in _BLOCK_IN_BYTES.finditer(piece)]
            if not ends:
                rest = piece
                continue
            yield piece[: ends[-1]]
            rest = piece[max((end for end in ends if end < ends[-1] - _AGAIN), default=0) :]
    yield rest


def _decoded_zip(path: Path, *, only_printed: bool) -> Iterator[Place]:
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            yield f"{info.filename} (name)", info.filename, True
            content = archive.read(info)
            if "/" in info.filename or not content.startswith(b"%PDF-"):
                yield from _decoded_file(info.filename, content, only_printed=only_printed)
                continue
            if only_printed:
                continue  # it was searched when it was written
            with tempfile.NamedTemporaryFile(suffix=".pdf") as copy:
                copy.write(content)
                copy.flush()
                for place, inner, is_text in _decoded_pdf(Path(copy.name), only_printed=False):
                    yield f"{info.filename}: {place}", inner, is_text


def _decoded_file(name: str, content: bytes, *, only_printed: bool) -> Iterator[Place]:
    """Yield a file's bytes, and its units: of our own files units that no value crosses, else the whole."""
    ending = name.rpartition(".")[2]
    is_ours = name.startswith(("data/", "pages/")) or "/" not in name
    yield name, content, False
    units: Iterable[str | bytes] = () if only_printed else (content,)
    if only_printed and ending not in {"csv", "html", "htm"}:
        pass
    elif is_ours and ending in {"json", "jsonl"}:
        units = _units_of_json(content, is_lines=ending == "jsonl")
    elif is_ours and ending == "csv":
        units = _join(
            cell for row in csv.reader(io.StringIO(content.decode("utf-8", "replace"))) for cell in row
        )
    elif is_ours and ending in {"html", "htm"}:
        units = _join(_BLOCK_TAG.split(content.decode("utf-8", "replace")))
    for unit in units:
        yield name, unit, True


def _units_of_json(content: bytes, *, is_lines: bool) -> Iterator[str | bytes]:
    """Yield the values of a JSON text, several in one unit, and each message as a separate unit."""

    def scalars() -> Iterator[str]:
        if is_lines:
            for line in content.splitlines():
                yield from (str(value) for _, value in values(json.loads(line)))
            return
        try:
            with open_export(content, salvage=True) as export:
                yield from (str(value) for _, value in scalars_of(export))
        except ValueError:  # the manifest, or another file that is no export
            try:
                yield from (str(value) for _, value in values(json.loads(content)))
            except ValueError:
                yield content.decode("utf-8", "replace")

    plain: list[str] = []
    size = 0
    for text in scalars():
        if is_message(text):
            yield wire_of_text(text)
            continue
        plain.append(text)
        size += len(text)
        if size > _UNIT:
            yield from _join(plain)
            plain, size = [], 0
    yield from _join(plain)


def _join(texts: Iterable[str]) -> Iterator[str]:
    """Join texts into units of a minimum size, with separators between them."""
    unit: list[str] = []
    size = 0
    for text in texts:
        unit.append(text.replace(BORDER, " "))
        size += len(text)
        if size > _UNIT:
            yield BORDER.join(unit)
            unit, size = [], 0
    if unit:
        yield BORDER.join(unit)


def _decoded_pdf(path: Path, *, only_printed: bool) -> Iterator[Place]:
    with pikepdf.open(path) as pdf:
        for name, spec in pdf.attachments.items():
            for place, content, is_text in _decoded_file(
                name, spec.get_file().read_bytes(), only_printed=only_printed
            ):
                yield f"the embedded file {place}", content, is_text
        strings: list[str] = []
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Stream) and not _is_picture_or_file(thing):
                try:
                    yield f"object {thing.objgen[0]}", thing.read_bytes(), False
                except pikepdf.PdfError:
                    yield f"object {thing.objgen[0]}", thing.read_raw_bytes(), False
            strings += strings_in(thing)
        for unit in _join(strings):
            yield "the texts of its objects", unit, True
        for page in page_texts(pdf):  # also reversed, because right-to-left text is drawn from left to right
            yield SQUEEZED, f"{page}{BORDER}{page[::-1]}", True


def _is_picture_or_file(stream: pikepdf.Stream) -> bool:
    return stream.get("/Subtype") == "/Image" or stream.get("/Type") == "/EmbeddedFile"
