"""A disclosure is looked through before it gets its name: what is hidden and still printed stops the run."""

import json

import pytest

import dsr_report
from dsr_report.config import Config
from dsr_report.errors import CheckFailedError
from dsr_report.verification.leaks import leaks
from dsr_report.verification.verifier import verify

NAME = "Karel Verborgen"


def review_of(made):
    entry = {"text": NAME, "decision": "withhold", "reason": "someone else", "article": "Art. 15(4) GDPR"}
    also = "".join(f"{name} = {json.dumps(value)}\n" for name, value in entry.items())
    made.review.write_text(f"{made.toml()}\n[[also]]\n{also}", encoding="utf-8")
    return made


def written(made, target, **options):
    with (
        dsr_report.read(made.file) as source,
        dsr_report.Report(source, review=made.review, **options) as report,
    ):
        report.to(target, workers=1)


@pytest.mark.parametrize(
    "printed", [NAME, "karel&#32;VERBORGEN", "Karel <b>Verborgen</b>", "<p title='Karel Verborgen'>x</p>"]
)
@pytest.mark.parametrize("ending", ["html", "pdf"])
def test_a_template_that_prints_what_is_hidden_stops_the_run_and_leaves_no_file(
    case, tmp_path, printed, ending
):
    if ending == "pdf" and "title" in printed:
        pytest.skip("a PDF has no titles of paragraphs")
    made = review_of(case({"type": "note", "text": f"belde {NAME}"}))
    folder = tmp_path / "templates"
    (folder / "report").mkdir(parents=True)
    (folder / "report" / "hidden.html.j2").write_text(
        f'<h2 id="hidden">{{{{ chapter_title }}}}</h2><p>{printed}</p>', encoding="utf-8"
    )
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(CheckFailedError, match=r"number 1 in ") as error:
        written(made, out / f"a.{ending}", templates=folder)
    assert "Verborgen" not in str(error.value)
    assert list(out.iterdir()) == []


def test_what_the_configuration_prints_is_looked_through_as_well(case, tmp_path):
    made = review_of(case({"type": "note", "text": f"belde {NAME}"}))
    with pytest.raises(CheckFailedError):
        written(made, tmp_path / "a.html", config=Config.model_validate({"controller": {"name": NAME}}))
    assert not (tmp_path / "a.html").exists()


def test_what_passes_passes_verify_too(case, tmp_path):
    made = review_of(case({"type": "note", "text": f"belde {NAME}", "more": [NAME.upper()]}))
    written(made, tmp_path / "a.html")
    result = verify(tmp_path / "a.html", made.file)
    assert result.ok, [check.text for check in result.checks if check.ok is False]


def test_a_mark_is_no_place_of_what_it_stands_for(tmp_path):
    page = tmp_path / "a.html"
    page.write_text("<p>[withheld 1: bank account number]</p>", encoding="utf-8")
    hidden = {1: {"account number"}}
    assert list(leaks(page, hidden, ["[withheld 1: bank account number]"], only_printed=True)) == []
    assert len(list(leaks(page, hidden, only_printed=True))) == 1


def test_a_longer_word_that_begins_alike_stays_and_is_no_alarm(case, tmp_path):
    made = review_of(case({"type": "note", "text": f"belde {NAME}"}, {"type": "note", "text": f"{NAME}s"}))
    written(made, tmp_path / "a.html")
    assert verify(tmp_path / "a.html", made.file).ok
