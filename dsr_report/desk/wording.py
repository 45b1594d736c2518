"""What the desk calls things: states, events, kinds of findings, and why a finding is one."""

from __future__ import annotations

from dsr_report.languages import LANGUAGES, Language, language_of
from dsr_report.languages import translatable as _
from dsr_report.redact.findings import SECRETS, Finding
from dsr_report.redact.live_links import LINK_KINDS
from dsr_report.redact.marks import HIDDEN_THINGS
from dsr_report.register.entries import CaseEntry

STATES = {
    "received": _("received"),
    "acknowledged": _("receipt confirmed"),
    "collecting": _("data are being collected"),
    "collected": _("data collected"),
    "failed": _("collecting failed"),
    "expired": _("collecting failed"),
    "no-data": _("nothing was found"),
    "review": _("in review"),
    "approved": _("released"),
    "rendered": _("report made"),
    "follow-up": _("question after the answer"),
    "identity": _("paused: proof of identity asked"),
    "clarification": _("paused: clarification asked"),
    "sent": _("answered"),
    "refused": _("refused"),
    "withdrawn": _("withdrawn"),
    "closed": _("closed"),
}
EVENTS = {
    "received": _("The request was logged"),
    "receipt-noted": _("The day of receipt was noted"),
    "acknowledged": _("Receipt was confirmed"),
    "collecting-intended": _("The data will be asked for"),
    "posting": _("The data are being asked for"),
    "requested": _("The data were asked for"),
    "available": _("The data are ready at Copernica"),
    "collected": _("The data are here"),
    "identified": _("The export says whom it is about"),
    "failed": _("Collecting failed"),
    "expired": _("The data request has expired"),
    "abandoned": _("The data request was given up"),
    "review": _("Review began"),
    "approved": _("The report was released"),
    "rendered": _("A report was made and verified"),
    "paused": _("The period was paused"),
    "resumed": _("The period runs again"),
    "extended": _("The period was extended"),
    "sent": _("The answer was handed over"),
    "refused": _("The request was refused"),
    "withdrawn": _("The request was withdrawn"),
    "closed": _("The case was closed"),
    "note": _("Note"),
    "copied": _("A copy was made"),
}
WHY = {
    "access-code": _("Whoever has it can act as the person."),
    "password": _("Whoever has it can act as the person."),
    "key": _("Whoever has it can act as the person."),
    "credential": _("Whoever has it can act as the person."),
    "link-key": _("Whoever follows the link can act as the person: it carries a key."),
    "unsubscribe-link": _(
        "Whoever follows the link, also a program that checks links, unsubscribes the person."
    ),
    "personal-link": _("Anyone who follows the link can see or change the person's data."),
    "internal-note": _(
        "An opinion about the person is their personal data; a name in it may be someone else's."
    ),
    "shared-address": _("An address that several people may share: is the person who asked the only user?"),
    "other-person": _("The subprofiles have different names: one may be another person."),
    "special-category": _(
        "This may say something about health, belief, union, sexual life or crime (Art. 9)."
    ),
    "address": _("An address that is not the person's."),
    "person": _("A name that is not the person's."),
    "telephone": _("A telephone number that is not the person's."),
    "postal-address": _("A postal address that is not the person's."),
    "opaque-file": _("Nothing can look into this file. Open it yourself."),
}
_WHY_NUMBER = _("A payment or identity number: harmful if it reaches someone else. Whose is it?")
DECISIONS = {
    "disclose": _("Disclose"),
    "mask": _("Mask"),
    "withhold": _("Withhold"),
    "undecided": _("Undecided"),
}
DECIDED = {
    "disclose": _("disclosed"),
    "mask": _("masked"),
    "withhold": _("withheld"),
    "undecided": _("undecided"),
}
FILE_REASONS = {
    "locked": _("It is locked: unpack it with the password."),
    "damaged": _("It is damaged or not whole."),
    "encrypted": _("It is encrypted: read it with the key of its recipient."),
    "picture": _("It is an image: see what it shows, its text and faces, too."),
    "no-text": _("It has pages without text (a scan): read the pages."),
    "media": _("It is sound or film: play it."),
}
UPLOAD_FAULTS = {
    "no-form": _("The form could not be read. Try again."),
    "no-file": _("No file was chosen. Choose the file that Copernica sent."),
    "several-files": _("More than one file was chosen. Choose one."),
    "too-large": _("The file is larger than 2 GB."),
    "too-slow": _("The file took too long to arrive. Try again."),
    "cut-off": _("The file did not arrive whole. Try again."),
    "disk": _("The file could not be stored: the disk is full or cannot be written to."),
}
STEPS = {
    "": _("Waiting for its turn"),
    "ask": _("Asking Copernica"),
    "wait": _("Waiting for Copernica"),
    "download": _("Downloading"),
    "read": _("Reading the export"),
    "make": _("Making the report"),
    "verify": _("Verifying the report"),
}
JOBS = {
    "fetch": _("Collecting the data"),
    "read": _("Reading the export"),
    "make": _("Making the report"),
    "preview": _("Making the preview"),
}
CHECKS = {
    "seal": _("Unaltered since it was made"),
    "files": _("Every file is there and unaltered"),
    "safe": _("Safe: it runs nothing and loads nothing"),
    "sum": _("Complete: disclosed and hidden values add up"),
    "counts": _("Complete: counted again, no value is missing"),
    "export": _("Made of this export"),
    "subject": _("About the same person"),
    "records": _("The kinds of records agree"),
    "ledger": _("Every value has its place in the report"),
    "original": _("Apart from the marks, as in the original"),
    "leaks": _("Nothing hidden is left in it"),
    "readable": _("It can be read to its end"),
}
NEXT = {
    "fetch": _("Collect the data"),
    "review": _("Decide what others should not see"),
    "render": _("Make the report"),
    "reply": _("Answer the person"),
    "resume": _("Wait for the person's answer"),
    "close": _("Close the case"),
}
"""By the command that the register names."""
CHANNELS = {
    "mail": _("by e-mail"),
    "letter": _("by letter"),
    "form": _("by a form"),
    "phone": _("by telephone"),
    "counter": _("in person"),
}
SUBJECTS = {"subprofile": _("subprofile"), "profile": _("profile"), "email": _("e-mail address")}


def language_names() -> dict[str, str]:
    """Each language by its own name."""
    return {code: str(language_of(code).locale.get_language_name(code)).capitalize() for code in LANGUAGES}


def what(key: str, language: Language) -> str:
    """A kind of finding, in words."""
    return language.text(HIDDEN_THINGS.get(key, key))


def why(key: str, language: Language) -> str:
    """Why a finding of a kind is one."""
    return language.text(WHY.get(key, _WHY_NUMBER))


def shown(finding: Finding, language: Language) -> str:
    """What a list shows of a finding; secrets are shortened to what tells them apart."""
    if finding.file is None and finding.key in LINK_KINDS:
        told = language.count("{n} of them", "{n} of them", len(finding.decided))
    elif finding.file is None and finding.key in SECRETS:
        told = language.count("{n} character", "{n} characters", len(finding.value))
    else:
        return finding.shown
    return f"{finding.value[:2]}… ({told})"


def next_step(case: CaseEntry, language: Language) -> str:
    """What is to be done next for a case; empty where nothing is."""
    text = NEXT.get(case.next_step, "")
    return language.text(text) if text else ""


def due(case: CaseEntry, language: Language) -> str:
    """How urgent a case is, in words."""
    left = case.days_left
    if left is None:
        if case.replied_on:
            return language.text("answered on {day}").format(day=language.day(case.replied_on))
        return language.text(STATES.get(case.state, case.state))
    if left < 0:
        return language.count("{n} day overdue", "{n} days overdue", -left)
    if left == 0:
        return language.text("due today")
    return language.count("due in {n} day", "due in {n} days", left)


def subject(case: CaseEntry, language: Language) -> str:
    """Of whom a case is, as lists show it."""
    if case.subject_type is None:
        return language.text("not known yet")
    kind = language.text(SUBJECTS.get(case.subject_type, case.subject_type))
    if case.subject_id is None:
        return language.text("{kind} (removed)").format(kind=kind)
    return case.subject if "@" in case.subject_id else f"{kind} {case.subject_id}"
