"""Proofs of a disclosure: its manifest, and a search of the written file for hidden values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Literal

from dsr_report.choices import generator
from dsr_report.errors import CheckFailedError
from dsr_report.export import Export
from dsr_report.redact.plan import Plan
from dsr_report.rendering.ledger import Ledger
from dsr_report.sentences import Sentence, join_sentences
from dsr_report.writers.manifest import Around, ExportEntry, Manifest, MarkEntry, RecordsEntry, Values

_MOST_NAMED = 10
"""Maximum leaks that one error names."""


def manifest_of(
    shown: Export,
    plan: Plan,
    ledger: Ledger,
    *,
    values: Values,
    medium: Literal["pdf", "html"],
    language: str,
    created: datetime,
    reference: str | None,
    for_archive: bool,
) -> Manifest:
    """Build the manifest of a disclosure; `shown` is the export as it is disclosed."""
    around: Mapping[int, tuple[Around, ...]] = {}
    if medium == "html" and plan:
        from dsr_report.verification.around import around_marks  # noqa: PLC0415 - only where something is hidden

        around = around_marks(shown.file, plan.marks)
    return Manifest(
        medium=medium,
        generator=generator(),
        language=language,
        time_zone=shown.zone.key,
        created=created,
        reference=reference,
        for_archive=for_archive,
        export=ExportEntry(
            type=shown.info.type,
            id=shown.info.id,
            bytes=shown.bytes,
            sha256=shown.sha256,
            is_original=not plan,
            incomplete=shown.incomplete,
        ),
        values=values,
        records={
            kind: RecordsEntry(count=count, shown_in=places)
            for kind, (count, places) in ledger.places().items()
        },
        marks=tuple(
            MarkEntry(
                number=mark.number,
                treatment="mask" if mark.treatment == "mask" else "withhold",
                what=mark.what,
                reason=mark.reason,
                article=mark.article,
                text=mark.text,
                pointers=tuple(mark.pointers),
                passages_in=tuple(dict.fromkeys(p for p in mark.passage_pointers if p not in plan.whole)),
                everywhere=mark.everywhere,
                around=around.get(mark.number, ()),
            )
            for mark in plan.marks
        ),
    )


def check_nothing_hidden(plan: Plan, file: BinaryIO) -> None:
    """Search a written file for hidden values, before it is renamed to its target.

    Raises:
        CheckFailedError: something is still there; the file is not kept.
    """
    hidden: dict[int, set[str]] = {}
    for text, mark in (*plan.passages.items(), *plan.tokens.items()):
        hidden.setdefault(mark.number, set()).add(text)
    if not hidden:
        return
    from dsr_report.verification.leaks import leaks  # noqa: PLC0415 - only where something is hidden

    file.flush()
    marks = {mark.text for mark in (*plan.marks, *plan.passages.values(), *plan.tokens.values())}
    found = list(islice(leaks(Path(file.name), hidden, sorted(marks), only_printed=True), _MOST_NAMED))
    if found:
        places = join_sentences(
            Sentence("number {number} in {place}", number=leak.number, place=leak.place) for leak in found
        )
        raise CheckFailedError(
            Sentence("what is masked or withheld would still be in the disclosure: {places}", places=places),
            hint="Nothing was written. Look at the configuration and templates: they must not print it.",
        )
