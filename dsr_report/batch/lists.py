"""Whom a batch is about: a list of ids, or a CSV."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from collections.abc import Iterator

from dsr_report.errors import UsageError
from dsr_report.jobs import Subject, subject_named


def read_subjects(source: str | bytes, subject_type: str | None = None) -> list[Subject]:
    """The subjects of a list (one id a line) or of a CSV with the columns `id` and, if need be, `type`.

    Columns are parted by commas, semicolons or tabs; bytes are UTF-8, or UTF-16 with its mark. Who stands in
    it twice, if with another spelling of the address, is answered once.

    Raises:
        UsageError: a line names no subject; all of them are named.
    """
    text = source if isinstance(source, str) else _decoded(source)
    lines = text.lstrip("\ufeff").splitlines()
    head = next((line for line in lines if line.strip()), "")
    parted_by = max(",;\t", key=head.count)
    names = [name.strip().strip('"').strip().lower() for name in head.split(parted_by)]
    if "id" in names:
        rows = list(_rows(lines, parted_by))
    elif len(names) > 1:
        raise UsageError(
            "the first line names no column `id`",
            hint="Begin with a line such as id,type; or give one id a line.",
        )
    else:
        rows = [
            (number, line.strip(), None)
            for number, line in enumerate(lines, 1)
            if line.strip() and not line.lstrip().startswith("#")
        ]
    subjects: dict[tuple[str, str], Subject] = {}
    faults = []
    for number, identifier, kind in rows:
        try:
            subject = subject_named(identifier, kind or subject_type)
        except UsageError as error:
            faults.append(f"line {number}: {error.what}")
        else:
            subjects.setdefault((subject.type, subject.id.casefold()), subject)
    if faults:
        more = f"; and {len(faults) - 20} more" if len(faults) > 20 else ""
        raise UsageError("; ".join(faults[:20]) + more, hint="Correct the list; nothing was requested.")
    if not subjects:
        raise UsageError("the list names no subject")
    if len({key_of(subject) for subject in subjects.values()}) < len(subjects):
        raise UsageError(
            "two addresses have the same short name, so that one disclosure would replace the other",
            hint="Put them into two lists, with a folder each.",
        )
    return list(subjects.values())


def _decoded(content: bytes) -> str:
    is_utf_16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return content.decode("utf-16" if is_utf_16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UsageError(
            f"line {line} is no UTF-8", hint="Save the list as UTF-8 (in Excel: CSV UTF-8)."
        ) from error


def _rows(lines: list[str], parted_by: str) -> Iterator[tuple[int, str, str | None]]:
    """Number, id and type of each line of a CSV."""
    reader = csv.DictReader(io.StringIO("\n".join(lines)), delimiter=parted_by)
    for row in reader:
        plain = {(k or "").strip().lower(): (v or "").strip() for k, v in row.items() if isinstance(v, str)}
        if any(plain.values()):  # spreadsheets end in lines of commas alone
            yield reader.line_num, plain.get("id", ""), plain.get("type") or None


def key_of(subject: Subject) -> str:
    """A name for a subject that holds no address."""
    if subject.type != "email":
        return f"{subject.type}-{subject.id}"
    return f"email-{hashlib.sha256(subject.id.casefold().encode('utf-8')).hexdigest()[:8]}"
