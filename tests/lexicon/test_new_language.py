"""Somebody adds a language: a lexicon, a catalogue and a letter, in a copy of the tree; nothing else."""

from __future__ import annotations

import email
import email.policy
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from babel import Locale
from babel.messages.pofile import read_po, write_po
from selectolax.lexbor import LexborHTMLParser

from dsr_report.jsonstream.items import values
from dsr_report.mime.message import parse
from dsr_report.rendering.authorities import AUTHORITIES, MEMBERS

ROOT = Path(__file__).resolve().parent.parent.parent
SAMPLES = ROOT / "sample_exports"
NAMES = ("subprofile-20285", "nothing-found", "profile-90211")
CODE = "el"
"""CLDR has its dates and countries in a script of its own; the words are invented, so no Greek is needed."""

LATIN, FOREIGN = "abcdefghijklmnopqrstuvwxyz", "αβψδεφγηιξκλμνοπθρστυωςχυζ"
IN_FOREIGN_LETTERS = str.maketrans(LATIN + LATIN.upper(), FOREIGN + FOREIGN.upper().replace("Σ", "Ϛ", 1))
KEPT = re.compile(r"(\{[a-z_]*\}|</?[a-z][^<>]*>|&[a-z]+;|https?://\S+)")
PASSWORD = "zorbelfnik"  # noqa: S105 - the invented word for it
LEXICON = {
    "passwords": (PASSWORD, "frup"),
    "ambiguous_keys": ("frup",),
    "says_key": ("quemst",),
    "copulas": ("blorpt",),
    "key_determiners": ("wurgt",),
    "logins": ("inkrumpel",),
    "sessions": ("vlonk id",),
    "session_ids": ("vlonk id",),
}
LETTER = f"""
{PASSWORD} quemst Vlindertuin-71.
Vlindertuin72 blorpt wurgt {PASSWORD}.
Inkrumpel blorpt robin / Vlindertuin73
<table><tr><td>{PASSWORD} quemst</td><td>Vlindertuin74</td></tr></table>
"""

EXPORT: dict[str, Any] = {
    "info": {"type": "profile", "id": "7"},
    "data": {
        "profile": {
            "ID": "7",
            "database": "3",
            "secret": "0123456789abcdef0123456789abcdef",
            "created": "2022-03-01 10:00:00",
            "fields": {
                "Voornaam": "Xqw",
                PASSWORD: "Vlindertuin-88!",
                "Frup": "Vlindertuin-89!",
                "Vlonk-id": "Vlindertuin",
                "Boarding frup": "Wintertuin-90!",
                "Brief": LETTER,
            },
        }
    },
}
SCRIPT = """
import json, sys
from pathlib import Path
import dsr_report
from dsr_report.delivery.reply import Reply, write_reply
from dsr_report.lexicon import LANGUAGES
code, folder = sys.argv[1], Path(sys.argv[2])
assert Path(dsr_report.__file__).is_relative_to(folder), dsr_report.__file__
for export in sys.argv[3:]:
    with dsr_report.read(export) as read, dsr_report.Report(read, lang=code) as report:
        report.to_html(folder / (Path(export).stem + ".html"))
letter = Reply("jan@example.org", "Kroosduiker", code)
(folder / "reply.eml").write_bytes(write_reply(letter, folder / "own.html"))
print(json.dumps(LANGUAGES))
"""


def in_foreign_letters(text: str) -> str:
    pieces = KEPT.split(text)
    return "".join(
        piece if number % 2 else piece.translate(IN_FOREIGN_LETTERS) for number, piece in enumerate(pieces)
    )


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a copy of the tree that has one language more, with reports in it."""
    copy = tmp_path_factory.mktemp("tree")
    shutil.copytree(ROOT / "dsr_report", copy / "dsr_report", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "templates", copy / "templates", ignore=shutil.ignore_patterns("fonts"))
    (copy / "templates" / "fonts").symlink_to(ROOT / "templates" / "fonts")
    (copy / "pyproject.toml").touch()
    add_language(copy)
    own = copy / "own.json"
    own.write_text(json.dumps(EXPORT), encoding="utf-8")
    exports = [own, *(SAMPLES / f"{name}.json" for name in NAMES)]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, CODE, str(copy), *map(str, exports)],
        cwd=copy,
        env={"PYTHONPATH": str(copy), "SOURCE_DATE_EPOCH": "1790000000"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert CODE in json.loads(done.stdout)
    return copy


def add_language(copy: Path) -> None:
    lexicon = (copy / "dsr_report" / "lexicon" / "en.py").read_text(encoding="utf-8")
    lexicon += f"\nLEXICON = LEXICON._replace(**{LEXICON!r})\n"
    (copy / "dsr_report" / "lexicon" / f"{CODE}.py").write_text(lexicon, encoding="utf-8")
    locale = copy / "templates" / "locale"
    with (locale / "nl" / "LC_MESSAGES" / "dsr_report.po").open("rb") as file:
        catalogue = read_po(file, locale=CODE)
    for entry in catalogue:
        if entry.id:
            ids = entry.id if isinstance(entry.id, tuple) else (entry.id,)
            made = tuple(map(in_foreign_letters, ids))
            entry.string = made if isinstance(entry.id, tuple) else made[0]
    target = locale / CODE / "LC_MESSAGES" / "dsr_report.po"
    target.parent.mkdir(parents=True)
    with target.open("wb") as file:
        write_po(file, catalogue)
    letter = (copy / "templates" / "reply" / "en.txt.j2").read_text(encoding="utf-8")
    letter = re.sub(
        r"(\{[{%].*?[%}]\})|([^{]+)", lambda piece: piece[1] or piece[2].translate(IN_FOREIGN_LETTERS), letter
    )
    (copy / "templates" / "reply" / f"{CODE}.txt.j2").write_text(letter, encoding="utf-8")


def without_names(text: str) -> str:
    """A text without what is the same in all languages: check sums, our own name, those of authorities."""
    names = (authority.in_words(CODE) for authority in AUTHORITIES.values())
    for name in (MEMBERS, "SHA-256", "dsr-report", "Apple Mail", *names):
        text = text.replace(name, "")
    return re.sub(r"\b[0-9a-f]{40,}\b|\bpart-\d+\.", "", text).strip()


def words_of(text: str) -> set[str]:
    return set(re.findall(r"[A-Za-zÀ-ɏ]{3,}", text))


def words_of_export(file: Path) -> set[str]:
    content = json.loads(file.read_text(encoding="utf-8"))
    found = words_of(json.dumps(content, ensure_ascii=False))
    for _, value in values(content, ""):
        found |= words_of(unquote(str(value)))
        if isinstance(value, str) and len(value) > 100:
            message = parse(value.encode())
            found |= words_of(str([(field.name, field.value) for field in message.header]))
            found |= set().union(*(words_of(part.exact_text) for part in message.walk()))
    return found


def texts_of_page(file: Path) -> list[str]:
    page = LexborHTMLParser(file.read_text(encoding="utf-8").replace("<wbr>", ""))
    for node in page.css("style, script, template, iframe, svg"):
        node.decompose()
    texts = [node.text_content or "" for node in page.root.traverse(include_text=True) if node.tag == "-text"]
    for name in ("title", "alt", "aria-label"):
        texts += [node.attributes.get(name) or "" for node in page.css(f"[{name}]")]
    return texts


@pytest.mark.parametrize("name", ["own", *NAMES])
def test_the_whole_report_comes_out_in_it(reports: Path, name: str) -> None:
    file = reports / "own.json" if name == "own" else SAMPLES / f"{name}.json"
    data = {word.lower() for word in words_of_export(file)}
    left = {
        text: english
        for text in map(without_names, texts_of_page(reports / f"{name}.html"))
        if (english := {word for word in words_of(text) if word.lower() not in data})
    }
    assert left == {}


def test_its_words_for_passwords_are_masked_in_fields_and_sentences(reports: Path) -> None:
    page = (reports / "own.html").read_text(encoding="utf-8")
    assert "Xqw" in page
    assert PASSWORD in page
    assert re.findall("Vlindertuin.*", page) == []
    assert "Wintertuin-90!" in page


def test_its_letter_is_sent(reports: Path) -> None:
    mail = email.message_from_bytes((reports / "reply.eml").read_bytes(), policy=email.policy.default)
    text = mail.get_body()
    assert text["Content-Language"] == CODE
    assert words_of(f"{mail['Subject']} {text.get_content()}") == {"Kroosduiker", "own", "html"}


def test_its_dates_are_in_it(reports: Path) -> None:
    month = Locale.parse(CODE).months["format"]["wide"][3]
    assert f"1 {month} 2022" in (reports / "own.html").read_text(encoding="utf-8")
