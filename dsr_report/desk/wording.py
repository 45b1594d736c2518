"""The desk's texts for states, events, kinds of findings and their reasons, and errors."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from dsr_report.languages import LANGUAGES, Language, language_of
from dsr_report.records.kinds import KINDS
from dsr_report.redact.findings import SECRETS, Finding
from dsr_report.redact.live_links import LINK_KINDS
from dsr_report.redact.marks import HIDDEN_THINGS
from dsr_report.register.entries import CaseEntry
from dsr_report.sentences import from_data
from dsr_report.sentences import translatable as _

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
OUR_ERROR = _("An error of ours. Nothing was changed; go back and try again.")
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
    "companion": _("The letter and its annexes belong together"),
}
NEXT = {
    "fetch": _("Collect the data"),
    "review": _("Decide what others should not see"),
    "render": _("Make the report"),
    "reply": _("Answer the person"),
    "resume": _("Wait for the person's answer"),
    "close": _("Close the case"),
}
"""Command that the register names as next step → text."""
CHANNELS = {
    "mail": _("by e-mail"),
    "letter": _("by letter"),
    "form": _("by a form"),
    "phone": _("by telephone"),
    "counter": _("in person"),
}
SUBJECTS = {"subprofile": _("subprofile"), "profile": _("profile"), "email": _("e-mail address")}
VOCABULARIES = {
    "states": STATES,
    "decisions": DECISIONS,
    "decided": DECIDED,
    "jobs": JOBS,
    "job_steps": STEPS,
    "checks": CHECKS,
    "file_reasons": FILE_REASONS,
}
"""Lookup tables of texts, by their names in templates."""

IN_PLACE = {
    "--received": _("the day on which the request was received"),
    "Make one with `dsr-report config init`.": _("Fill in the statements: the desk makes the file."),
    "`dsr-report config init` shows how it is written.": _(
        "Mend the file, or move it away and fill in the statements again."
    ),
    "`dsr-report config init` shows every key.": _(
        "Mend the file, or move it away and fill in the statements again."
    ),
    "is not TOML: {error}": _("has a fault near line {line}"),
    "SOURCE_DATE_EPOCH is not a number of seconds since 1970": _(
        "the day of the desk is set wrongly (SOURCE_DATE_EPOCH)"
    ),
    "Run `dsr-report verify`.": _("Look at its checks under “What was made”, and make it again."),
    "this report was made with --original, for your own archive: it contains working codes and links": _(
        "this report was made for your own archive: it contains working codes and links"
    ),
    "Render it again without --original.": _("Make it again here."),
    "Render it as .pdf or .zip first.": _("Make it as PDF or package first."),
    "pip install 'dsr-report[postgresql]'": _("Ask whoever installed dsr-report to add it."),
    "Install it: pip install 'dsr-report[{extra}]'.": _("Ask whoever installed dsr-report to add it."),
    "Run: pip install 'dsr-report[keyring]', or keep the token in a private file with --file.": _(
        "Ask whoever installed dsr-report to add it."
    ),
    "Keep the token in a private file with --file.": _(
        "Ask whoever set up the desk to keep the token in a private file."
    ),
    "Unlock it, or keep the token in a private file with --file.": _(
        "Unlock it, then enter the token again."
    ),
    "Check the request id, and ask Copernica. To take it all the same: --accept-subject; the "
    "register notes it.": _("Check the request id, and ask Copernica."),
    "Check COPERNICA_TOKEN.": _("Enter the API token again under Settings."),
    "Check COPERNICA_TOKEN: is it the token from the dashboard, and still valid?": _(
        "Is it the token from Copernica's dashboard, and still valid? Enter it again under Settings."
    ),
    "Check COPERNICA_TOKEN: may it use this API, from this network?": _(
        "May the token use this API, from this network? Look in Copernica's dashboard."
    ),
    "Create one in Copernica's dashboard, and set COPERNICA_TOKEN or run `dsr-report login`.": _(
        "Create one in Copernica's dashboard, and enter it under Settings."
    ),
    "Run: chmod 600 FILE": _("Ask whoever set up the desk to make it private."),
    "Check the id and its --type.": _("Check the number, and whether it is of a subprofile or of a profile."),
    "Check COPERNICA_API_URL.": _("Ask whoever set up the desk to check the address of the API."),
    "The usual ones are {api_url} and {auth_url}.": _(
        "Ask whoever set up the desk to check the address of the API."
    ),
    "Check COPERNICA_AUTH_URL, and whether a proxy stands in between.": _(
        "Ask whoever set up the desk to check the address of the login server, and whether a "
        "proxy stands in between."
    ),
    "If that is Copernica's, set COPERNICA_API_URL to it.": _(
        "Ask whoever set up the desk to check the address of the API."
    ),
    "Is there a proxy that wants a login? Look in Copernica's dashboard whether a data "
    "request was made, and take it up with --request ID.": _(
        "Is there a proxy that wants a login? Look in Copernica's dashboard whether a data "
        "request was made, then say so on the page of the case."
    ),
    "Find the id in the dashboard and take it up with --request ID.": _(
        "Find the id in Copernica's dashboard, and enter it on the page of the case."
    ),
    "Look in Copernica's dashboard whether a data request was made, and take it up with --request ID.": _(
        "Look in Copernica's dashboard whether a data request was made, then say so on the page of the case."
    ),
    "Look in the dashboard, then: dsr-report register attach {number} REQUEST_ID, or: "
    "dsr-report register abandon {number} --reason TEXT": _(
        "Look in Copernica's dashboard whether a data request was made, then say so on the page of the case."
    ),
    "Use the id that `fetch` printed.": _("Use the id that stands in Copernica's dashboard."),
    "The same command takes it up again, or: dsr-report fetch --request {id}": _(
        "Nothing is lost. Collect the data again later: the desk takes the data request up."
    ),
    "Once it can be used, the same command takes the data request up.": _(
        "Once it can be used, collect the data again: the desk takes the data request up."
    ),
    "Once it can be used, run: {attach}; then the same command again.": _(
        "Once it can be used, enter the request id on the page of the case."
    ),
    "Run the same command again: it takes up what there is.": _(
        "Collect the data again: the desk takes the data request up."
    ),
    "name a subject (ID) or a data request (--request)": _("it is not known whom the data request is about"),
    "Name a file in it with --output.": _("Ask whoever set up the desk to check its folder."),
    "Make the folder, or choose another place with --output.": _(
        "Ask whoever set up the desk to check its folder."
    ),
    "Choose another place with --output.": _("Ask whoever set up the desk to check its folder."),
    "Nothing was left behind; free some space or choose another place with --output.": _(
        "Nothing was left behind. Free some space, then try again."
    ),
    "Free some space, or set TMPDIR to another folder.": _("Free some space, then try again."),
    "Choose another place with {variable}.": _(
        "Ask whoever set up the desk to check the place of the register."
    ),
    "Download it again, or read the intact part with --salvage.": _(
        "Download it again. If that does not help, tick that it may be broken: what is whole of it is taken."
    ),
    "It is not all that there is: `dsr-report fetch ID` asks for the export of the person.": _(
        "It is not all that there is. Collect the data of the person."
    ),
    "`dsr-report fetch ID` asks for the export of a person.": _("Collect the data of the person."),
    "Pass the path of the export, its bytes, or a file that was opened with mode 'rb'.": _(
        "Take the file that Copernica sent."
    ),
    "Open it in binary mode ('rb').": _("Take the file that Copernica sent."),
    "Run `dsr-report review` on this export again.": _("Go through the review again."),
    "Make a new file with `dsr-report review`.": _("Go through the review again."),
    "Make one with `dsr-report review EXPORT -o FILE`.": _("Go through the review again."),
    "Run `dsr-report review EXPORT -o` with this file: it keeps the decisions that still apply.": _(
        "Go through the review again."
    ),
    "Check the pointers in the review file: each leads to a value, a message or a record.": _(
        "Look at it under “What is hidden”, and take it back there."
    ),
    "Check its spelling in the review file, or name its pointer.": _(
        "Look at it under “What is hidden”, and take it back there."
    ),
    "Read each [[text]] of the review file and set `read = true`, or decide on it.": _(
        "Read each text in the review, and tick it or decide on it."
    ),
    "Open each, then set `looked_at = true` or withhold it in the review file; `dsr-report "
    "review` lists them.": _("Open each, then tick that you looked at it, or withhold it."),
    "Open each, then set `looked_at = true` or withhold it in the review file": _(
        "Open each, then tick that you looked at it, or withhold it."
    ),
    "Decide them in the review file.": _("Decide them in the review."),
    "they are disclosed. Decide them in the review file": _("they are disclosed. Decide them in the review"),
    "Close it with --reason, or note the answer first (register sent, refuse).": _(
        "Note the answer first, or that it was refused."
    ),
    "dsr-report register list --all shows them.": _("The first page lists all cases."),
    "dsr-report register show REFERENCE lists the numbers of a case.": _(
        "Look at the log on the page of the case."
    ),
    "Look with `dsr-report register show`, before it is done again.": _(
        "Look at the log on the page of the case, before it is done again."
    ),
    "Nothing was written. Please report this with the output of `dsr-report inspect -v`.": _(
        "Nothing was written. Please report this to those who maintain dsr-report."
    ),
    "Nothing was written. Please report this with the output of `dsr-report inspect -v {place}`.": _(
        "Nothing was written. Please report this to those who maintain dsr-report."
    ),
    "Nothing was written. Please report this: the export has a form that we do not know.": _(
        "Nothing was written. Please report this to those who maintain dsr-report."
    ),
    "Check the recipient, then add --confirm-recipient.": _(
        "Check the recipient, then tick that it is right."
    ),
    "Complete the configuration (`dsr-report config check`).": _("Fill in the statements."),
    "`dsr-report config init -o controller.toml` writes them to fill in; give it with --config": _(
        "fill in the statements"
    ),
    "fill them in ({path}) and run `dsr-report config check`": _("fill in the statements"),
    "records that were not recognised: {n} (see `dsr-report inspect -v {place}`)": _(
        "records that were not recognised: {n}"
    ),
    "older than promised: by [[retention]] {number} (keep = {keep}, after = {after}) these "
    "records should be gone on {today}: {kinds}; the oldest is of {first}": _(
        "older than promised: by period {number} of the statements ({keep}) these records should "
        "be gone on {today}: {kinds}; the oldest is of {first}"
    ),
    "the reply is dated {replied} but was due by {due}; if the deadline was extended or "
    "moved by a weekend or holiday, set it with --due; --delay says why on page 1": _(
        "the reply is dated {replied} but was due by {due}; if the period was extended, note "
        "that on the page of the case"
    ),
    "fields of the profile of which it is not said where their data come from: {n}; "
    "`{command}` lists them to fill in": _(
        "fields of the profile of which it is not said where their data come from: {n}; say it "
        "in the statements"
    ),
    "--annexes apart is for PDF (a ZIP has them apart in any case)": _(
        "only a PDF can have its annexes apart"
    ),
    "Leave --annexes out.": _("Choose annexes inside."),
    "Remove it by hand, then run the same command again.": _("Remove it by hand, then try again."),
    "the keyring needs the extra 'keyring'": _(
        "the keyring needs a part of dsr-report that is not installed"
    ),
}
"""Text that names commands, options or variables → the desk's text in its place."""


def in_words(sentence: str, language: Language) -> str:
    """Translate an error, a check or a warning, in the desk's terms."""
    return language.say(from_data(sentence), _instead())


@cache
def _instead() -> Mapping[str, str]:
    """Text or code within a sentence → the desk's text in its place."""
    kinds = {kind.name: kind.title[1] for kind in KINDS.values()}
    return kinds | SUBJECTS | FILE_REASONS | STATES | IN_PLACE


def as_sentence(text: str) -> str:
    """Capitalise a text, and end it with a full stop."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) or not text else ".")


def language_names() -> dict[str, str]:
    """Language code → the language's own name."""
    return {code: str(language_of(code).locale.get_language_name(code)).capitalize() for code in LANGUAGES}


def what(key: str, language: Language) -> str:
    """The name of a kind of finding."""
    return language.text(HIDDEN_THINGS.get(key, key))


def why(key: str, language: Language) -> str:
    """The reason why values of a kind are findings."""
    return language.text(WHY.get(key, _WHY_NUMBER))


def excerpt(finding: Finding, language: Language) -> str:
    """The text of a finding in a list; a secret is shortened to two characters and its length."""
    if finding.file is None and finding.key in LINK_KINDS:
        told = language.count("{n} of them", "{n} of them", len(finding.decided))
    elif finding.file is None and finding.key in SECRETS:
        told = language.count("{n} character", "{n} characters", len(finding.value))
    else:
        return finding.shown
    return f"{finding.value[:2]}… ({told})"


def next_step(case: CaseEntry, language: Language) -> str:
    """The next step of a case in words; empty without one."""
    text = NEXT.get(case.next_step, "")
    return language.text(text) if text else ""


def due(case: CaseEntry, language: Language) -> str:
    """The urgency of a case in words."""
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
    """The subject of a case, for display in lists."""
    if case.subject_type is None:
        return language.text("not known yet")
    kind = language.text(SUBJECTS.get(case.subject_type, case.subject_type))
    if case.subject_id is None:
        return language.text("{kind} (removed)").format(kind=kind)
    return case.subject if "@" in case.subject_id else f"{kind} {case.subject_id}"
