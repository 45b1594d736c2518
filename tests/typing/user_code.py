"""What users write, checked by mypy --strict and pyright in `test_typing.py`; it is not run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

import dsr_report
from dsr_report.errors import DsrReportError, NotAnExportError
from dsr_report.models import Click, Impression, Message, Profile, Record


def followed(export: dsr_report.Export) -> Iterator[str | None]:
    for click in export.records.of_kind("click"):
        yield click.link
    for click in export.records.of_kind(Click):
        yield click.target


def described(record: Record) -> str:
    match record:
        case Click(link=link):
            return link or "a link"
        case Message(subject=subject):
            return subject or "a message"
        case _:
            return record.kind


def main(path: Path) -> int:
    try:
        with dsr_report.read(path, timezone="Europe/Brussels") as export:
            events: pd.DataFrame = export.tables["events"]
            opened: list[Impression] = list(export.records.of_kind("impression"))
            profiles: list[Profile] = [*export.records.of_kind("profile")]
            both: list[Record] = list(export.records.of_kind("click", "impression"))
            texts = [described(record) for record in export.records]
            first, last = export.period
            with export.masked(lang="nl") as shown:
                shown.tables.load("fields", "links")
            found = dsr_report.inspect(export)
            masked: int = found.values.masked
            review = dsr_report.review(export, "review.toml", config="controller.toml")
            places = dsr_report.find(export, "Ilse")
            written = dsr_report.write_tables(export, "tables", format="parquet", masked=True)
            with dsr_report.Report(export, lang="nl", review="review.toml") as report:
                disclosure = report.to_pdf("disclosure.pdf")
            checked = dsr_report.verify(disclosure.path)
            draft = dsr_report.reply(disclosure.path, "ada@example.org")
            print(
                len(events),
                len(opened),
                len(profiles),
                len(both),
                len(texts),
                first,
                last,
                masked,
                review.must_decide,
            )
            print([place.pointer for place in places], [one.rows for one in written], checked.ok, draft.path)
        with dsr_report.read_many("exports/*.json") as exports:
            per_subject = exports.tables["events"].groupby("subject_key", observed=True).size()
            print(len(exports), per_subject)
    except NotAnExportError as error:
        print(error.hint)
        return error.exit_code
    except DsrReportError as error:
        print(error)
        return 1
    return 0
