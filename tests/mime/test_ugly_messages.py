"""Messages as programs really write them are seen as a mail program shows them, in every form."""

import html
import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from ugly_messages import ALL, table
from whole_messages import shown_message, whole_message

import dsr_report
from dsr_report.cli.inspect import inspect
from dsr_report.mime.defects import DEFECT_CODES
from dsr_report.mime.message import text_of_wire
from dsr_report.redact.in_messages import without_passages
from dsr_report.redact.passages import Passages


def everything_told(message):
    """What the pages say of a message beside its header: its text, and what its files are and say."""
    told = [message.text or ""]
    told += [part.readable or "" for part in message.all_files]
    return "\n".join(told)


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.what)
def test_a_reader_sees_what_a_mail_program_shows(case):
    message = whole_message(case.raw)
    shown_message(message)
    told = everything_told(message)
    if case.subject is not None:
        assert message.subject == case.subject
    named = (
        "only its",
        "form of Outlook",
        "digital",
        "appointment",
        "business card",
        "interactive",
        "inner.pdf",
    )
    for text in case.seen:
        assert text in told or text.startswith(named) or text.endswith((".png", ".pdf")), text
    for text in case.unseen:
        assert text not in (message.text or "")
    handed_over = {part.safe_file_name: part.file_content for part in message.all_files}
    assert case.files.items() <= handed_over.items()
    assert set(case.codes) <= {defect.code for defect in message.defects} <= set(DEFECT_CODES)


def test_no_two_cases_are_the_same_and_the_documentation_lists_them_all():
    assert len({case.what for case in ALL}) == len({case.raw for case in ALL}) == len(ALL)
    page = Path(__file__).parents[2] / "docs" / "malformed-input.md"
    _json, mark, messages = page.read_text(encoding="utf-8").partition("\n## Messages: ")
    assert mark + messages == table(), "make malformed-input"


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """The package of an export that holds all of the messages."""
    sent = {"timestampsent": "2024-03-02 09:15:00"}
    rows = [
        {"ID": f"{number:032d}", **sent, "internal": number, "mime": text_of_wire(case.raw)}
        for number, case in enumerate(ALL, 1)
    ]
    exported = {"info": {"type": "subprofile", "id": "7"}, "data": [rows]}
    folder = tmp_path_factory.mktemp("ugly")
    target = folder / "ugly.zip"
    text = json.dumps(exported)
    with dsr_report.read(text.encode()) as export, dsr_report.Report(export) as report:
        report.to(target)
    with zipfile.ZipFile(target) as archive:
        archive.extractall(folder)
    return folder


def test_inspect_counts_what_was_wrong_only_where_it_is_asked_for(tmp_path):
    messages = [text_of_wire(case.raw) for case in ALL if case.codes == ("outlook-format",)] * 2
    rows = [
        {"ID": f"{n:032d}", "internal": n, "mime": mime}
        for n, mime in enumerate([*messages, "Subject: x\r\nFrom: a"])
    ]
    file = tmp_path / "export.json"
    file.write_text(json.dumps({"info": {"type": "subprofile", "id": "7"}, "data": [rows]}))
    said = CliRunner().invoke(inspect, ["-v", str(file)]).stdout
    assert re.search(r"^ +2 +outlook-format$", said, re.MULTILINE)
    assert re.search(r"^ +1 +header-without-body$", said, re.MULTILINE)
    assert "outlook-format" not in CliRunner().invoke(inspect, [str(file)]).stdout


@pytest.mark.parametrize(
    ("what", "passage", "kept"),
    [
        ("signed, in one piece (S/MIME)", "policy", "Your"),
        ("the same, streamed (BER)", "12-34", "policy"),
        ("packed (S/MIME, compressed-data)", "12-34", "policy"),
        ("a file in uuencode within a text", "hello", None),
        ("format=flowed; delsp=yes", "market", None),
        ("base64 with a footer of a mailing list behind it", "list.example", "the letter"),
        ("a text before the parts", "Robin", "the letter"),
        ("parts behind the closing boundary", "late.pdf", "the letter"),
        ("ISO-2022-JP with NEC's row 13", "shop", "①"),
        ("EUC-JP with NEC's row 13", "shop", "①"),
        ("a file in an attached message", "inner letter", "the letter"),
    ],
)
def test_what_is_to_be_withheld_is_gone_wherever_it_was_opened(what, passage, kept):
    raw = next(case.raw for case in ALL if case.what == what)
    hidden = without_passages(raw, Passages([passage], ["[gone]"]), {passage: "[gone]"}.__getitem__)
    assert hidden is not None
    message = whole_message(hidden)
    told = everything_told(message)
    assert passage not in told
    assert kept is None or kept in told
    assert all(passage.encode() not in part.file_content for part in message.all_files)


def chapters(text, mark):
    """The text of each message, from its heading to the next."""
    pieces = re.split(mark, text)[1:]
    return [" ".join(piece.split()) for piece in pieces]


@pytest.mark.slow
def test_the_package_shows_every_message_and_hands_over_every_file(package):
    page = (package / "report.html").read_text(encoding="utf-8")
    for more in sorted((package / "pages").glob("*.html")) if (package / "pages").is_dir() else ():
        page += more.read_text(encoding="utf-8")
    pieces = chapters(page, r'id="message-\d+">')
    assert len(pieces) == len(ALL)
    for number, (case, piece) in enumerate(zip(ALL, pieces, strict=True), 1):
        bare = " ".join(
            html.unescape(re.sub(r"<[^<>]*>", " ", re.sub(r' srcdoc="[^"]*"', "", piece))).split()
        )
        plain = bare.replace(" ", "").replace("\u200e", "")
        for text in case.seen:
            assert "".join(text.split()).replace("://", "") in plain.replace("://", ""), (case.what, text)
        for text in ("Image missing", "image missing") if "missing" in case.unseen else ():
            assert text not in piece, case.what
        folder = package / "messages" / "attachments" / f"{number:05}"
        for name, content in case.files.items():
            assert name in bare, (case.what, name)
            assert (folder / name).read_bytes() == content, (case.what, name)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs pdftotext")
def test_the_pdf_says_it_too(package):
    printed = subprocess.run(["pdftotext", package / "annexes.pdf", "-"], capture_output=True, check=True)
    text = re.sub(r"[\s\u00ad]+", "", printed.stdout.decode("utf-8"))
    for case in ALL:
        for wanted in (*case.seen, *case.files):
            if re.search("[\u0590-\u08ff]", wanted):
                continue  # the order of right-to-left letters is the viewer's
            assert re.sub(r"\s+", "", wanted).replace("://", "") in text.replace("://", ""), (
                case.what,
                wanted,
            )
    assert "begin644" not in text
    assert "Technicalnotesonthismessage" in text
