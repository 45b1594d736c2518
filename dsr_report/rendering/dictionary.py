"""Labels and explanations of Copernica's fields in plain English; the catalogues hold the translations.

Restated from Copernica's REST, log-file and webhook documentation, read 2026-11.
"""

from __future__ import annotations

from typing import NamedTuple

from dsr_report.languages import Language
from dsr_report.records.kinds import kind_of, kinds_cache
from dsr_report.records.names import normalised_key
from dsr_report.sentences import translatable as _
from dsr_report.times import is_empty_date


class Entry(NamedTuple):
    """A readable label, and a sentence that explains the field."""

    label: str
    explanation: str


_FIELDS = (
    ("id", _("Number"), _("The number of this record in the e-mail system.")),
    ("timestamp time at", _("Time"), _("When it happened.")),
    ("timestampsent", _("Sent"), _("When the message was sent.")),
    ("created", _("Created"), _("When this record was created.")),
    ("modified", _("Last changed"), _("When this record was last changed.")),
    ("removed", _("Removed"), _("Whether, or when, this record was removed.")),
    ("secret", _("Access code"), _("A secret code in your personal links. Whoever has it can act as you.")),
    ("database databaseid", _("Database"), _("The number of the address list that holds this record.")),
    ("collection collectionid", _("Collection"), _("The number of the list that holds this record.")),
    ("profile profileid", _("Your profile"), _("The number of your profile.")),
    ("subprofile subprofileid", _("Part of your profile"), _("The number of this part of your profile.")),
    ("fields", _("Fields"), _("What was stored, under the name of each field.")),
    (
        "interests",
        _("Interests"),
        _("Topics that may interest you. Where a number stands behind one, 1 means yes and 0 means no."),
    ),
    ("interest", _("Interest"), _("A topic that interests you, as far as we know.")),
    ("group", _("Group"), _("The group that an interest belongs to.")),
    (
        "groupid mailing-group",
        _("Part of the mailing"),
        _("The number of the part of the mailing that you were in."),
    ),
    ("mailing mailingid emailing", _("Mailing"), _("The number of the mailing that the message belongs to.")),
    ("destination internal", _("Message to you"), _("The number of the message to you in a mailing.")),
    ("messageid", _("Message code"), _("The code of the message to you.")),
    ("message", _("Message"), _("The text or the code of a message.")),
    (
        "mime mail",
        _("Complete message"),
        _("The message exactly as it was sent, with all its technical lines."),
    ),
    ("html", _("HTML version"), _("The message with its layout.")),
    ("text", _("Text version"), _("The message as plain text.")),
    ("amp", _("Interactive version"), _("A version of the message with interactive parts.")),
    ("subject", _("Subject"), _("The subject line of a message.")),
    ("from_address", _("Sender"), _("Who sent the message.")),
    ("from", _("From"), _("The sender, or the address of the sending computer.")),
    ("to", _("To"), _("The address of the receiving computer.")),
    ("email recipient", _("E-mail address"), _("The address that the message was sent to.")),
    ("envelope", _("Return address"), _("Where a message goes back to if it cannot be delivered.")),
    (
        "ip",
        _("IP address"),
        _("The number under which a device or its network could be reached on the internet at that moment."),
    ),
    (
        "useragent user-agent",
        _("Device and program"),
        _("The line by which a browser or mail program identifies itself."),
    ),
    (
        "header headers",
        _("Technical lines"),
        _("What the browser or mail program sent along when it asked for an image or page."),
    ),
    ("referer", _("Referring page"), _("The page from which the link was followed.")),
    (
        "device",
        _("Kind of device"),
        _("An estimate of the type of device, based on how the program identifies itself."),
    ),
    ("countrycode countryname", _("Country"), _("An estimate of the country, based on the IP address.")),
    ("regioncode", _("Region"), _("An estimate of the region, based on the IP address.")),
    (
        "city",
        _("Place"),
        _("An estimate of the place, based on the IP address. It can be many kilometres off."),
    ),
    ("link", _("Link"), _("The link that was followed, as it stood in the template of the message.")),
    ("link_id linkinfo", _("Number of the link"), _("The number of the link in the e-mail system.")),
    ("link_title", _("Link text"), _("The words in the message that formed the link.")),
    ("original url", _("Link"), _("The link that was followed.")),
    ("attempt", _("Attempt"), _("Which delivery attempt this was, counting from 0.")),
    ("attempts", _("Attempts"), _("How many delivery attempts there were before.")),
    ("smtp-response", _("Reply of the mail server"), _("What the receiving mail server answered.")),
    ("description", _("Description"), _("What it is about, in words.")),
    (
        "errorcode extended",
        _("Error code"),
        _("The error code: 4 at the start means temporary, 5 means permanent."),
    ),
    ("errortype", _("Kind of error"), _("What kind of error it was.")),
    ("errortypedescription", _("Kind of error, in words"), _("What kind of error it was.")),
    ("code", _("Code"), _("A code: of an error, or of a voucher.")),
    ("status", _("Status"), _("The current state, or an error code.")),
    ("state", _("Phase"), _("At which point of the delivery it happened.")),
    ("type", _("Kind"), _("What kind of record it is.")),
    ("event", _("Kind of event"), _("What happened.")),
    ("content", _("Content"), _("The content, or the complete error message.")),
    (
        "recognized_as",
        _("Format of the spam complaint"),
        _("In which format your mail provider passed on the spam complaint."),
    ),
    ("feedback_type", _("Kind of spam complaint"), _("What the message was reported as.")),
    ("arf_version", _("Version of the format"), _("The version of the spam complaint's format.")),
    ("details", _("Details"), _("More about it, in words.")),
    ("report", _("Report"), _("What was reported.")),
    ("emailfrom", _("Reported by"), _("The address that reported the message.")),
    (
        "source",
        _("Source"),
        _("How it reached us: through a link or by e-mail, or the source of a document."),
    ),
    ("success", _("Succeeded"), _("Whether it worked.")),
    ("unsubscribed", _("Unsubscribed"), _("Whether you unsubscribed with this message.")),
    (
        "template templateid template_id",
        _("Template"),
        _("The number of the template that the message was made from."),
    ),
    ("document documentid", _("Document"), _("The number of the text that the message was made from.")),
    ("tags", _("Labels"), _("Labels that the sender gave to the message.")),
    ("senderdomain", _("Sending domain"), _("The internet domain that the message was sent from.")),
    ("properties", _("Settings"), _("Settings for sending, such as whether opens are counted.")),
    ("protocol", _("Kind of connection"), _("Whether the connection was encrypted (https).")),
    ("name", _("Name"), _("The name of the file, document or subject.")),
    ("directory", _("Folder"), _("The folder that the file is in.")),
    ("author", _("Stored by"), _("Who or what stored the file.")),
    ("size", _("Size"), _("The size in bytes.")),
    ("destinations", _("Recipients"), _("How many people the mailing went to.")),
    ("impressions", _("Opens"), _("How often the hidden image was loaded.")),
    ("clicks", _("Clicks"), _("How often a link was followed.")),
    ("deliveries", _("Deliveries"), _("How often a message was accepted.")),
    ("errors", _("Failed deliveries"), _("How often delivery failed.")),
    ("abuses", _("Spam complaints"), _("How often a message was reported as unwanted.")),
    ("unsubscribes", _("Unsubscribe requests"), _("How often someone unsubscribed.")),
    ("retries", _("Further delivery attempts"), _("How often delivery was tried again.")),
    ("target", _("Selection"), _("Which group of people the mailing went to.")),
    ("testgroups", _("Test groups"), _("How many groups the mailing was tested on first.")),
    ("finalgroup", _("Final group"), _("Whether it went out after the test.")),
    ("contenttype", _("Versions sent"), _("Whether a page version, a text version or both were sent.")),
    ("validfrom", _("Valid from"), _("The first day of a voucher.")),
    ("validuntil", _("Valid until"), _("The last day of a voucher.")),
    ("questions", _("Questions and answers"), _("What was asked, and what you answered.")),
    ("question", _("Question"), _("What was asked.")),
    ("answer", _("Answer"), _("What you answered.")),
    ("answers", _("Answers"), _("What you answered.")),
    ("survey", _("Survey"), _("The survey that you filled in.")),
    ("webform", _("Form"), _("The form that you filled in.")),
    ("submitter", _("Filled in by"), _("The person who filled in the form.")),
    ("submittees", _("Records created or changed"), _("The records that the form created or changed.")),
    ("field", _("Field"), _("The field that this is about.")),
    ("old oldvalue previous before", _("Before"), _("The value before it was changed.")),
    ("new newvalue after", _("After"), _("The value after it was changed.")),
    ("parameters", _("Changed values"), _("The values that were entered in the change.")),
    ("action", _("Action"), _("What was done.")),
    ("data", _("Content"), _("What the record holds.")),
    ("archived", _("Archived"), _("Whether it was archived and is no longer in use.")),
    ("attachments", _("Files"), _("Files that came with the message.")),
    ("embeds", _("Images"), _("Images that came with the message.")),
    ("extra", _("More data"), _("Free text that the sender stored with your profile.")),
    ("xml", _("Answers (XML)"), _("The answers in a format for computers.")),
    ("successes", _("Delivered"), _("How many text messages arrived.")),
    ("unknown", _("Unknown"), _("Of how many text messages it is unknown whether they arrived.")),
    ("total", _("In total"), _("How often in total.")),
    ("unique", _("Unique"), _("How often, counting each person or link once.")),
    ("available", _("Not used yet"), _("How many vouchers are still available.")),
    ("redeemed", _("Used"), _("How many vouchers were used, or when.")),
    ("sent", _("Sent"), _("How many vouchers were sent, or when.")),
    ("number", _("Number"), _("The number of a question, or a phone number.")),
    ("phone", _("Phone number"), _("The phone number that was used.")),
    ("user", _("Employee"), _("Who wrote this down.")),
    ("priority", _("Priority"), _("How urgent it is.")),
    ("response", _("Answer"), _("What the other system answered.")),
)
"""Names of members, separated by spaces; their label; what they hold."""
FIELDS: dict[str, Entry] = {
    name: Entry(label, explanation) for names, label, explanation in _FIELDS for name in names.split()
}

DEVICES: dict[str, str] = {
    "desktop": _("on a computer"),
    "mobile": _("on a phone"),
    "tablet": _("on a tablet"),
    "unknown": _("on an unknown device"),
}

STATUS: dict[str, str] = {
    "5.1.1": _("the mailbox does not exist"),
    "5.1.2": _("the domain of the address does not exist"),
    "5.1.10": _("the mailbox does not exist"),
    "5.2.1": _("the mailbox is closed"),
    "5.2.2": _("the mailbox is full"),
    "4.2.2": _("the mailbox is full"),
    "5.7.1": _("the mail server refused the message"),
    "4.7.1": _("the mail server temporarily refused the message"),
    "4.4.1": _("the mail server was not available"),
    "4.4.2": _("the connection was lost"),
}

SMTP_CODES: dict[str, str] = {
    "421": _("the mail server was not available"),
    "450": _("the mailbox was temporarily unavailable"),
    "451": _("the mail server had a problem"),
    "452": _("the mailbox is full"),
    "550": _("the mailbox does not exist or is closed"),
    "552": _("the mailbox is full"),
    "553": _("the address is not valid"),
    "554": _("the mail server refused the message"),
}
_CODES: dict[str, dict[str, str]] = {
    "feedback_type": {
        "abuse": _("spam or unwanted mail"),
        "dkim": _("a problem with the digital signature"),
        "fraud": _("fraud"),
        "miscategorized": _("in the wrong folder"),
        "not-spam": _("not spam after all"),
        "opt-out": _("a wish to receive no more messages"),
        "other": _("another reason"),
    },
    "recognized_as": {
        "arf": _("a standard format (ARF)"),
        "jmr": _("a Microsoft format (JMR)"),
        "none": _("no known format"),
    },
    "errortype": {"nohost": _("the mail server was not found")},
    "source": {"link": _("through a link"), "email": _("by e-mail")},
    "status": STATUS | {"available": _("not used yet"), "sent": _("sent to you"), "redeemed": _("used")},
    "extended": STATUS,
    "errorcode": STATUS | SMTP_CODES,
    "code": STATUS | SMTP_CODES,
    "state": {
        "bounce": _("after the message had first been accepted"),
        "rcpt": _("when the recipient's address was passed on"),
    },
    "type": {"mass": _("sent to many people"), "individual": _("sent to one person")},
    "contenttype": {
        "html": _("the HTML version"),
        "text": _("the text version"),
        "both": _("the HTML version and the text version"),
    },
    "device": DEVICES,
    "attempt": {"0": _("the first attempt")},
    "question-type": {
        "open": _("an answer in your own words"),
        "single": _("one choice"),
        "multi": _("one or more choices"),
        "grid": _("one answer for each line"),
    },
    "ip": {"0.0.0.0": _("IP address not stored")},  # noqa: S104 - an address in data, nothing is opened
}


def meaning_of(name: str, value: object, language: Language) -> str:
    """The meaning of a code (`5.1.1` → the mailbox does not exist); empty if the value is no known code."""
    if not isinstance(value, (str, int)) or isinstance(value, bool):
        return ""
    text = str(value)
    if text and is_empty_date(text):
        return language.text("no date")
    known = _CODES.get(str(name).lower(), {}).get(text.lower())
    return language.text(known) if known else ""


def label_of(name: str, language: Language, kind: str = "") -> str:
    """The label of a member; empty if unknown."""
    entry = _entry_of(str(name), kind)
    return language.text(entry.label) if entry else ""


def explanation_of(name: str, kind: str, language: Language) -> str:
    """The explanation of a member; empty if unknown."""
    entry = _entry_of(str(name), kind)
    return language.text(entry.explanation) if entry else ""


def _entry_of(name: str, kind: str) -> Entry | None:
    """The entry of the kind's own field, else of the member's name, else of the field's other names."""
    own, others = _entries_of(kind)
    key = normalised_key(name)
    return own.get(key) or FIELDS.get(name.lower()) or others.get(key)


@kinds_cache(256)
def _entries_of(kind: str) -> tuple[dict[str, Entry], dict[str, Entry]]:
    """Two mappings normalised key → entry: fields with their own label, and other names of known fields."""
    known = {normalised_key(name): entry for name, entry in FIELDS.items()}
    own: dict[str, Entry] = {}
    others: dict[str, Entry] = {}
    for one in kind_of(kind).fields:
        if one.label:
            own |= dict.fromkeys(one.keys, Entry(one.label, one.meaning))
        elif entry := next((known[key] for key in one.keys if key in known), None):
            others |= {key: known.get(key, entry) for key in one.keys if key}
    return own, others
