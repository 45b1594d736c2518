"""What a finished disclosure promises: the same bytes, every alteration found, nothing hidden left in it."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

import dsr_report
from dsr_report.errors import CheckFailedError, ConfigError, RedactionError
from dsr_report.rendering.ledger import Ledger
from dsr_report.verification.active_content import unsafe_html
from dsr_report.verification.leaks import leaks
from dsr_report.verification.verifier import verify
from dsr_report.writers.seal import PLACEHOLDER, put_seal

SAMPLES = Path(__file__).resolve().parents[2] / "sample_exports"
MAIN = SAMPLES / "subprofile-20285.json"
ADDRESS = "someone@example.org"


def written(export, target, **options):
    with dsr_report.read(export) as source, dsr_report.Report(source, **options) as report:
        report.to(target)
    return target


def served():
    return [
        entry["file"] for entry in json.loads((SAMPLES / "index.json").read_text(encoding="utf-8"))["samples"]
    ]


@pytest.mark.parametrize("name", served())
def test_every_sample_becomes_html_that_is_safe_and_complete(name, tmp_path):
    target = written(SAMPLES / name, tmp_path / "a.html")
    assert verify(target).ok
    assert unsafe_html(target.read_text(encoding="utf-8")) == []


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["html", "zip"])
def test_the_same_input_gives_the_same_bytes_in_two_places(ending, tmp_path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        written(SAMPLES / "email-someone.json", tmp_path / folder / f"a.{ending}")
    first, second = (tmp_path / folder / f"a.{ending}" for folder in ("one", "two"))
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("share", [0.01, 0.3, 0.5, 0.9, 0.999])
def test_a_changed_byte_is_found_in_html(share, tmp_path):
    target = written(SAMPLES / "email-someone.json", tmp_path / "a.html")
    content = bytearray(target.read_bytes())
    content[int(len(content) * share)] ^= 1
    target.write_bytes(content)
    assert not verify(target).ok


@pytest.mark.slow
def test_changed_bytes_are_found_in_a_package(tmp_path):
    target = written(SAMPLES / "email-someone.json", tmp_path / "a.zip")
    original = target.read_bytes()
    for share in (0.001, 0.2, 0.5, 0.8, 0.99, 1.0):
        content = bytearray(original)
        content[min(int(len(content) * share), len(content) - 1)] ^= 4
        target.write_bytes(content)
        assert not verify(target).ok
    target.write_bytes(original)
    assert verify(target).ok
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("extra.txt", "added")
    assert not verify(target).ok


@pytest.mark.slow
def test_a_file_that_was_swapped_in_a_package_is_named_even_if_it_was_sealed_anew(tmp_path):
    original = written(SAMPLES / "nothing-found.json", tmp_path / "a.zip")
    target = tmp_path / "b.zip"
    with zipfile.ZipFile(original) as old, zipfile.ZipFile(target, "w") as new:
        new.comment = PLACEHOLDER.encode()
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == "README.txt":
                content = content[:-1] + bytes([content[-1] ^ 1])
            new.writestr(entry, content)
    with target.open("r+b") as file:
        put_seal(file)
    checks = verify(target).checks
    assert [check.code for check in checks if check.ok is False] == ["files"]
    assert any("ALTERED: README.txt" in check.text for check in checks)


@pytest.mark.slow
def test_an_access_code_is_nowhere_in_a_package(tmp_path):
    codes = {
        record["data"]["secret"]
        for record in json.loads(MAIN.read_text(encoding="utf-8"))["data"]
        if isinstance(record.get("data"), dict) and "secret" in record["data"]
    }
    assert len(codes) == 2
    target = written(MAIN, tmp_path / "a.zip", messages="list")
    assert list(leaks(target, dict(enumerate([[code] for code in codes])))) == []


def test_html_of_which_values_are_hidden_is_held_against_the_number_of_values_of_an_export(tmp_path):
    target = written(MAIN, tmp_path / "a.html")
    result = verify(target, MAIN)
    assert result.ok
    assert [check.ok for check in result.checks if check.code == "export"] == [None], "the hash says nothing"
    other = verify(target, SAMPLES / "email-someone.json")
    assert not other.ok
    assert next(check.text for check in other.checks if check.ok is False).startswith("DIFFERENT")


@pytest.mark.parametrize("ending", ["html", "pdf"])
@pytest.mark.parametrize(
    ("address", "is_safe"),
    [
        ("https://www.controller.example/privacy", True),
        ("https://www.controller.example/unsubscribe/7d2e5f90a1b3c4d6", False),
        ("https://click.controller.example/?id=7d2e5f90a1b3c4d6e8", False),
    ],
)
def test_a_link_of_a_template_that_would_tell_who_followed_it_is_found(address, is_safe, ending, tmp_path):
    report = tmp_path / "templates" / "report"
    report.mkdir(parents=True)
    shipped = (SAMPLES.parent / "templates" / "report" / "glossary.html.j2").read_text(encoding="utf-8")
    (report / "glossary.html.j2").write_text(
        f'<p><a href="{address}">here</a></p>{shipped}', encoding="utf-8"
    )
    target = written(
        SAMPLES / "email-someone.json", tmp_path / f"a.{ending}", templates=tmp_path / "templates"
    )
    problems = [check.text for check in verify(target).checks if check.ok is False]
    assert problems == ([] if is_safe else ["NOT SAFE: a link that tells who followed it."])


def test_an_original_copy_hides_nothing_and_says_so_on_page_one(tmp_path):
    target = written(MAIN, tmp_path / "a.html", original=True)
    text = target.read_text(encoding="utf-8")
    assert "nothing is masked or withheld in this copy" in text
    assert verify(target, MAIN).ok


@pytest.mark.parametrize("ending", ["html", "pdf", "zip"])
def test_a_copy_that_lost_a_value_while_it_was_redacted_is_never_disclosed(ending, tmp_path, monkeypatch):
    from dsr_report.redact import apply

    def losing(export, plan, target, processes=None):
        warnings = disclosing_write(export, plan, target, processes)
        whole = json.loads(target.read_text(encoding="utf-8"))
        whole["data"].pop()
        target.write_text(json.dumps(whole), encoding="utf-8")
        return warnings

    disclosing_write = apply.write_redacted
    monkeypatch.setattr(apply, "write_redacted", losing)
    target = tmp_path / f"a.{ending}"
    with pytest.raises(RedactionError, match="as many values as the original"):
        written(MAIN, target)
    assert list(tmp_path.iterdir()) == []
    with dsr_report.read(MAIN) as source, dsr_report.Report(source) as report, pytest.raises(RedactionError):
        report.shown  # noqa: B018 - who looks at it is told as well


def decisions_for(export, tmp_path, change):
    file = tmp_path / "review.toml"
    subprocess.run(
        [sys.executable, "-m", "dsr_report", "review", str(export), "-o", str(file), "-q"], check=True
    )
    file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8")
    return file


def export_with_a_stranger(tmp_path):
    stranger = "piet.vreemd@elders.example"
    mime = (
        f"From: shop@example.org\r\nTo: {ADDRESS}\r\nBcc: {stranger}\r\n"
        "Subject: Hallo\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        "R3JvZXQgdmFuIHBpZXQudnJlZW1kQGVsZGVycy5leGFtcGxlIQ==\r\n"
    )
    data = [
        {"type": "message", "data": {"ID": "7", "mime": mime}},
        {
            "questions": {"1": {"question": "Wie?", "type": "open", "answer": f"Vraag {stranger} maar"}},
            "survey": "x",
        },
        {
            "ID": "1",
            "link": f"https://shop.example/?m={stranger.replace('@', '%40')}",
            "timestamp": "2021-01-01 10:00:00",
        },
    ]
    file = tmp_path / "export.json"
    file.write_text(json.dumps({"info": {"type": "email", "id": ADDRESS}, "data": data}), encoding="utf-8")
    return file, stranger


def test_html_with_hidden_values_is_not_in_order_beside_the_export_of_someone_else(tmp_path):
    exports = []
    for number in ("7", "8"):
        data = [
            {"ID": number, "secret": f"k3Jd82hsQp{number}", "fields": {"Naam": "Persoon"}, "database": "1"}
        ]
        exports.append(tmp_path / f"{number}.json")
        exports[-1].write_text(json.dumps({"info": {"type": "profile", "id": number}, "data": data}))
    target = written(exports[0], tmp_path / "a.html")
    assert verify(target, exports[0]).ok
    result = verify(target, exports[1])
    assert "DIFFERENT: the export is about someone else." in [check.text for check in result.checks]
    assert not result.ok


@pytest.mark.slow
def test_a_withheld_address_is_gone_from_every_part_of_a_package_in_every_encoding(tmp_path):
    export, stranger = export_with_a_stranger(tmp_path)
    review = decisions_for(
        export,
        tmp_path,
        lambda text: text.replace('decision = "undecided"  # proposed: withhold (must be decided)\n'
                                  'reason = ""',
                                  'decision = "withhold"\nreason = "another person"'),
    )  # fmt: skip
    target = written(export, tmp_path / "a.zip", review=review)
    assert list(leaks(target, {1: [stranger]})) == []
    result = verify(target, export)
    assert result.ok, [check.text for check in result.checks if check.ok is False]
    with zipfile.ZipFile(target) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        shown = json.loads(archive.read("data/export.json"))
    assert [mark["treatment"] for mark in manifest["marks"]] == ["withhold"]
    assert not manifest["export"]["is_original"]
    assert "withheld 1" in shown["data"][1]["questions"]["1"]["answer"]


def test_withholding_without_a_reason_is_refused(tmp_path):
    export, _ = export_with_a_stranger(tmp_path)
    review = decisions_for(export, tmp_path, lambda text: text.replace('"undecided"', '"withhold"'))
    with pytest.raises(ConfigError, match="needs a reason"):
        written(export, tmp_path / "a.html", review=review)
    assert not (tmp_path / "a.html").exists()


def test_undecided_findings_stop_a_strict_run(tmp_path):
    export, _ = export_with_a_stranger(tmp_path)
    review = decisions_for(export, tmp_path, str)
    with pytest.raises(CheckFailedError, match="must be decided"):
        written(export, tmp_path / "a.html", review=review, strict=True)


def test_decisions_on_another_export_are_refused(tmp_path):
    export, _ = export_with_a_stranger(tmp_path)
    review = decisions_for(export, tmp_path, str)
    with pytest.raises(ConfigError, match="another export"):
        written(SAMPLES / "email-someone.json", tmp_path / "a.html", review=review)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@examples(60)
@given(data=st.lists(values, max_size=4) | st.dictionaries(st.text(max_size=6), values, max_size=3))
def test_any_export_becomes_a_report_that_verifies(data, tmp_path):
    raw = json.dumps({"info": {"type": "email", "id": ADDRESS}, "data": data}).encode()
    source = tmp_path / "any.json"
    source.write_bytes(raw)
    try:
        target = written(source, tmp_path / "any.html")
    except dsr_report.DsrReportError as error:
        assert error.exit_code in {3, 4}  # noqa: PT017 - a sentence in `data` is "not ready", not a report
        return
    assert verify(target).ok
    assert verify(target, source).ok


def test_records_stated_under_another_kind_are_found(tmp_path, monkeypatch):
    places = Ledger.places

    def swapped(ledger):
        entries = places(ledger)
        entries["impression"], entries["click"] = entries["click"], entries["impression"]
        return entries

    monkeypatch.setattr(Ledger, "places", swapped)
    events = [
        {"event": kind, "time": f"2020-01-0{n} 10:00:00"}
        for n, kind in enumerate(["open", "open", "click"], 1)
    ]
    export = tmp_path / "export.json"
    export.write_text(json.dumps({"info": {"type": "profile", "id": "1"}, "data": events}), encoding="utf-8")
    result = verify(written(export, tmp_path / "a.html"), export=export)
    assert [check.code for check in result.checks if check.ok is False] == ["records"]
