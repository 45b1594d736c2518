"""What was odd in the file, and how records were recognised: the tool's own codes in the words of the report."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dsr_report.jsonstream.items import ReadWarning
from dsr_report.languages import Language
from dsr_report.languages import translatable as _
from dsr_report.records.rule import Rule

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
    "says": _("It calls itself “{name}”"),
    "keys": _("It has the fields “{name}”"),
    "columns": _("It has the columns of “{name}”"),
    "inside": _("It is inside the field “{name}”"),
    "configuration": _("We gave it the name “{name}”"),
    "text": _("It is a text of the form “{name}”"),
    "names-of-columns": _("by the names of its columns"),
    "no-known-keys": _("We do not know its fields"),
    "no-known-columns": _("We do not know its columns"),
    "name-of-a-list": _("It is the name of a list"),
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
_MORE = re.compile(r"(\d+) more ")


def oddities(warnings: Iterable[ReadWarning], words: Language) -> list[tuple[str, str]]:
    """Each warning as its place in the export (or nothing) and what was odd there."""
    shown = []
    for warning in warnings:
        text = words.text(ODDITIES.get(warning.code, "")) or f"{warning.code}: {warning.message}"
        more = _MORE.match(warning.message)
        if more and not warning.pointer:
            number = int(more.group(1))
            text += f" {words.count('And {n} more time.', 'And {n} more times.', number)}"
        shown.append((warning.pointer, text))
    return shown


def rule_text(rule: Rule, words: Language) -> str:
    """What decided the kind of a record: `keys device` → It has the fields “device”."""
    return ", ".join(words.text(_CLUES[clue.code]).format(name=clue.name) for clue in rule.clues)
