"""Classification by member names: the first signature that fits, else the keys of a declared kind.

Names are compared without case and separators (`names.normalised_key`): `smtp-response` is `smtpresponse`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from dsr_report.jsonstream.items import JsonValue
from dsr_report.records.kinds import KINDS, kinds_cache
from dsr_report.records.names import normalised_key, word_set
from dsr_report.records.rule import Rule, rule

Names = frozenset[str]
_MOST_NAMES = 60  # objects with more are not cached


class Signature(NamedTuple):
    """A kind, its characteristic members, and the predicate on an object's names."""

    kind: str
    what: str
    fits: Callable[[Names], bool]


def _all(*names: str) -> Callable[[Names], bool]:
    wanted = frozenset(names)
    return lambda found: wanted <= found


def _any(*names: str) -> Callable[[Names], bool]:
    wanted = frozenset(names)
    return lambda found: not wanted.isdisjoint(found)


_MOMENT = _any("time", "timestamp")
_FAULT = _any("errorcode", "errortype", "code", "status", "extended")
_UNSUBSCRIBE_LOG = word_set("id time email tags senderdomain groupid profile subprofile template document")
_ABUSE_LOG = word_set("id time envelope recipient tags templateid")
_SMS_ROW = word_set("mailing timestamp profile subprofile")
_FEEDBACK_ROW = word_set("time response recipient header")
_PERSON = word_set("id fields interests created modified removed")

# The order matters: see the comments.
SIGNATURES: tuple[Signature, ...] = (
    # Surveys and forms may carry `html` and `xml` of their own, so they come before message contents.
    Signature("survey", "questions", _any("questions", "surveyquestions")),
    Signature("form", "submitter", _any("submitter", "submittees", "webform")),
    # Returned messages have `mime` too.
    Signature("bounce", "mime envelope recipient", _all("mime", "envelope", "recipient")),
    Signature("abuse", "emailfrom", lambda n: {"mime", "emailfrom"} <= n),
    Signature("bounce", "mime envelope", _all("mime", "envelope")),
    Signature(
        "document",
        "source subject template",
        lambda n: {"source", "subject"} <= n and not n.isdisjoint({"template", "templateid"}),
    ),
    Signature("message", "mime", _any("mime", "html", "amp")),
    Signature("message", "text subject", _all("text", "subject")),
    Signature("message", "source subject", _all("source", "subject")),
    Signature("abuse", "feedback_type", _any("feedbacktype")),
    Signature("abuse", "recognized_as", _any("recognizedas")),
    Signature("abuse", "report", _any("report")),
    Signature("abuse", "mail email senderdomain", _all("mail", "email", "senderdomain")),
    Signature("abuse", "emailfrom", _any("emailfrom")),
    Signature("click", "link", _any("link", "linkid", "original", "linkinfo")),
    Signature("click", "url headers", _all("url", "headers")),
    Signature("impression", "device", _any("device")),
    # Old-style Publisher click logs have the very columns of impressions.
    Signature(
        "open_or_click", "ip header groupid document", lambda n: {"ip", "header", "groupid", "document"} <= n
    ),
    Signature(
        "impression",
        "ip useragent",
        lambda n: "ip" in n and not n.isdisjoint({"useragent", "header", "headers"}),
    ),
    Signature("error", "errorcode", _any("errorcode", "errortype")),
    Signature(
        "coupon", "code validfrom", lambda n: "code" in n and not n.isdisjoint({"validfrom", "validuntil"})
    ),
    Signature(
        "error",
        "code description status",
        lambda n: {"code", "description"} <= n and not n.isdisjoint({"status", "extended", "state"}),
    ),
    Signature("delivery", "smtp-response", _any("smtpresponse")),
    Signature("delivery", "attempts", lambda n: "attempts" in n and not _FAULT(n) and _MOMENT(n)),
    Signature("delivery", "attempt from to", lambda n: {"attempt", "from", "to"} <= n and "code" not in n),
    Signature("retry", "attempt email", lambda n: {"attempt", "email"} <= n),
    Signature("attempt", "mailingid profileid", _all("mailingid", "profileid")),
    Signature("attempt", "properties recipient", _all("properties", "recipient")),
    Signature(
        "unsubscribe",
        "source destination",
        lambda n: "source" in n and not n.isdisjoint({"destination", "success"}),
    ),
    Signature(
        "unsubscribe",
        "id time email tags senderdomain",
        lambda n: {"id", "time", "email", "tags", "senderdomain"} <= n <= _UNSUBSCRIBE_LOG,
    ),
    Signature("abuse", "id time envelope recipient tags templateid", lambda n: n == _ABUSE_LOG),
    # Before profiles: a webhook about a profile has `fields` and `database` as well.
    Signature("change", "parameters fields", _all("parameters", "fields")),
    Signature("subprofile", "fields collection", _all("fields", "collection")),
    Signature(
        "profile",
        "fields database",
        lambda n: "fields" in n and not n.isdisjoint({"database", "interests", "secret"}),
    ),
    Signature("profile", "ID fields", lambda n: {"id", "fields"} <= n <= _PERSON),
    Signature("message", "timestampsent", _any("timestampsent")),
    Signature("message", "internal", _any("internal")),
    Signature("message", "messageID", _any("messageid")),
    Signature(
        "sms_mailing",
        "message successes",
        lambda n: "message" in n and not n.isdisjoint({"successes", "unknown"}),
    ),
    Signature("mailing", "from_address destinations", _all("fromaddress", "destinations")),
    Signature(
        "snapshot",
        "name from_address subject",
        lambda n: {"name", "fromaddress", "subject"} <= n and not n.isdisjoint({"document", "template"}),
    ),
    Signature("file", "directory size", _all("directory", "size")),
    Signature("file", "name author size", _all("name", "author", "size")),
    Signature("coupon_campaign", "available sent redeemed", _all("available", "sent", "redeemed")),
    Signature("history", "old new", _any("oldvalue", "newvalue")),
    Signature("interest", "name group", lambda n: {"name", "group"} <= n and len(n) <= 5),
    Signature("survey", "answers", _any("answers")),
    Signature("survey", "question answer", _all("question", "answer")),
    Signature("sms", "mailing timestamp profile subprofile", lambda n: n == _SMS_ROW),
    Signature(
        "feedback_error",
        "response recipient header",
        lambda n: n == _FEEDBACK_ROW,
    ),
)
_COUNTED = word_set("abuses clicks deliveries errors impressions retries unsubscribes")

WRAPPERS = {"survey": "survey", "form": "webform"}
"""Kind → the member that may hold its record (follow-up variables), beside others about the moment."""
_WRAPPED = {
    "survey": word_set("questions answers results xml"),
    "form": word_set("fields submitter interests"),
}
"""Kind → members by which one of those is recognised."""


def by_names(names: Names) -> tuple[str, Rule] | None:
    """Kind and rule by an object's normalised names, or None."""
    return _remembered(names) if len(names) <= _MOST_NAMES else _by_signature(names)


def _by_signature(names: Names) -> tuple[str, Rule] | None:
    for kind, what, fits in SIGNATURES:
        if fits(names):
            return kind, rule("keys", what)
    for declared in KINDS.values():
        if declared.keys and declared.keys <= names:
            return declared.name, rule("keys", " ".join(sorted(declared.keys)))
    return None


_remembered = kinds_cache(8192)(_by_signature)


def by_members(value: dict[str, JsonValue]) -> tuple[str, Rule] | None:
    """Kind and rule by an object's names, and by its values where names alone do not suffice."""
    if not value:
        return None
    names = frozenset(map(normalised_key, value))
    if len(names & _COUNTED) >= 2 and is_statistics(value):
        return "statistics", rule("keys", "total")
    found = by_names(names)
    for kind, wrapper in WRAPPERS.items():
        inside = _WRAPPED[kind]
        if wrapper in names and (found is None or found[0] == wrapper):
            member = next(member for name, member in value.items() if normalised_key(name) == wrapper)
            if isinstance(member, dict) and not inside.isdisjoint(map(normalised_key, member)):
                within = min(inside & set(map(normalised_key, member)))
                return kind, rule("keys", f"{wrapper} {within}")
    if found is None and "target" in names:
        target = next((member for name, member in value.items() if normalised_key(name) == "target"), None)
        if isinstance(target, dict) and "sources" in target:
            return "mailing", rule("keys", "target sources")
    if found is not None and found[0] in {"profile", "subprofile"}:
        fields = next(member for name, member in value.items() if normalised_key(name) == "fields")
        if not isinstance(fields, (dict, list)):
            return None
    return found


def is_statistics(value: dict[str, JsonValue]) -> bool:
    """Whether two or more of an object's counted members hold a `total`."""
    counted = [member for name, member in value.items() if normalised_key(name) in _COUNTED]
    return sum(isinstance(member, dict) and "total" in member for member in counted) >= 2


def values_matter(names: Names) -> bool:
    """Whether `by_members` could look at values for an object of these names."""
    return len(names & _COUNTED) >= 2 or not names.isdisjoint({"target", "fields", "survey", "webform"})
