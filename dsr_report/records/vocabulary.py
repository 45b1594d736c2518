"""The words that name a kind of record: on containers, in `type` and `event` members, in names of logs."""

from __future__ import annotations

import re
from functools import lru_cache


def word_set(text: str) -> frozenset[str]:
    """The words of a text, as a set: how this room writes its lists of names."""
    return frozenset(text.split())


# kind → the words for it: Copernica's products, their documentation, Dutch labels that are conceivable.
# Separators, case, prefixes of products and words such as "log" do not matter (see `kind_named`).
_WORDS: dict[str, str] = {
    "profile": "profile profiles profiel profielen profiledata",
    "subprofile": "subprofile subprofiles subprofiel subprofielen miniprofile",
    "interest": "interest interests interesse interesses",
    "file": "file files upload uploads attachment attachments pdf pdfs bestand bestanden bijlage bijlagen "
    "uploadedfile uploadedfiles profilefile profilefiles",
    "message": "message messages mail mails mime mimes email emails destination destinations bericht "
    "berichten body bodies sentmessage sentmessages",
    "mailing": "mailing mailings emailing emailings mailingen",
    "document": "document documents documenten template templates sjabloon sjablonen",
    "snapshot": "snapshot snapshots momentopname momentopnamen",
    "statistics": "statistic statistics statistiek statistieken",
    "attempt": "attempt attempts poging pogingen",
    "delivery": "delivery deliveries aflevering afleveringen bezorging bezorgingen delivered",
    "retry": "retry retries herhaling herhalingen",
    "impression": "open opens opened opening openings openingen impression impressions impressie impressies "
    "vertoning vertoningen weergave weergaven",
    "click": "click clicks clicked klik kliks klikken",
    "error": "error errors failure failures failed fout fouten foutmelding foutmeldingen",
    "bounce": "bounce bounces bounced",
    "response": "response responses antwoord antwoorden autoreply autoreplies",
    "abuse": "abuse abuses complaint complaints klacht klachten spamklacht spamklachten",
    "unsubscribe": "unsubscribe unsubscribes unsubscription unsubscriptions unsubscribed afmelding "
    "afmeldingen uitschrijving uitschrijvingen",
    "sms_mailing": "smsmailing smsmailings smsmailingen textmailing textmailings",
    "sms": "sms smses text texts textmessage textmessages smsmessage smsmessages smserror smserrors "
    "smsbericht smsberichten",
    "fax": "fax faxes faxen faxmailing faxmailings",
    "survey": "survey surveys enquete enquetes enquête enquêtes submission submissions surveysubmission "
    "surveysubmissions submittedsurvey submittedsurveys inzending inzendingen",
    "form": "form forms webform webforms formulier formulieren webformulier webformulieren formsubmission "
    "formsubmissions webformsubmission webformsubmissions",
    "history": "history histories mutation mutations geschiedenis mutatie mutaties historie fieldhistory",
    "change": "change changes create update delete creates updates deletes wijziging wijzigingen callback "
    "callbacks",
    "contact": "contact contacts lastcontact contactmoment contactmomenten",
    "todo": "todo todos taak taken task tasks",
    "note": "note notes notitie notities opmerking opmerkingen",
    "coupon": "coupon coupons kortingscode kortingscodes waardebon waardebonnen",
    "coupon_campaign": "couponcampaign couponcampaigns couponcampagne couponcampagnes",
    "feedback_error": "feedbackerror feedbackerrors feedbackloop feedbacklooperror feedbacklooperrors",
}
KIND_OF_WORD: dict[str, str] = {word: kind for kind, words in _WORDS.items() for word in words.split()}

_PREFIXES = (
    "px",
    "cdm",
    "pom",
    "ms",
    "publisher",
    "marketingsuite",
    "smtpeter",
    "old",
    "html",
    "draganddrop",
)
_NOISE = word_set(
    "log logs logfile logfiles event events record records row rows list lists data table old new json csv "
    "xml all lijst"
)
_CAMEL = re.compile(r"(?<=[a-zà-ÿ])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = re.compile(r"[^\W\d_]+")

# Words that also name fields of records: as a label they only decide where the members do not speak against.
WEAK_KINDS = word_set("profile subprofile message mailing document sms file response statistics contact")
EVENT_KINDS = word_set(
    "attempt delivery retry impression click open_or_click error bounce response abuse unsubscribe"
)
_LONGEST = 80


def _words(label: str) -> list[str]:
    found = [word.lower() for word in _WORD.findall(_CAMEL.sub(" ", label))]
    return [word for word in found if word not in _NOISE]


def _joined(words: list[str]) -> str | None:
    """The kind that the words name together, with or without prefixes of products."""
    for start in range(len(words) + 1):
        rest = "".join(words[start:])
        if rest in KIND_OF_WORD:
            return KIND_OF_WORD[rest]
        if start < len(words) and words[start] not in _PREFIXES:
            break
    rest = "".join(words)
    for prefix in _PREFIXES:  # written without a separator: PxPomClick in lower case, msclicks
        if (
            rest.startswith(prefix)
            and len(rest) > len(prefix) + 2
            and (kind := _joined([rest[len(prefix) :]]))
        ):
            return kind
    return None


@lru_cache(maxsize=4096)
def kind_named(name: str) -> str | None:
    """The kind that a discriminator's value names (`open`, `cdm-click`, `Klikken`), or None."""
    if len(name) > _LONGEST:
        return None
    return _joined(_words(name))


@lru_cache(maxsize=4096)
def kind_labelled(name: str) -> str | None:
    """The kind that a container's name gives to what it holds: as `kind_named`, and also `profile files`."""
    if len(name) > _LONGEST:
        return None
    words = _words(name)
    return _joined(words) or (KIND_OF_WORD.get(words[-1]) if 1 < len(words) <= 4 else None)


_SEPARATORS = re.compile(r"[-_ .]+")


@lru_cache(maxsize=16384)
def normalised_key(name: str) -> str:
    """A member's name without case and separators: `user-agent`, `User_Agent` and `useragent` are one."""
    return _SEPARATORS.sub("", str(name).lower())
