"""The subjects of a batch: a list of ids, or a CSV."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dsr_report.dates import day_of
from dsr_report.errors import UsageError
from dsr_report.jsonstream.subjects import Subject
from dsr_report.lexicon import LANGUAGES, SOURCE_LANGUAGE
from dsr_report.obtain import subject_named


@dataclass(frozen=True, slots=True)
class Listed:
    """A subject of a list, and the list's options for it; an option that is not given is None."""

    subject: Subject
    received: date | None = None
    reference: str | None = None
    lang: str | None = None

    def options(self) -> dict[str, Any]:
        """The options of this subject's report that differ from those of the batch."""
        said = {"received": self.received, "reference": self.reference, "lang": self.lang}
        return {name: value for name, value in said.items() if value is not None}


def read_list(
    source: str | bytes, subject_type: str | None = None, lang: str = SOURCE_LANGUAGE
) -> list[Listed]:
    """Parse the subjects of a list (one id a line) or of a CSV with the column `id`.

    Further columns of a CSV may be `type`, `received`, `reference` and `lang`. The delimiter is a comma, a
    semicolon or a tab; bytes are UTF-8, or UTF-16 with a byte order mark. A repeated subject, also with
    another spelling of the address, is answered once. Dates are as `lang`, or the line, writes them.

    Raises:
        UsageError: a line names no subject, or has an invalid value; all of them are named.
    """
    text = source if isinstance(source, str) else _decode(source)
    lines = text.lstrip("\ufeff").splitlines()
    head = next((line for line in lines if line.strip()), "")
    parted_by = max(",;\t", key=head.count)
    names = [name.strip().strip('"').strip().lower() for name in head.split(parted_by)]
    if "id" in names:
        rows = list(_rows(lines, parted_by))
    elif len(names) > 1:
        raise UsageError(
            "the first line has no column `id`",
            hint="Begin with a line such as id,type; or give one id a line.",
        )
    else:
        rows = [
            (number, {"id": line.strip()})
            for number, line in enumerate(lines, 1)
            if line.strip() and not line.lstrip().startswith("#")
        ]
    found: dict[tuple[str, str], Listed] = {}
    faults = []
    for number, row in rows:
        try:
            listed = _subject_of(row, subject_type, lang)
            key = (listed.subject.type, listed.subject.id.casefold())
        except UsageError as error:
            faults.append(f"line {number}: {error.what}")
            continue
        if found.setdefault(key, listed).options() != listed.options():
            faults.append(
                f"line {number}: this subject stands above with another date, reference or language"
            )
    if faults:
        more = f"; and {len(faults) - 20} more" if len(faults) > 20 else ""
        raise UsageError("; ".join(faults[:20]) + more, hint="Correct the list; nothing was requested.")
    if not found:
        raise UsageError("the list contains no subjects")
    if len({key_of(listed.subject) for listed in found.values()}) < len(found):
        raise UsageError(
            "two addresses have the same short name, so that one disclosure would replace the other",
            hint="Put them into two lists, with a folder each.",
        )
    return list(found.values())


def _subject_of(row: Mapping[str, str], subject_type: str | None, batch_lang: str) -> Listed:
    subject = subject_named(row.get("id", ""), row.get("type") or subject_type)
    received, lang = row.get("received"), (row.get("lang") or "").lower()
    if lang and lang not in LANGUAGES:
        raise UsageError(f"{lang!r} is not a report language ({', '.join(LANGUAGES)})")
    day = day_of(received, lang or batch_lang) if received else None
    return Listed(subject, day, row.get("reference") or None, lang or None)


def _decode(content: bytes) -> str:
    is_utf_16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return content.decode("utf-16" if is_utf_16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UsageError(
            f"line {line} is not UTF-8", hint="Save the list as UTF-8 (in Excel: CSV UTF-8)."
        ) from error


def _rows(lines: list[str], parted_by: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Number and cells of each line of a CSV."""
    reader = csv.DictReader(io.StringIO("\n".join(lines)), delimiter=parted_by)
    for row in reader:
        plain = {(k or "").strip().lower(): (v or "").strip() for k, v in row.items() if isinstance(v, str)}
        if any(plain.values()):  # spreadsheets end in lines of commas alone
            yield reader.line_num, plain


def key_of(subject: Subject) -> str:
    """A name for a subject that does not contain its address."""
    if subject.type != "email":
        return f"{subject.type}-{subject.id}"
    return f"email-{hashlib.sha256(subject.id.casefold().encode('utf-8')).hexdigest()[:8]}"
