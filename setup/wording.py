"""Compare the catalogues in templates/locale with the texts in the code and the templates.

    python setup/wording.py            say what is untranslated, stale or broken; exit 1 if anything is
    python setup/wording.py --update nl    write a catalogue anew, or begin one: sorted, without unused texts,
                                           with an empty translation for each text that it lacks

English is the source language: a text is its own key. Texts are those marked as `_("…")`, a `Sentence`, the
message or hint of one of our errors, or a literal argument of `.text("…")` or `.count("…", "…", n)`; in
templates also of `gettext`, `ngettext` and `count`. Texts for which the desk has its own wording are omitted.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment, nodes

from dsr_report.desk.wording import IN_PLACE
from dsr_report.lexicon import LANGUAGES, SOURCE_LANGUAGE

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "templates" / "locale"
TRANSLATED = tuple(code for code in LANGUAGES if code != SOURCE_LANGUAGE)
_PLURALS = {"count", "ngettext"}
_SINGULARS = {"text", "gettext", "_", "translatable"}
_SAID_IN_ENGLISH = (
    "cli", "batch", "receive", "sandbox", "lexicon", "tables", "plots.py", "show.py", "choices.py",
    "exports.py", "operations.py", "inspection.py", "schemas.py", "delivery/smtp.py", "desk/server.py",
)  # fmt: skip
"""Modules whose errors only commands and notebooks raise; errors of all others may be shown at the desk."""
_HEAD = """\
# The texts of dsr-report's disclosures. English, as it stands in the code and the templates, is the source.
# B1 level; the official terms of the regulation. `python setup/wording.py` checks this file.
msgid ""
msgstr ""
"Project-Id-Version: dsr-report\\n"
"Language: {code}\\n"
"Plural-Forms: nplurals={forms}; plural={rule};\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
_HOLE = re.compile(r"\{[a-z_]*\}")


class Text(NamedTuple):
    """A text to translate: its singular, its plural if it has a number, and the file that contains it."""

    singular: str
    plural: str | None
    place: str

    @property
    def key(self) -> str | tuple[str, str]:
        """Its message id in the catalogue."""
        return self.singular if self.plural is None else (self.singular, self.plural)


def texts_in_code(file: Path) -> Iterator[Text]:
    """Yield the texts in a Python module."""
    place = file.relative_to(ROOT).as_posix()
    is_at_desk = not place.removeprefix("dsr_report/").startswith(_SAID_IN_ENGLISH)
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name) and (node.func.id in our_errors() or node.func.id == "Sentence"):
            if is_at_desk or node.func.id == "Sentence":
                yield from _said(node, place)
            continue
        name = _name_called(node.func, in_language=file.name == "languages.py")
        literals = [
            a.value for a in node.args[:2] if isinstance(a, ast.Constant) and isinstance(a.value, str)
        ]
        yield from _called(name, literals, place)


def _name_called(called: ast.expr, *, in_language: bool) -> str:
    """The name of the called function if it may take a text; else empty."""
    if isinstance(called, ast.Name):
        return called.id if called.id in {"_", "translatable"} else ""
    if isinstance(called, ast.Attribute):
        speaker = ast.unparse(called.value).rpartition(".")[2].lstrip("_")
        if speaker in {"words", "lang", "language", "ask"} or (in_language and speaker == "self"):
            return called.attr
    return ""


@cache
def our_errors() -> frozenset[str]:
    """The names of the package's own errors, and of the function that raises one."""
    above = {
        node.name: {ast.unparse(base) for base in node.bases}
        for file in (ROOT / "dsr_report").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    }
    found = {"DsrReportError", "needs_extra"}
    while more := {name for name, bases in above.items() if bases & found} - found:
        found |= more
    return frozenset(found)


def _said(call: ast.Call, place: str) -> Iterator[Text]:
    """Yield the texts of a `Sentence`, or of an error and its hint, including both sides of a conditional."""
    if isinstance(call.func, ast.Name) and call.func.id == "Sentence":
        literals = [a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        if literals and re.search(r"[A-Za-z]", _HOLE.sub("", literals[0])):
            yield Text(literals[0], literals[1] if len(literals) > 1 else None, place)
        return
    for said in (*call.args[:1], *(word.value for word in call.keywords if word.arg == "hint")):
        for one in _choices(said):
            if isinstance(one, ast.Constant) and isinstance(one.value, str):
                yield Text(one.value, None, place)


def _choices(said: ast.expr) -> Iterator[ast.expr]:
    if isinstance(said, ast.IfExp):
        yield from _choices(said.body)
        yield from _choices(said.orelse)
    else:
        yield said


def texts_in_template(file: Path) -> Iterator[Text]:
    """Yield the texts in a template."""
    place = file.relative_to(ROOT).as_posix()
    tree = Environment(extensions=["jinja2.ext.i18n"]).parse(file.read_text(encoding="utf-8"))  # noqa: S701 - only parsed
    for node in tree.find_all(nodes.Call):
        name = node.node.name if isinstance(node.node, nodes.Name) else getattr(node.node, "attr", "")
        literals = [a.value for a in node.args[:2] if isinstance(a, nodes.Const) and isinstance(a.value, str)]
        yield from _called(name, literals, place)


def _called(name: str, literals: list[str], place: str) -> Iterator[Text]:
    if name in _SINGULARS and literals:
        yield Text(literals[0], None, place)
    elif name in _PLURALS and len(literals) == 2:
        yield Text(literals[0], literals[1], place)


def all_texts() -> dict[str | tuple[str, str], list[str]]:
    """Message id of every text → files that contain it, in a fixed order."""
    found: dict[str | tuple[str, str], list[str]] = {}
    for file in sorted((ROOT / "dsr_report").rglob("*.py")):
        for text in texts_in_code(file):
            if text.key in IN_PLACE:
                continue
            found.setdefault(text.key, []).append(text.place)
    folders = tuple(ROOT / "templates" / name for name in ("report", "config", "desk"))
    for file in sorted(file for folder in folders for file in folder.rglob("*.j2")):
        for text in texts_in_template(file):
            found.setdefault(text.key, []).append(text.place)
    return found


def catalogue(code: str) -> Catalog:
    """Read the catalogue of a language from the tree."""
    with (LOCALE / code / "LC_MESSAGES" / "dsr_report.po").open("rb") as file:
        return read_po(file, locale=code)


def faults(code: str) -> list[str]:
    """The faults of a catalogue: missing, unused and incomplete texts."""
    texts, known = all_texts(), catalogue(code)
    entries, forms = {e.id: e for e in known if e.id}, known.num_plurals
    found = [f"{code}: not translated: {key!r} ({texts[key][0]})" for key in texts if key not in entries]
    found += [f"{code}: no longer used: {key!r}" for key in entries if key not in texts]
    for key, entry in entries.items():
        found += [f"{code}: {fault}: {key!r}" for fault in _faults_of(key, entry, forms)]
    return found


def _faults_of(key: str | tuple[str, str], entry: Message, forms: int) -> Iterator[str]:
    ids = (key,) if isinstance(key, str) else key
    strings = (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ())
    if entry.fuzzy:
        yield "marked as unsure"
    if len(strings) != (1 if isinstance(key, str) else forms) or not all(strings):
        yield "empty, or with another number of plural forms"
        return
    holes = set(_HOLE.findall(" ".join(ids)))
    if any(set(_HOLE.findall(string)) != holes for string in strings):
        yield "with other holes than the original"


def update(code: str) -> None:
    """Write a catalogue with all texts, sorted by text, so that moving code does not change it."""
    target = LOCALE / code / "LC_MESSAGES" / "dsr_report.po"
    known = {e.id: e.string for e in catalogue(code) if e.id} if target.exists() else {}
    made = Catalog(locale=code, charset="utf-8")
    for key in sorted(all_texts(), key=lambda key: (key if isinstance(key, str) else key[0]).casefold()):
        made.add(key, known.get(key, ""))
    target.parent.mkdir(parents=True, exist_ok=True)
    body = BytesIO()
    write_po(body, made, width=None, omit_header=True)
    target.write_bytes(
        _HEAD.format(code=code, forms=made.num_plurals, rule=made.plural_expr).encode() + body.getvalue()
    )


def main(arguments: list[str]) -> int:
    """The command line."""
    if arguments[:1] == ["--update"]:
        update(arguments[1])
        return 0
    found = [fault for code in TRANSLATED for fault in faults(code)]
    for fault in found:
        print(fault)  # noqa: T201 - a script's product
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
