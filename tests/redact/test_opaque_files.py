"""What nothing can look into is a finding of its own: looked at, withheld whole, or named."""

import base64
import hashlib
import io
import json
import re
import tomllib
import zipfile
from email.message import EmailMessage

import pytest
from click.testing import CliRunner

import dsr_report
from dsr_report.cli.review import review
from dsr_report.errors import CheckFailedError, ConfigError
from dsr_report.languages import LANGUAGES, language_of
from dsr_report.mime.message import parse
from dsr_report.verification.verifier import verify

STRANGER = "piet.vreemd@elders.example"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(200))
LEFT_OUT = (
    "This file is left out as a whole: what is hidden in it cannot be taken out alone. "
    "The mark in its place says why."
)
WITHHELD = '[[also]]\ntext = "Karel Verborgen"\ndecision = "withhold"\nreason = "r"\narticle = "a"\n'


def archive(name: str, content: bytes, *, locked: bool = False, cut: int = 0) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as folder:
        folder.writestr(name, content)
    raw = bytearray(file.getvalue())
    if locked:  # as a program that encrypts says it: bit 0 of the flags, twice
        raw[6] |= 1
        raw[raw.index(b"PK\x01\x02") + 8] |= 1
    return bytes(raw[: len(raw) - cut])


def mail(*files: tuple[str, bytes], text: str = "Groet van Karel Verborgen", head: str = "") -> str:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@shop.example", "jan@example.org", "x"
    message.set_content(text)
    for name, content in files:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return head + message.as_bytes().decode()


def record(mime: str) -> dict[str, object]:
    return {"type": "message", "data": {"ID": "1", "mime": mime}}


def opaque(made):
    return [finding for finding in made.findings() if finding.file is not None]


@pytest.mark.parametrize(
    ("name", "content", "path", "reason"),
    [
        ("a.zip", archive("b/cv.txt", b"x", locked=True), "a.zip/b/cv.txt", "locked"),
        ("a.zip", archive("b.zip", archive("c.png", PNG)), "a.zip/b.zip/c.png", "picture"),
        ("a.zip", archive("b.pdf", b"%PDF-1.4\nbroken"), "a.zip/b.pdf", "damaged"),
        ("a.zip", archive("a.txt", b"hello" * 90, cut=40), "a.zip", "damaged"),
        ("a.png", PNG, "a.png", "picture"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c" + bytes(60), "a.7z", None),
        ("a.mp4", b"\0\0\0\x18ftypmp42" + bytes(range(256)), "a.mp4", None),
    ],
)
def test_it_is_a_finding_with_its_place_the_reason_and_how_to_open_it(case, name, content, path, reason):
    (finding,) = opaque(case(record(mail((name, content)))))
    assert (finding.pointer, finding.file.part, finding.shown) == ("/data/0/data/mime", "1.2", path)
    assert finding.file.reason == (reason or finding.file.reason)
    assert "open it in a mail program" in finding.why
    assert not finding.must_decide


def test_copies_of_a_file_are_one_finding_and_other_files_of_its_name_another(case):
    first, second = PNG, PNG + b"2"
    made = case(
        *(record(mail(("a.png", content), text=str(n))) for n, content in enumerate([first, second, first]))
    )
    findings = opaque(made)
    assert [len(finding.places) for finding in findings] == [2, 1]
    assert len({finding.id for finding in findings}) == 2


def test_without_anything_withheld_nobody_has_to_look(case):
    made = case(record(mail(("a.png", PNG)))).decide("undecided")
    assert made.shown(strict=True).warnings == []


def test_a_run_that_withholds_names_those_that_nobody_looked_at_and_strictly_stops(case):
    made = case(record(mail(("a.png", PNG), ("b.zip", archive("c.png", PNG + b"2")))))
    made.review.write_text(made.toml() + WITHHELD, encoding="utf-8")
    (warning,) = (text for text in made.shown().warnings if "cannot be searched" in text)
    for finding in opaque(made):
        assert f"/data/0/data/mime, part {finding.file.part} (picture; finding {finding.id})" in warning
    assert "a.png" not in warning  # the name of a file is a value
    with pytest.raises(CheckFailedError, match=r"part 1\.2"):
        made.shown(strict=True)


def test_decisions_from_before_there_were_such_findings_still_apply(case):
    made = case(record(mail(("a.png", PNG))))
    head = made.toml().split("[[finding]]")[0]
    made.review.write_text(head + WITHHELD, encoding="utf-8")
    shown = made.shown()
    assert any("part 1.2" in warning for warning in shown.warnings)
    assert "Karel" not in shown.raw.decode()


def test_looked_at_is_enough(case):
    made = case(record(mail(("a.png", PNG))))
    text = made.toml().replace("looked_at = false", "looked_at = true")
    made.review.write_text(text + WITHHELD, encoding="utf-8")
    shown = made.shown(strict=True)
    assert not any("cannot be searched" in warning for warning in shown.warnings)
    assert base64.encodebytes(PNG)[:50].decode() in shown.data[0]["data"]["mime"]
    made.review.write_text(text.replace("looked_at = true", 'looked_at = "yes"'), encoding="utf-8")
    with pytest.raises(ConfigError, match="looked_at"):
        made.shown()


def test_what_was_looked_at_is_kept_when_the_review_is_made_again(case):
    made = case(record(mail(("a.png", PNG))))
    made.review.write_text(made.toml().replace("looked_at = false", "looked_at = true"), encoding="utf-8")
    made.file.write_text(made.file.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    run = CliRunner().invoke(review, [str(made.file), "-o", str(made.review)])
    assert run.exit_code == 0, run.output
    (entry,) = tomllib.loads(made.review.read_text(encoding="utf-8"))["finding"]
    assert entry["looked_at"] is True
    assert "1 kept" in run.output


def test_withheld_it_is_a_mark_and_the_rest_of_the_message_stays(case, tmp_path):
    file = archive("c.png", PNG)
    head = f"DKIM-Signature: v=1; bh={base64.b64encode(hashlib.sha256(b'x').digest()).decode()}; b=QUJD\r\n"
    mime = mail(("b.zip", file), ("a.txt", b"blijft"), head=head)
    md5 = hashlib.md5(file, usedforsecurity=False).hexdigest()
    made = case({**record(mime), "checksum": md5}).decide("withhold", only="opaque-file")
    shown = made.shown()
    result = shown.data[0]["data"]["mime"]
    message = parse(result)
    (mark,) = shown.plan.marks
    assert [part.content.strip() for part in message.walk() if part.path == "1.2"] == [mark.text.encode()]
    assert [part.content for part in message.walk() if part.path == "1.3"] == [b"blijft"]
    assert "Karel Verborgen" in result
    assert re.search("bh=[A-Za-z0-9]", result) is None
    assert md5 not in shown.raw.decode()
    assert (shown.values.withheld, shown.values.in_part) == (1, 1)
    for name in ("a.html", "a.zip"):
        with dsr_report.read(made.file) as source, dsr_report.Report(source, review=made.review) as report:
            report.to(tmp_path / name)
        verified = verify(tmp_path / name, made.file)
        assert verified.ok, [check.text for check in verified.checks if check.ok is False]
    with zipfile.ZipFile(tmp_path / "a.zip") as package:
        assert not any(b"\x89PNG" in package.read(name) for name in package.namelist() if "attach" in name)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_report_says_where_a_file_was_left_out_and_that_counting_images_are_harmless(
    case, tmp_path, lang
):
    made = case(record(mail(("a.png", PNG)))).decide("withhold", only="opaque-file")
    with dsr_report.read(made.file) as source, dsr_report.Report(source, lang, review=made.review) as report:
        report.to(tmp_path / "a.html")
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    words = language_of(lang)
    assert page.count(words.text(LEFT_OUT)) == 1
    harmless = (
        "Images that count opens, and the numbers of clicks, open nothing: with them, nobody gets at your "
        "data. They are harmless, so we show them."
    )
    assert page.count(words.text(harmless).replace("'", "&#39;")) == 1


def test_review_lists_them_for_machines_too(case):
    made = case(record(mail(("a.zip", archive("b.png", PNG)))))
    run = CliRunner().invoke(review, [str(made.file), "--json"])
    (file,) = json.loads(run.stdout)["closed_files"]
    assert (file["pointer"], file["part"], file["path"], file["reason"]) == (
        "/data/0/data/mime",
        "1.2",
        "a.zip/b.png",
        "picture",
    )
