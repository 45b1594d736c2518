"""Texts in the report's language for read warnings, defects of messages, and rules of recognition."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dsr_report.jsonstream.items import ReadWarning
from dsr_report.languages import Language
from dsr_report.mime.defects import Defect, DefectCode
from dsr_report.records.rule import Clue, Rule
from dsr_report.sentences import translatable as _

ODDITIES: dict[str, str] = {
    "byte-order-mark": _("The file begins with a mark that says how it is encoded."),
    "control-character": _("A text holds a control character in a form that the format does not allow."),
    "cut-off": _("The file breaks off in the middle. Everything complete before that point was read."),
    "data-is-text": _("The data are one text, not a list of records."),
    "duplicate-key": _("A name occurs more than once in one record. Every value is kept."),
    "invalid-utf-8": _("A text holds bytes that are not characters. They are shown as numbers."),
    "lost": _("A part of the file could not be read, and is left out."),
    "lone-surrogate": _("A text holds half a character. It is kept as it is."),
    "no-data": _("The file holds no data."),
    "no-info": _("The file does not say whom it is about."),
    "not-a-number": _("There is a word where a number should be. It was kept."),
    "odd-info": _("What the file says about itself has an unusual form."),
    "several-documents": _("There is more after the end of the first part of the file. It was read too."),
    "trailing-comma": _("A comma has nothing after it."),
    "trailing-data": _("At the end there is text that is not a record. It was kept as one value."),
    "utf-16": _("The file is in an unusual encoding (UTF-16). It was converted."),
}
_CLUES: dict[str, str] = {
    "label": _("It is stored under the name “{name}”"),
    "says": _("By its type “{name}”"),
    "columns": _("It has the columns of “{name}”"),
    "inside": _("It is inside the field “{name}”"),
    "configuration": _("We gave it the name “{name}”"),
    "text": _("It is a text of the form “{name}”"),
    "names-of-columns": _("by the names of its columns"),
    "no-known-keys": _("We do not know its fields"),
    "no-known-columns": _("We do not know its columns"),
    "name-of-a-list": _("It is the name of a list"),
    "name-of-the-list": _("It is the name of the list under “{name}”"),
    "page-of-a-listing": _("It is a page of a list"),
    "a-bare-text": _("It is a text on its own"),
    "a-bare-number": _("It is a number by itself"),
    "a-bare-truth-value": _("It is a yes or a no by itself"),
    "a-bare-null": _("It is an empty value by itself"),
    "a-list-of-bare-values": _("It is a list of values without names"),
    "error-message": _("It is an error message"),
    "request-for-a-picture": _("The program asked for an image"),
    "request-for-a-page": _("The program asked for a page"),
    "info-of-a-further-document": _("It says what a further file is about"),
    "nothing-in-it": _("There is nothing in it"),
    "nested-too-deeply": _("It is nested too deeply"),
}
_DEFECTS: dict[DefectCode, str] = {
    "base64-ended-early": _("There is text after the end of its code. It is shown with it."),
    "body-after-header-line": _("Its header does not end with an empty line."),
    "boundary-guessed": _("The line that separates its parts was guessed."),
    "boundary-missing": _("It does not say which line separates its parts."),
    "boundary-not-found": _("The line that should separate its parts is missing."),
    "bytes-not-in-charset": _(
        "It holds bytes that are no characters of {name}, as it says it is. Each is shown as �."
    ),
    "bytes-not-in-header-charset": _("Its header holds bytes that are no characters. Each is shown as �."),
    "charset-missing": _("It does not say which characters it uses. They had to be guessed."),
    "charset-mixed": _("It mixes characters of two kinds. Each was read as what it is."),
    "charset-undeclared": _("It does not say which characters it uses."),
    "charset-unknown": _("The character set {name} is unknown."),
    "charset-unknown-page-used": _(
        "The character set {name} is unknown. The one that the page names was used."
    ),
    "charset-wrong": _("It does not fit the character set {name} that it names."),
    "encoding-broken": _("Its encoding {name} contains errors. What could be read is shown."),
    "encoding-unknown": _("Its encoding {name} is unknown."),
    "encrypted": _("It is encrypted. Only its recipient can open it."),
    "header-missing": _("It has no header."),
    "header-not-first": _("There is something before its header."),
    "header-nul": _("Its header holds empty characters (NUL)."),
    "header-without-body": _("Its header does not end with an empty line."),
    "header-without-field": _("A line of its header has the wrong form."),
    "media-type-unreadable": _("It does not say clearly what kind of content it is."),
    "multipart-encoded": _("It is encoded as a whole, which the standard does not allow."),
    "multipart-not-closed": _("The line that should end it is missing."),
    "multipart-shown-as-text": _("It is shown as it is."),
    "nested-too-deeply": _("It is nested too deeply to be taken apart."),
    "outlook-format": _("It is in a form of Outlook (TNEF). The file is handed over as it is."),
    "parts-after-end": _("There are more parts after the line that should end it."),
    "second-content-type": _("It says twice what kind of content it is."),
    "second-encoding": _("It says twice how its content is encoded."),
    "signature-unreadable": _("It should be signed, but its form cannot be read."),
    "text-around-parts": _("There is text before or after its parts. It is among the files."),
    "too-many-parts": _("It has too many parts. The rest is kept in the last one."),
    "utf-8-twice": _("Its characters were encoded twice on the way. That has been undone here."),
    "uuencoded-file": _("Its text holds a file in an old form (uuencode). It is among the files."),
    "yenc-file": _("Its text holds a file in the form yEnc. It is left in the text."),
}
_MORE = re.compile(r"(\d+) more ")


def oddities(warnings: Iterable[ReadWarning], language: Language) -> list[tuple[str, str]]:
    """Pointer (empty for the whole file) and text of each warning."""
    shown = []
    for warning in warnings:
        text = language.text(ODDITIES.get(warning.code, "")) or f"{warning.code}: {warning.message}"
        more = _MORE.match(warning.message)
        if more and not warning.pointer:
            number = int(more.group(1))
            text += f" {language.count('And {n} more time.', 'And {n} more times.', number)}"
        shown.append((warning.pointer, text))
    return shown


def rule_text(rule: Rule, language: Language) -> str:
    """The text of the rule that recognised a record: `keys device` → It has the fields “device”."""
    return ", ".join(_clue_text(clue, language) for clue in rule.clues)


def _clue_text(clue: Clue, language: Language) -> str:
    if clue.code != "keys":
        return language.text(_CLUES[clue.code]).format(name=clue.name)
    names = [language.quoted(name) for name in clue.name.split()]
    said = language.count("It has the field {names}", "It has the fields {names}", len(names))
    return said.format(names=language.join(names))


def defect_text(defect: Defect, language: Language) -> str:
    """A defect in the report's language, with the number of the part that it concerns."""
    text = language.text(_DEFECTS[defect.code]).format(name=repr(defect.name))
    return (
        language.text("Part {number}: {note}").format(number=defect.part, note=text) if defect.part else text
    )
