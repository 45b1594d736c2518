"""`verify` with the original at hand finds what is hidden in a page, and short words where data stand."""

from __future__ import annotations

import base64
import io
import json

import pytest

import dsr_report
from dsr_report.mime.inside_files import texts_inside
from dsr_report.redact.passages import Passages
from dsr_report.verification.leaks import leaks
from dsr_report.verification.verifier import verify

NAME = "Karin Dubbelaar"
PERSON = {"ID": "5", "fields": {"Wachtwoord": "Zomer2024!", "Naam": "Jan"}}


def note(text):
    return {"type": "note", "text": text}


def written(made, target):
    with dsr_report.read(made.file) as source, dsr_report.Report(source, review=made.review) as report:
        report.to(target)
    return target


@pytest.mark.parametrize(
    "left", ["", "<p>karin DUBBELAAR</p>", "<p>Zomer2024!</p>", "<p>Dubbelaar, Karin</p>"]
)
def test_a_page_is_held_against_the_original_though_it_has_no_export_in_it(case, tmp_path, left):
    made = case(note(f"Gebeld met {NAME} over de heg."), note("blijft"), PERSON).withhold(NAME)
    page = written(made, tmp_path / "a.html")
    page.write_text(page.read_text("utf-8").replace("</body>", f"{left}</body>"), encoding="utf-8")
    failed = [check.code for check in verify(page, made.file).checks if check.ok is False]
    assert failed == (["seal", "leaks"] if left else [])


HEAD = "From: a@shop.example\nSubject: nr\nMIME-Version: 1.0\nContent-Type: text/plain"
BASE64 = base64.b64encode(f"Bel {NAME}".encode()).decode()
FILE = "Content-Type: text/csv; name=a.csv\nContent-Disposition: attachment"
HIDDEN = {
    "short": note(f"Bel {NAME}"),
    "beside another": note(f"{NAME}, 0612345678"),
    "letter": {"type": "message", "mime": f"{HEAD}\n\nBel {NAME}\n"},
    "all of a letter": {"type": "message", "mime": f"{HEAD}\n\n{NAME}\n"},
    "header field": {"type": "message", "mime": f"From: {NAME} <a@x.example>\n{HEAD[27:]}\n\nDag\n"},
    "base64": {"type": "message", "mime": f"{HEAD}\nContent-Transfer-Encoding: base64\n\n{BASE64}\n"},
    "soft hyphen": note("Karin Dub&shy;belaar"),
    "JSON": note(json.dumps({"a": NAME})),
    "file": {
        "type": "message",
        "mime": f"{HEAD[:54]}multipart/mixed; boundary=b\n\n--b\n\nDag\n--b\n{FILE}\n\nnaam\n{NAME}\n--b--\n",
    },
    "password": note("Uw wachtwoord: Zomer2024!xQ"),
    "password in a letter": {"type": "message", "mime": f"{HEAD}\n\nUw wachtwoord: Zomer2024!xQ\n"},
    "cookie": {"type": "message", "mime": f"Cookie: sid=Zomer2024xQ\n{HEAD}\n\nDag\n"},
}


@pytest.mark.parametrize("record", HIDDEN.values(), ids=HIDDEN)
def test_what_a_page_hides_is_told_from_what_stands_around_its_marks(case, tmp_path, record):
    made = case(record, note("blijft"))
    texts = [text for text in (NAME, "0612345678") if text in str(record).replace("Dub&shy;", "Dub")]
    texts = texts or ([NAME] if "base64" in str(record) else [])
    made.withhold(*texts)
    page = written(made, tmp_path / "a.html")
    result = verify(page, made.file)
    assert result.ok, [check.text for check in result.checks if check.ok is False]
    assert [check.text for check in result.checks if check.code == "leaks" and check.ok is None] == []
    left = next(iter(texts), "Zomer2024!xQ" if "!" in str(record) else "Zomer2024xQ")
    page.write_text(page.read_text("utf-8").replace("</body>", f"<p>{left}</p></body>"), encoding="utf-8")
    assert "leaks" in [check.code for check in verify(page, made.file).checks if check.ok is False]


def test_what_two_marks_side_by_side_hide_is_not_said_to_have_been_looked_for(case, tmp_path):
    made = case(note(f"met {NAME} 0612345678 erbij")).withhold(NAME, "0612345678")
    result = verify(written(made, tmp_path / "a.html"), made.file)
    said = [check.text for check in result.checks if check.code == "leaks" and check.ok is None]
    assert result.ok
    assert said[0].startswith("Not looked for: what is hidden as number 1, number 2.")


@pytest.mark.parametrize("word", ["Ilse", "Jan", "Bo"])
def test_a_short_word_is_looked_for_at_its_bounds_and_not_in_what_we_print_ourselves(case, tmp_path, word):
    made = case(note(f"Gebeld met {word}."), note(f"{word}straat, {word}sen")).withhold(word, words=True)
    result = verify(written(made, tmp_path / "a.html"), made.file)
    assert result.ok, [check.text for check in result.checks if check.ok is False]
    assert [leak.number for leak in leaks(made.file, {1: [word]})] == [1]
    page = tmp_path / "a.html"
    page.write_text(f"<p>{word}sen</p><p>Dag Ilse</p>", encoding="utf-8")
    assert len(list(leaks(page, {1: [word]}))) == (word == "Ilse")


def test_a_pdf_without_its_table_of_places_is_read():
    content = b"BT /F1 12 Tf 20 200 Td [(Kari) -20 (n Dubbelaar)] TJ ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    file = io.BytesIO(b"%PDF-1.4\n")
    file.seek(0, io.SEEK_END)
    for number, one in enumerate(objects, 1):
        file.write(b"%d 0 obj\n%s\nendobj\n" % (number, one))
    assert any(Passages([NAME]).seen_in(text) for text in texts_inside(file.getvalue()))
