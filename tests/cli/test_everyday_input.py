"""What people write every day is understood, or refused with what to write; what they made stays."""

import hashlib
import json
import os
import stat
import zipfile
from datetime import date

import pytest
from click.testing import CliRunner

import dsr_report
from dsr_report.batch import read_list
from dsr_report.cli import group
from dsr_report.cli.group import group as command
from dsr_report.cli.inspect import as_text
from dsr_report.config import load_config
from dsr_report.countries import country_code
from dsr_report.dates import day_of
from dsr_report.errors import ConfigError, NotAnExportError, UsageError
from dsr_report.files import private_folder
from dsr_report.inspection import inspect_export
from dsr_report.jsonstream.file import open_export
from dsr_report.register import Register

assert group


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("2026-01-05", "en"),
        ("5-1-2026", "nl"),
        ("05/01/2026", "fr"),
        ("5.1.2026", "de"),
        ("5 januari 2026", "nl"),
        ("5. Januar 2026", "de"),
        ("5 janvier 2026", "fr"),
        ("5 January 2026", "en"),
        ("January 5, 2026", "en"),
        ("5 jan. 2026", "nl"),
        ("5 JANUARI 2026", "fr"),
    ],
)
def test_a_day_is_read_as_its_language_writes_it(text, language):
    assert day_of(text, language) == date(2026, 1, 5)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1er f\u00e9vrier 2026", date(2026, 2, 1)),
        ("31 ao\u00fbt 2026", date(2026, 8, 31)),
        ("5 de mars de 2026", date(2026, 3, 5)),
        ("5\u00ba mars 2026", date(2026, 3, 5)),
        ("1. M\u00e4rz 2026", date(2026, 3, 1)),
    ],
)  # fmt: skip
def test_accents_and_ordinals_are_no_hindrance(text, day):
    assert day_of(text, "en") == day
    assert day_of(text.replace("\u00e9", "e").replace("\u00fb", "u"), "en") == day


def test_what_could_be_two_days_is_none_and_what_cannot_is_one():
    with pytest.raises(UsageError, match="05 January or 01 May"):
        day_of("5/1/2026", "en")
    assert day_of("13/1/2026", "en") == day_of("1/13/2026", "en") == date(2026, 1, 13)
    assert day_of("1/1/2026", "en") == date(2026, 1, 1)


@pytest.mark.parametrize(
    "text", ["", "5-1-26", "31-2-2026", "5-1/2026", "5 foo 2026", "yesterday", "9" * 5000, "1-13-2026"]
)
def test_what_is_no_day_is_refused_in_a_short_line(text):
    with pytest.raises(UsageError) as told:
        day_of(text, "nl")
    assert len(str(told.value)) < 150


@pytest.mark.parametrize(
    "text", ["NL", "nl", "Nederland", "Netherlands", "Niederlande", "Pays-Bas", " nederland "]
)
def test_a_country_goes_by_its_code_and_by_its_name(text):
    assert country_code(text) == "NL"


CONFIG = """
[controller]
name = "Shop"
[deadlines]
country = "Belgi\u00eb"
[authority]
lead = "Nederland"
[report]
lang = "NL"
"""


@pytest.mark.parametrize(
    "form",
    [
        CONFIG.encode(),
        b"\xef\xbb\xbf" + CONFIG.encode(),
        CONFIG.replace("\n", "\r\n").encode(),
        CONFIG.encode("utf-16"),
    ],
    ids=["plain", "with a mark", "CRLF", "UTF-16"],
)
def test_a_configuration_is_read_as_editors_save_it(form, tmp_path):
    (tmp_path / "c.toml").write_bytes(form)
    config = load_config(tmp_path / "c.toml")
    assert (config.deadlines.country, config.authority.lead, config.report.lang) == ("BE", "NL", "nl")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[controller]\nname = "x"\nadress = "y"', "adress: there is no such member; is 'address' meant?"),
        ("[Controller]\nname = 'x'", "is 'controller' meant?"),
        ("[deadlines]\ncountry = 'Atlantis'", "deadlines.country: is no country: write its ISO code"),
        ("[report]\nlang = 'es'", "report.lang: is no language of reports"),
        ("[[recipient]]\nname = 'x'\nrol.nl = 'y'", "is 'role' meant?"),
        ("[authority]\nqqq = 1", "there are: address, lead, name, website"),
    ],
)  # fmt: skip
def test_a_misspelled_member_is_told_with_the_right_one(text, says, tmp_path):
    (tmp_path / "c.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as told:
        load_config(tmp_path / "c.toml")
    assert says in str(told.value)


def test_a_list_with_crlf_and_dates_of_its_language(tmp_path):
    rows = b"\xef\xbb\xbfid;type;received;lang\r\n7;profile;5-1-2026;\r\n8;profile;5.1.2026;DE\r\n"
    assert [one.received for one in read_list(rows, lang="nl")] == [date(2026, 1, 5)] * 2


def office(folder, *names):
    file = folder / "x.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return file.read_bytes()


def test_an_archive_with_more_than_the_json_is_told_what_to_do_with(tmp_path):
    with pytest.raises(NotAnExportError) as told:
        dsr_report.read(office(tmp_path, "export.json", "letter.pdf"))
    assert "1 more file beside the JSON" in str(told.value)
    assert "Unpack it" in told.value.hint
    with pytest.raises(NotAnExportError, match="2 more files"):
        dsr_report.read(office(tmp_path, "export.json", "a.pdf", "b.txt", "__MACOSX/x", ".DS_Store"))


def test_what_is_not_counted_in_a_large_export_is_said(tmp_path):
    events = [{"type": "click", "ID": str(number), "link": "https://x.example/"} for number in range(2_500)]
    for count, told in ((2_500, True), (5, False)):
        file = tmp_path / "a.json"
        file.write_text(
            json.dumps({"info": {"type": "profile", "id": "1"}, "data": [events[:count]]}), encoding="utf-8"
        )
        with dsr_report.read(file) as export:
            found = inspect_export(export)
        assert ("not counted" in as_text("a.json", found, verbose=False)) == told
        assert (found.to_dict()["values"]["in_part"] is None) == told


@pytest.mark.parametrize(
    ("names", "what"),
    [
        (("[Content_Types].xml", "word/document.xml"), "a Word file"),
        (("[Content_Types].xml", "xl/workbook.xml"), "an Excel file"),
        (("mimetype", "META-INF/manifest.xml"), "LibreOffice"),
    ],
)  # fmt: skip
def test_an_office_file_is_called_what_it_is(names, what, tmp_path):
    with pytest.raises(NotAnExportError, match=f"this looks like .*{what}"):
        open_export(office(tmp_path, *names))


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"%PDF-1.7\n", "a PDF file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "before 2007"),
        (b"{\\rtf1\\ansi x}", "RTF"),
        (
            b'{"ID": "500", "fields": {"Email": "robin@example.org"}, "secret": "x"}',
            "one record, as the API gives it",
        ),
        (b'{"start": 0, "limit": 100, "count": 1, "total": 1, "data": []}', "a page of a list"),
    ],
)
def test_what_is_no_export_is_called_what_it_is(content, what):
    with pytest.raises(NotAnExportError) as told:
        open_export(content)
    assert what in str(told.value)
    assert "robin@" not in str(told.value)


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    for name in ("DSR_REPORT_LANG", "DSR_REPORT_CONFIG", "DSR_REPORT_DATABASE"):
        monkeypatch.delenv(name, raising=False)
    export = {"info": {"type": "profile", "id": "500"}, "data": [{"ID": "500", "fields": {"Naam": "Robin"}}]}
    (tmp_path / "e.json").write_text(json.dumps(export), encoding="utf-8")
    (tmp_path / "c.toml").write_text(CONFIG, encoding="utf-8")
    return tmp_path


def run(*words, **environment):
    return CliRunner().invoke(command, list(words), env=environment)


def language(place):
    return (place / "o.html").read_text(encoding="utf-8").split('lang="')[1][:2]


def test_the_language_is_that_of_the_option_the_environment_or_the_configuration(place):
    render = ("render", "e.json", "-o", "o.html")
    for words, environment, expected in (
        ((), {}, "en"),
        (("--config", "c.toml"), {}, "nl"),
        (("--config", "c.toml"), {"DSR_REPORT_LANG": "FR"}, "fr"),
        (("--config", "c.toml", "--lang", "DE"), {"DSR_REPORT_LANG": "fr"}, "de"),
    ):
        done = run(*render, *words, **environment)
        assert done.exit_code == 0, done.output
        assert language(place) == expected


def test_a_day_is_said_back_and_one_to_come_is_warned_of(place):
    done = run(
        "render", "e.json", "-o", "o.html", "--received", "5-1-2026", "--lang", "NL", "--replied", "5-1-2090"
    )
    assert "5-1-2026 is taken for 2026-01-05, Monday 05 January 2026" in done.output
    assert "--replied 2090-01-05 has not come yet" in done.output
    assert run("render", "e.json", "-o", "o.html", "--received", "5-1-2026").exit_code == 2


def test_an_export_of_several_people_is_told_on_page_one_and_an_error_where_it_is_strict(place):
    two = [{"info": {"type": "profile", "id": n}, "data": [{"ID": str(n)}]} for n in (1, 2)]
    (place / "e.json").write_text(json.dumps(two), encoding="utf-8")
    done = run("render", "e.json", "-o", "o.html")
    assert "names 2 subjects" in done.output
    assert "names more than one person" in (place / "o.html").read_text(encoding="utf-8")
    done = run("render", "e.json", "-o", "p.html", "--strict")
    assert (done.exit_code, (place / "p.html").exists()) == (1, False)
    assert "names 2 subjects" in str(done.exception)


def test_a_disclosure_that_was_sent_is_replaced_only_by_force(place):
    assert run("render", "e.json", "-o", "o.html").exit_code == 0
    assert not (place / "data").exists()  # looking for a register makes none
    with Register.open() as register:
        case = register.add("profile", 500)
        sent = hashlib.sha256((place / "o.html").read_bytes()).hexdigest()
        register.note_sent(case, sha256=sent)
    again = run("render", "e.json", "-o", "o.html", "--lang", "nl")
    assert isinstance(again.exception, UsageError)
    assert "was sent" in str(again.exception)
    assert language(place) == "en"
    assert run("render", "e.json", "-o", "o.html", "--lang", "nl", "--force").exit_code == 0
    assert language(place) == "nl"


def test_what_is_replaced_is_told(place):
    assert "replaced" not in run("tables", "e.json", "-o", "t").output
    assert "files replaced" in run("tables", "e.json", "-o", "t").output
    run("config", "init", "-o", "new.toml")
    assert "was replaced" in run("config", "init", "-o", "new.toml", "--force").output


def test_the_languages_in_use_are_checked(place):
    assert run("config", "check", "c.toml").output.startswith("nl:")


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o777])
def test_folders_are_private_whatever_the_mask(mask, tmp_path):
    before = os.umask(mask)
    try:
        private_folder(tmp_path / "a" / "b" / "c")
    finally:
        os.umask(before)
    for folder in ("a", "a/b", "a/b/c"):
        assert stat.S_IMODE((tmp_path / folder).stat().st_mode) == 0o700
