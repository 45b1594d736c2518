"""On request the PDF carries the files that came with messages, byte for byte, and stays valid."""

from pathlib import Path

import pikepdf
import pytest

import dsr_report
from dsr_report.disclosure.verify import verify
from dsr_report.mime.message import parse
from dsr_report.records.parsing import parse as parse_record

SAMPLES = Path(__file__).resolve().parents[2] / "sample_exports"


def written(name, target, **options):
    with dsr_report.read(SAMPLES / name) as export, dsr_report.Report(export, **options) as report:
        report.to(target)
    return target


def embedded(path):
    with pikepdf.open(path) as pdf:
        return {name: spec.get_file().read_bytes() for name, spec in pdf.attachments.items()}


@pytest.mark.slow
def test_every_attached_file_is_in_the_pdf_as_it_was_and_the_pdf_verifies(tmp_path):
    with dsr_report.read(SAMPLES / "hostile.json") as export:
        messages = [parse_record(found, export.zone) for found in export.found() if found.kind == "message"]
        wanted = [
            part.content if part.nested is None else part.nested.raw
            for record in messages
            if record.mime
            for part in parse(record.mime).attachments
        ]
    target = written("hostile.json", tmp_path / "a.pdf", attachments=True, messages="list")
    files = embedded(target)
    assert wanted
    assert sorted(files.pop(name) for name in list(files) if name[:5].isdigit()) == sorted(wanted)
    assert sorted(files) == ["export.json", "ledger.jsonl", "manifest.json"]
    assert verify(target, SAMPLES / "hostile.json").ok
    assert all("/" not in name and "\\" not in name and ".." not in name for name in embedded(target))


@pytest.mark.slow
def test_they_are_not_in_it_unless_asked_for(tmp_path):
    target = written("hostile.json", tmp_path / "a.pdf", messages="list")
    assert sorted(embedded(target)) == ["export.json", "ledger.jsonl", "manifest.json"]


@pytest.mark.slow
@pytest.mark.checkers
def test_attached_files_keep_the_pdf_valid(tmp_path, assert_pdf_a_ua):
    hostile = written("hostile.json", tmp_path / "a.pdf", attachments=True, messages="list", lang="fr")
    shop = written("profile-90211.json", tmp_path / "b.pdf", attachments=True, messages="list", lang="de")
    assert_pdf_a_ua(hostile, shop)
