"""A letter and its annexes in two PDFs: they name each other by hash, and are verified as one disclosure."""

from __future__ import annotations

import email
import shutil
import subprocess
import zipfile
from datetime import date
from email.policy import default
from pathlib import Path

import pikepdf
import pytest
from click.testing import CliRunner

import dsr_report
from dsr_report.cli import render, reply
from dsr_report.errors import LedgerError, UsageError
from dsr_report.verification.verifier import Verification, verify
from dsr_report.writers.seal import COMPANION, PLACEHOLDER, companion_of, core_of, put_companions, put_seal

SAMPLES = Path(__file__).resolve().parents[2] / "sample_exports"
SAMPLE = SAMPLES / "subprofile-41522.json"
pytestmark = pytest.mark.slow


def rendered(folder: Path, name: str = "answer.pdf", *, sample: Path = SAMPLE, **options: object) -> Path:
    folder.mkdir(exist_ok=True)
    settings = {"annexes": "apart", "reference": "AVG-1", "replied": date(2026, 1, 19)} | options
    with dsr_report.read(sample) as export, dsr_report.Report(export, **settings) as report:
        written = report.to(folder / name)
    assert written.annexes == folder / name.replace(".pdf", "-annexes.pdf")
    return folder / name


def faults(result: Verification) -> list[str]:
    return [check.code for check in result.checks if check.ok is False]


def text_of(path: Path) -> str:
    return " ".join(
        subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout.split()
    )


@pytest.fixture(scope="module")
def letter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The letter of a disclosure in two files."""
    return rendered(tmp_path_factory.mktemp("apart"))


@pytest.fixture
def pair(letter: Path, tmp_path: Path) -> tuple[Path, Path]:
    """A copy of the two files, to be changed."""
    for file in (letter, letter.with_name("answer-annexes.pdf")):
        shutil.copy(file, tmp_path)
    return tmp_path / "answer.pdf", tmp_path / "answer-annexes.pdf"


def test_either_file_verifies_the_two_together_and_against_the_export(pair: tuple[Path, Path]) -> None:
    for path in pair:
        result = verify(path, SAMPLE)
        assert result.ok, faults(result)
        assert result.files == list(pair)
        assert {"companion", "ledger", "counts", "leaks"} <= {check.code for check in result.checks}


def test_the_letter_has_the_words_and_the_annexes_have_the_values(letter: Path) -> None:
    answer, annexes = text_of(letter), text_of(letter.with_name("answer-annexes.pdf"))
    assert "What the law requires us to tell you" in answer
    assert "the file answer-annexes.pdf" in answer
    assert "Annex B: all events (19 events)" in answer
    assert "These annexes belong to the answer in the file answer.pdf" in annexes
    assert "Your rights" not in annexes
    assert "LES AMIS DU CANAL DE BRUMELLE" in annexes
    assert "LES AMIS DU CANAL DE BRUMELLE" not in answer


def test_no_link_leads_to_the_other_file_and_none_leads_nowhere(pair: tuple[Path, Path]) -> None:
    for path in pair:
        with pikepdf.open(path) as pdf:
            names = pikepdf.NameTree(pdf.Root.Names.Dests)
            for page in pdf.pages:
                for link in page.get("/Annots", []):
                    assert "/A" not in link
                    assert names[str(link.Dest)][1] == "/XYZ"


def test_both_carry_one_ledger_and_the_letter_carries_the_export(pair: tuple[Path, Path]) -> None:
    with pikepdf.open(pair[0]) as one, pikepdf.open(pair[1]) as two:
        assert set(one.attachments) == {"export.json", "ledger.jsonl", "manifest.json"}
        assert set(two.attachments) == {"ledger.jsonl", "manifest.json"}
        ledgers = [pdf.attachments["ledger.jsonl"].get_file().read_bytes() for pdf in (one, two)]
    assert ledgers[0] == ledgers[1]


def test_a_letter_without_its_annexes_fails_and_says_what_is_missing(pair: tuple[Path, Path]) -> None:
    pair[1].unlink()
    result = verify(pair[0])
    assert faults(result) == ["companion", "ledger"]
    assert any("MISSING: the annexes (answer-annexes.pdf)" in check.text for check in result.checks)


def test_annexes_are_found_under_another_name(pair: tuple[Path, Path]) -> None:
    moved = pair[1].rename(pair[1].with_name("answer-annexes (1).pdf"))
    assert verify(pair[0]).ok
    assert verify(moved).ok


def test_annexes_of_another_answer_are_refused(pair: tuple[Path, Path], tmp_path: Path) -> None:
    other = rendered(tmp_path / "other", lang="nl")
    shutil.copy(other.with_name("answer-annexes.pdf"), pair[1])
    assert "companion" in faults(verify(pair[0]))


@pytest.mark.parametrize("which", [0, 1])
def test_a_changed_byte_in_either_is_found_from_both(pair: tuple[Path, Path], which: int) -> None:
    content = bytearray(pair[which].read_bytes())
    content[len(content) // 2] ^= 1
    pair[which].write_bytes(content)
    for path in pair:
        assert "seal" in faults(verify(path))


def test_a_changed_file_that_was_sealed_anew_no_longer_fits_its_companion(pair: tuple[Path, Path]) -> None:
    content = pair[1].read_bytes().replace(b"CreateDate>2026", b"CreateDate>2025")
    assert content != pair[1].read_bytes()
    at = content.rindex(PLACEHOLDER[:-64].encode()) + len(PLACEHOLDER) - 64
    with pair[1].open("w+b") as file:
        file.write(content[:at] + b"0" * 64 + content[at + 64 :])
        put_seal(file)
    assert faults(verify(pair[0])) == ["companion"]


def test_the_same_input_gives_the_same_two_files(letter: Path, tmp_path: Path) -> None:
    again = rendered(tmp_path / "again")
    assert again.read_bytes() == letter.read_bytes()
    annexes = "answer-annexes.pdf"
    assert again.with_name(annexes).read_bytes() == letter.with_name(annexes).read_bytes()


@pytest.mark.checkers
@pytest.mark.parametrize("sample", ["subprofile-41522.json", "nothing-found.json"])
def test_both_files_are_pdf_a_3a_and_pdf_ua_1(sample: str, tmp_path: Path, assert_pdf_a_ua) -> None:
    path = rendered(tmp_path, sample=SAMPLES / sample, lang="de", messages="layout", attachments=True)
    assert_pdf_a_ua(path, path.with_name("answer-annexes.pdf"))
    assert verify(path).ok


def test_a_package_holds_letter_and_annexes_that_stand_on_their_own(tmp_path: Path) -> None:
    with dsr_report.read(SAMPLE) as export, dsr_report.Report(export) as report:
        report.to_zip(tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert {"letter.pdf", "annexes.pdf", "report.html"} <= set(archive.namelist())
        archive.extractall(tmp_path / "unpacked")
    assert verify(tmp_path / "a.zip", SAMPLE).ok
    for name in ("letter.pdf", "annexes.pdf"):
        assert verify(tmp_path / "unpacked" / name).ok


def test_a_reply_attaches_both_and_says_what_each_is(pair: tuple[Path, Path], tmp_path: Path) -> None:
    docx = pytest.importorskip("docx")
    config = tmp_path / "controller.toml"
    config.write_text(
        "[controller]\nname = 'Shop'\naddress = 'Street 1'\nemail = 'post@shop.example'", encoding="utf-8"
    )
    drafts = []
    for path in pair:  # either of them is enough
        target = tmp_path / "r.eml"
        options = ["--to", "aurelie.vanneste@example.org", "--cover", "docx", "--lang", "nl"]
        command = [str(path), *options, "--config", str(config), "--database", "sqlite://", "-o", str(target)]
        done = CliRunner().invoke(reply.reply, command)
        assert done.exception is None, done.output
        drafts.append((target.read_bytes(), target.with_suffix(".docx").read_bytes()))
    assert drafts[0] == drafts[1]
    message = email.message_from_bytes(drafts[0][0], policy=default)
    assert [part.get_filename() for part in message.iter_attachments()] == [path.name for path in pair]
    body = message.get_body(("plain",)).get_content()
    assert "- answer.pdf: het antwoord" in body
    assert "- answer-annexes.pdf: de bijlagen" in body
    document = docx.Document(str(tmp_path / "r.docx"))
    paragraphs = [paragraph.text for paragraph in document.paragraphs]
    assert paragraphs[0].splitlines()[:2] == ["Shop", "Street 1"]
    assert any(text.startswith("answer-annexes.pdf: de bijlagen") for text in paragraphs)
    assert paragraphs[-1].endswith("Shop")
    assert document.core_properties.language == "nl"


def test_html_cannot_have_them_apart(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        render.render, [str(SAMPLE), "--annexes", "apart", "-o", str(tmp_path / "a.html")]
    )
    assert isinstance(done.exception, UsageError)
    assert "--annexes apart is for PDF" in done.exception.for_command_line()
    assert not list(tmp_path.iterdir())


def test_two_small_files_name_each_other_by_what_they_are_without_their_hashes(tmp_path: Path) -> None:
    paths = (tmp_path / "one", tmp_path / "two")
    files = [path.open("w+b") for path in paths]
    for number, file in enumerate(files):
        file.write(f"{number} {PLACEHOLDER} and {COMPANION}.".encode())
    put_companions(*files)
    for file in files:
        put_seal(file)
        file.close()
    assert companion_of(paths[0]) == core_of(paths[1])
    assert companion_of(paths[1]) == core_of(paths[0])
    assert core_of(paths[0]) != core_of(paths[1])
    with (
        paths[0].open("r+b") as one,
        paths[1].open("r+b") as two,
        pytest.raises(LedgerError, match="exactly one"),
    ):
        put_companions(one, two)
