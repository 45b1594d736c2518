"""On request the PDF carries the files that came with messages, byte for byte, and stays valid."""

import json
from pathlib import Path

import pikepdf
import pytest

import dsr_report
from dsr_report.mime.message import parse
from dsr_report.records.parser import parse as parse_record
from dsr_report.verification.verifier import verify

SAMPLES = Path(__file__).resolve().parents[2] / "sample_exports"


def written(name, target, **options):
    with dsr_report.read(SAMPLES / name) as export, dsr_report.Report(export, **options) as report:
        report.to(target)
    return target


def embedded(path):
    with pikepdf.open(path) as pdf:
        return {name: spec.get_file().read_bytes() for name, spec in pdf.attachments.items()}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A PDF with the files of hostile mail in it."""
    target = tmp_path_factory.mktemp("attachments") / "hostile.pdf"
    return written("hostile.json", target, attachments=True, messages="list", lang="fr")


@pytest.mark.slow
def test_every_attached_file_is_in_the_pdf_as_it_was_and_the_pdf_verifies(hostile):
    with dsr_report.read(SAMPLES / "hostile.json") as export:
        messages = [parse_record(found, export.zone) for found in export.found() if found.kind == "message"]
        wanted = [
            part.content if part.nested is None else part.nested.raw
            for record in messages
            if record.mime
            for part in parse(record.mime).all_files
        ]
    files = embedded(hostile)
    assert wanted
    assert all("/" not in name and "\\" not in name and ".." not in name for name in files)
    assert sorted(files.pop(name) for name in list(files) if name[:5].isdigit()) == sorted(wanted)
    assert sorted(files) == ["export.json", "ledger.jsonl", "manifest.json"]
    assert verify(hostile, SAMPLES / "hostile.json").ok


@pytest.mark.slow
def test_they_are_in_it_only_where_they_are_asked_for(tmp_path):
    mime = (
        "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        "--b\r\n\r\nHello\r\n"
        "--b\r\nContent-Disposition: attachment; filename=list.txt\r\n\r\nA list\r\n--b--\r\n"
    )
    data = [{"type": "message", "data": {"ID": "1", "mime": mime}}]
    export = tmp_path / "export.json"
    export.write_text(json.dumps({"info": {"type": "profile", "id": "7"}, "data": data}), encoding="utf-8")
    without = embedded(written(export, tmp_path / "without.pdf"))
    with_them = embedded(written(export, tmp_path / "with.pdf", attachments=True))
    assert sorted(without) == ["export.json", "ledger.jsonl", "manifest.json"]
    assert sorted(with_them.keys() - without.keys()) == ["00001-list.txt"]


@pytest.mark.slow
@pytest.mark.checkers
def test_attached_files_keep_the_pdf_valid(hostile, tmp_path, assert_pdf_a_ua):
    whole = json.loads((SAMPLES / "profile-90211.json").read_text(encoding="utf-8"))
    whole["data"] = [record for record in whole["data"] if "ition: attachment" in record.get("mime", "")]
    assert whole["data"], "messages of a shop with files"
    export = tmp_path / "export.json"
    export.write_text(json.dumps(whole), encoding="utf-8")
    shop = written(export, tmp_path / "b.pdf", attachments=True, messages="list", lang="de")
    assert len(embedded(shop)) > 3
    assert_pdf_a_ua(hostile, shop)
