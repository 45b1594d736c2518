"""What was wrong in the form of a message, in the words of the report."""

from __future__ import annotations

import re

from dsr_report.languages import Language
from dsr_report.languages import translatable as _

_NOTES: dict[str, str] = {
    "no header": _("It has no header."),
    "no blank line ends the header": _("No empty line ends its header."),
    "something stands before its header": _("Something stands before its header."),
    "a line of the header is no field": _("A line of its header has the wrong form."),
    "its header holds NUL characters": _("Its header holds empty characters (NUL)."),
    "its media type cannot be read": _("It does not say clearly what kind of content it is."),
    "it is nested too deeply to be taken apart": _("It is nested too deeply to be taken apart."),
    "it is encoded as a whole, which multipart must not be": _(
        "It is encoded as a whole, which the standard does not allow."
    ),
    "its boundary does not occur": _("The line that should part its pieces does not occur."),
    "it has no boundary": _("It does not say which line parts its pieces."),
    "it is shown as it is": _("It is shown as it is."),
    "its boundary was guessed": _("The line that parts its pieces was guessed."),
    "its last boundary is missing": _("The line that should end it is missing."),
    "it has too many parts: the rest is kept in the last one": _(
        "It has too many parts. The rest is kept in the last one."
    ),
    "its text holds a uuencoded file": _("Its text holds a file in an old form (uuencode)."),
    "no charset is declared": _("It does not say which characters it uses."),
    "no charset is declared, and it is not UTF-8": _(
        "It does not say which characters it uses. They had to be guessed."
    ),
    "its UTF-8 was encoded a second time on its way, which is undone here": _(
        "Its characters were encoded twice on their way. That is undone here."
    ),
}
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), text)
    for pattern, text in (
        (
            "the charset (.+) is unknown, and the page's own is used",
            _("The character set {name} is unknown. The one that the page names was used."),
        ),
        ("the charset (.+) is unknown", _("The character set {name} is unknown.")),
        ("it is UTF-8, not (.+) as declared", _("It is in UTF-8, not in {name} as it says.")),
        (
            "it does not fit the declared charset (.+)",
            _("It does not fit the character set {name} that it names."),
        ),
        ("the transfer encoding (.+) is unknown", _("Its encoding {name} is unknown.")),
        ("its (.+) is broken", _("Its encoding {name} has faults. What could be read is shown.")),
    )
)
_PART = re.compile(r"part ([0-9.]+): ")


def note_text(note: str, words: Language) -> str:
    """A note of the message's parser in the report's language; one that has no wording stays as it is."""
    part = _PART.match(note)
    text = _worded(note[part.end() :] if part else note, words)
    return words.text("Part {number}: {note}").format(number=part.group(1), note=text) if part else text


def _worded(note: str, words: Language) -> str:
    if note in _NOTES:
        return words.text(_NOTES[note])
    for pattern, text in _PATTERNS:
        match = pattern.fullmatch(note)
        if match:
            return words.text(text).format(name=match.group(1))
    return note
