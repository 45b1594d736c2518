"""Whom a batch is about: a list of ids, or a CSV."""

from __future__ import annotations

import csv
import hashlib
import io

from dsr_report.errors import UsageError
from dsr_report.jobs import Subject, subject_named


def read_subjects(text: str, subject_type: str | None = None) -> list[Subject]:
    """The subjects of a list (one id a line) or of a CSV with the columns `id` and, if need be, `type`.

    Raises:
        UsageError: a line names no subject; all of them are named.
    """
    rows: list[tuple[int, str, str | None]] = []
    lines = text.lstrip("\ufeff").splitlines()
    head = next((line for line in lines if line.strip()), "")
    dialect = ";" if head.count(";") > head.count(",") else ","
    names = [name.strip().strip('"').lower() for name in head.split(dialect)]
    if "id" in names:
        reader = csv.DictReader(io.StringIO("\n".join(lines)), delimiter=dialect)
        for number, row in enumerate(reader, 2):
            plain = {
                (k or "").strip().lower(): (v or "").strip() for k, v in row.items() if isinstance(v, str)
            }
            if plain.get("id"):
                rows.append((number, plain["id"], plain.get("type") or None))
    else:
        rows = [
            (number, line.strip(), None)
            for number, line in enumerate(lines, 1)
            if line.strip() and not line.lstrip().startswith("#")
        ]
    subjects, faults = [], []
    for number, identifier, kind in rows:
        try:
            subjects.append(subject_named(identifier, kind or subject_type))
        except UsageError as error:
            faults.append(f"line {number}: {error.what}")
    if faults:
        raise UsageError("; ".join(faults[:20]), hint="Correct the list; nothing was requested.")
    if not subjects:
        raise UsageError("the list names no subject")
    return list(dict.fromkeys(subjects))


def key_of(subject: Subject) -> str:
    """A name for a subject that holds no address."""
    if subject.type != "email":
        return f"{subject.type}-{subject.id}"
    return f"email-{hashlib.sha256(subject.id.casefold().encode('utf-8')).hexdigest()[:8]}"
