"""What was wrong in the form of a message, in the words of the report."""

from __future__ import annotations

from dsr_report.languages import Language
from dsr_report.languages import translatable as _
from dsr_report.mime.defects import Defect, DefectCode

_TEXTS: dict[DefectCode, str] = {
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
    "signature-unreadable": _("It should be signed, but its form cannot be read."),
    "text-around-parts": _("There is text before or after its parts. It is among the files."),
    "too-many-parts": _("It has too many parts. The rest is kept in the last one."),
    "utf-8-twice": _("Its characters were encoded twice on the way. That has been undone here."),
    "uuencoded-file": _("Its text holds a file in an old form (uuencode). It is among the files."),
    "yenc-file": _("Its text holds a file in the form yEnc. It is left in the text."),
}


def note_text(defect: Defect, words: Language) -> str:
    """A defect in the report's language, with the number of the part that it concerns."""
    text = words.text(_TEXTS[defect.code]).format(name=repr(defect.name))
    return words.text("Part {number}: {note}").format(number=defect.part, note=text) if defect.part else text
