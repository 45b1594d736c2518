"""Nothing is lost: whatever an export holds, its reader finds in the report, and the counts agree.

Exports are generated, or samples that somebody played with; they go the public way to a file. What should be
in it is worked out by a second reader (`accounting`), which shares no code with the first.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from accounting import Seen, account, is_a_name_hidden, missing, names_in_any_case, seen_in
from examples import examples
from generated_exports import exports
from hypothesis import given

import dsr_report
from dsr_report.errors import NotAnExportError, NotReadyError
from dsr_report.verification.verifier import verify

FOUND = [
    line.split("\t")
    for line in (Path(__file__).parent / "found.txt").read_text(encoding="utf-8").splitlines()
]
CHECKED = {"seal", "files", "sum", "export", "counts", "records"}


def disclosed(raw: bytes, target: Path, lang: str = "en") -> Seen | None:
    """The disclosure of an export as its reader sees it; None where `data` says that it is not ready."""
    try:
        with dsr_report.read(io.BytesIO(raw)) as export, dsr_report.Report(export, lang=lang) as report:
            report.to(target)
    except (NotReadyError, NotAnExportError):
        return None
    return seen_in(target)


def assert_counts_agree(raw: bytes, seen: Seen) -> None:
    wanted = account(raw)
    values = seen.manifest["values"]
    assert values["total"] == len(wanted.leaves)
    assert values["disclosed"] + values["masked"] + values["withheld"] == len(wanted.leaves)
    hidden = {pointer for mark in seen.manifest["marks"] for pointer in mark["pointers"]}
    assert values["masked"] == len(hidden)
    assert hidden <= {leaf.pointer for leaf in wanted.leaves}


@pytest.fixture
def without_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Packages without a PDF in them: laying out takes seconds, and has tests of its own."""

    def stub(document: Any, file: Any, **_: Any) -> Any:
        with pikepdf.new() as empty:
            empty.docinfo["/Keywords"] = f"{document.seal} {document.companion}"
            empty.save(file)
        return type("Written", (), {"pages": sum(1 for _ in document.parts())})()

    monkeypatch.setattr("dsr_report.writers.pdf.writer.write_pdf", stub)


@pytest.mark.parametrize("raw", [raw for _, raw in FOUND], ids=[why for why, _ in FOUND])
@pytest.mark.parametrize("ending", ["html", "zip"])
@pytest.mark.usefixtures("without_pages")
def test_what_was_once_lost_is_in_its_disclosure(raw: str, ending: str, tmp_path: Path) -> None:
    seen = disclosed(raw.encode("ascii"), tmp_path / f"a.{ending}")
    assert seen is not None
    assert list(missing(raw.encode("ascii"), seen)) == []
    assert_counts_agree(raw.encode("ascii"), seen)
    checks = verify(tmp_path / f"a.{ending}").checks
    assert [check.text for check in checks if check.ok is False] == []


@pytest.mark.slow
@examples(1500)
@given(raw=exports())
def test_every_value_and_every_name_of_any_export_is_in_the_text_of_its_report(
    raw: bytes, tmp_path: Path
) -> None:
    seen = disclosed(raw, tmp_path / "a.html")
    if seen is not None and not is_a_name_hidden(raw, seen):
        assert list(missing(raw, seen)) == []
        assert_counts_agree(raw, seen)


@pytest.mark.slow
@examples(600)
@given(raw=exports())
@pytest.mark.usefixtures("without_pages")
def test_every_value_and_every_name_of_any_export_is_in_its_package(raw: bytes, tmp_path: Path) -> None:
    seen = disclosed(raw, tmp_path / "a.zip")
    if seen is None or is_a_name_hidden(raw, seen):
        return
    assert list(missing(raw, seen)) == []
    assert_counts_agree(raw, seen)
    copy = seen.files["data/export.json"]
    if seen.manifest["marks"]:
        hidden = {p for mark in seen.manifest["marks"] for p in (*mark["pointers"], *mark["passages_in"])}
        whole, shown = account(raw), account(copy)
        assert names_in_any_case(shown.names) == names_in_any_case(whole.names)
        assert [leaf.pointer for leaf in shown.leaves] == [leaf.pointer for leaf in whole.leaves]
        assert {a.pointer for a, b in zip(whole.leaves, shown.leaves, strict=True) if a != b} <= hidden
    else:
        assert copy == raw
    checks = verify(tmp_path / "a.zip").checks
    assert {check.code for check in checks if check.ok} >= CHECKED
