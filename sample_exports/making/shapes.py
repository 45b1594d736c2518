"""Records in the forms that Copernica documents, of both product families and in both styles.

`Record` has the kind, which a layout may use as label. REST-style records have ids as text and refer to a
message by its numeric id; log-style records have ids as numbers and refer to it by its hash.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple

from .dice import stamp

Family = Literal["publisher", "suite"]


class Record(NamedTuple):
    """One record of an export; `log` is the log file whose columns it has, if it is in log style."""

    kind: str
    value: dict[str, Any]
    log: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """The subject of the export, as stored in the account."""

    address: str
    profile: int
    subprofile: int
    database: int
    collection: int
    secret: str
    sender_domain: str


@dataclass(frozen=True, slots=True)
class Device:
    """A mail program or browser that loads pictures or follows links."""

    agent: str
    label: str
    kind: str
    ip: str
    place: tuple[str, str, str, str]

    @property
    def header(self) -> str:
        """The request header as stored in logs."""
        return f"Host: link.example\nUser-Agent: {self.agent}\nAccept: image/webp,*/*;q=0.8\nAccept-Language: nl-NL,nl;q=0.9"


@dataclass(slots=True)
class Sent:
    """One message to one person, with both of its ids."""

    family: Family
    hash: str
    number: int
    mailing: int
    template: int
    document: int
    group: int
    at: datetime
    subject: str
    mime: str
    tags: tuple[str, ...] = ()
    links: list[tuple[int, str, str]] = field(default_factory=list)


LOG_COLUMNS: dict[str, tuple[str, ...]] = {
    "cdm-attempts": tuple(
        "id time mailingid profileid subprofileid databaseid collectionid senderdomain templateid tags email".split()
    ),
    "cdm-delivery": tuple("id time attempts email tags senderdomain profile subprofile template".split()),
    "cdm-retry": tuple("id time attempt email tags senderdomain profile subprofile template".split()),
    "cdm-impression": tuple(
        "id time ip header email tags countrycode countryname regioncode city senderdomain profile subprofile "
        "template".split()
    ),
    "cdm-click": tuple(
        "id senderdomain time linkinfo ip header email tags countrycode countryname regioncode city profile "
        "subprofile template".split()
    ),
    "cdm-error": tuple(
        "id time type status description code email tags senderdomain profile subprofile template".split()
    ),
    "cdm-abuse": tuple("id time mail email tags senderdomain profile subprofile template".split()),
    "cdm-unsubscribe": tuple("id time email tags senderdomain profile subprofile template".split()),
    "pom-attempts": tuple(
        "id time groupid mailingid profileid subprofileid databaseid collectionid senderdomain templateid documentid "
        "tags email".split()
    ),
    "pom-deliveries": tuple(
        "id time attempts email tags senderdomain groupid profile subprofile template document".split()
    ),
    "pom-retries": tuple(
        "id time attempts email tags senderdomain groupid profile subprofile template document".split()
    ),
    "pom-impressions": tuple(
        "id time ip header email tags countrycode countryname regioncode city senderdomain groupid profile subprofile "
        "template document".split()
    ),
    "pom-clicks": tuple(
        "id time ip header email tags countrycode countryname regioncode city linkinfo senderdomain groupid profile "
        "subprofile template document".split()
    ),
    "pom-errors": tuple(
        "id time type status description code content email tags senderdomain groupid profile subprofile template "
        "document".split()
    ),
    "pom-abuses": tuple(
        "id time mail email tags senderdomain groupid profile subprofile template document".split()
    ),
    "pom-unsubscribes": tuple(
        "id time email tags senderdomain groupid profile subprofile template document".split()
    ),
}


class Shapes:
    """Makes records about one person, with ascending ids."""

    def __init__(self, person: Person, first_id: int) -> None:
        self.person = person
        self._last_id = first_id

    def next_id(self, step: int = 7) -> str:
        """A new record id, as text."""
        self._last_id += step
        return str(self._last_id)

    def _people(self) -> dict[str, Any]:
        person = self.person
        return {
            "profile": str(person.profile),
            "subprofile": str(person.subprofile) if person.subprofile else None,
        }

    def message(self, sent: Sent, *, mime: bool = True, unsubscribed: bool | None = None) -> Record:
        """A destination with the complete MIME message; without `mime`, as after a purge of the archive."""
        at = stamp(sent.at)
        if sent.family == "publisher":
            value = {"ID": sent.hash, "timestampsent": at, "internal": str(sent.number)}
        else:
            value = {"ID": str(sent.number), "messageID": sent.hash, "timestampsent": at}
        value |= {**self._people(), "mailing": str(sent.mailing)}
        if unsubscribed is not None:
            value["unsubscribed"] = unsubscribed
        if mime:
            value["mime"] = sent.mime
        return Record("message" if mime else "destination", value)

    def _context(self, sent: Sent) -> dict[str, Any]:
        name = "emailing" if sent.family == "publisher" else "mailing"
        return {name: str(sent.mailing), "destination": str(sent.number), **self._people()}

    def _log(self, log: str, kind: str, sent: Sent, at: datetime, **members: Any) -> Record:
        person = self.person
        known: dict[str, Any] = {
            "id": sent.hash,
            "time": stamp(at),
            "email": person.address,
            "tags": ";".join(sent.tags),
            "senderdomain": person.sender_domain,
            "profile": person.profile,
            "subprofile": person.subprofile,
            "template": sent.template,
            "document": sent.document,
            "groupid": sent.group,
            "mailingid": sent.mailing,
            "profileid": person.profile,
            "subprofileid": person.subprofile,
            "databaseid": person.database,
            "collectionid": person.collection,
            "templateid": sent.template,
            "documentid": sent.document,
        }
        known |= members
        return Record(kind, {column: known[column] for column in LOG_COLUMNS[log]}, log)

    def attempt(self, sent: Sent, at: datetime) -> Record:
        """A delivery attempt; logs only."""
        return self._log(
            "pom-attempts" if sent.family == "publisher" else "cdm-attempts", "attempt", sent, at
        )

    def retry(self, sent: Sent, at: datetime, attempt: int) -> Record:
        """A scheduled retry of a delivery; logs only."""
        if sent.family == "publisher":
            return self._log("pom-retries", "retry", sent, at, attempts=attempt)
        return self._log("cdm-retry", "retry", sent, at, attempt=attempt)

    def delivery(self, sent: Sent, at: datetime, *, attempts: int = 0, log: bool = False) -> Record:
        """A delivery: the receiving server accepted the message."""
        if log:
            name = "pom-deliveries" if sent.family == "publisher" else "cdm-delivery"
            return self._log(name, "delivery", sent, at, attempts=attempts)
        if sent.family == "publisher":
            reply = {"attempt": str(attempts), "smtp-response": "250 2.0.0 Ok: queued as 4F2C91A0B7"}
            return Record(
                "delivery", {"ID": self.next_id(), "timestamp": stamp(at), **reply, **self._context(sent)}
            )
        context = self._context(sent)
        value = {
            "ID": self.next_id(),
            "mailing": context.pop("mailing"),
            "timestamp": stamp(at),
            "attempts": attempts,
        }
        return Record("delivery", value | context)

    def opened(
        self, sent: Sent, at: datetime, device: Device, *, log: bool = False, old: bool = False
    ) -> Record:
        """An open: the pictures of a message were loaded."""
        code, country, region, city = device.place
        if log:
            name = "pom-impressions" if sent.family == "publisher" else "cdm-impression"
            return self._log(
                name, "open", sent, at, ip=device.ip, header=device.header,
                countrycode=code, countryname=country, regioncode=region, city=city,
            )  # fmt: skip
        value: dict[str, Any] = {
            "ID": self.next_id(),
            "timestamp": stamp(at),
            "ip": "0.0.0.0" if old else device.ip,  # noqa: S104 - old rows have this in place of an address
            "useragent": device.label if old else device.agent,
        }
        if sent.family == "publisher":
            value["referer"] = None
        return Record("open", value | {"device": "unknown" if old else device.kind} | self._context(sent))

    def clicked(
        self, sent: Sent, at: datetime, device: Device, link: tuple[int, str, str], *, log: bool = False
    ) -> Record:
        """A click: a link of a message was followed; `link` is its id, original URL, and title."""
        code, country, region, city = device.place
        number, authored, title = link
        if log:
            name = "pom-clicks" if sent.family == "publisher" else "cdm-click"
            return self._log(
                name, "click", sent, at, ip=device.ip, header=device.header, linkinfo=str(number),
                countrycode=code, countryname=country, regioncode=region, city=city,
            )  # fmt: skip
        when = {"timestamp": stamp(at), "ip": device.ip, "useragent": device.agent}
        if sent.family == "publisher":
            value = {"ID": self.next_id(), "link_id": str(number), "link": authored, "link_title": title}
            return Record("click", {**value, **when, "referer": None, **self._context(sent)})
        context = self._context(sent)
        value = {"ID": self.next_id(), "mailing": context.pop("mailing"), "link": authored}
        return Record("click", {**value, **when, **context})

    def error(
        self, sent: Sent, at: datetime, code: str, text: str, cause: str, *, log: bool = False
    ) -> Record:
        """A delivery error; a code that starts with 4 is temporary, with 5 permanent."""
        if log:
            name = "pom-errors" if sent.family == "publisher" else "cdm-error"
            smtp = {"4": "451", "5": "550"}[code[0]]
            return self._log(
                name, "error", sent, at, type=cause, status=code, description=text, code=smtp,
                content=f"{smtp} {code} {text}",
            )  # fmt: skip
        if sent.family == "publisher":
            cause_text = {
                "errortype": cause,
                "errortypedescription": "the receiving server refused the message",
            }
            value = {"ID": self.next_id(), "timestamp": stamp(at), "errorcode": code, "description": text}
            return Record("error", {**value, **cause_text, **self._context(sent)})
        context = self._context(sent)
        value = {
            "ID": self.next_id(),
            "mailing": context.pop("mailing"),
            "timestamp": stamp(at),
            "status": code,
        }
        return Record(
            "error", {**value, "errorcode": "0", "description": text, "errortype": cause, **context}
        )

    def abuse(self, sent: Sent, at: datetime, details: str = "", *, report: str = "") -> Record:
        """A spam complaint; `report` is the feedback message stored in a log."""
        if report:
            name = "pom-abuses" if sent.family == "publisher" else "cdm-abuse"
            return self._log(name, "abuse", sent, at, mail=report)
        value: dict[str, Any] = {"ID": self.next_id(), "timestamp": stamp(at)}
        if sent.family == "publisher":
            value |= {
                "recognized_as": "arf",
                "feedback_type": "abuse",
                "arf_version": "0.1",
                "details": details,
            }
        else:
            value["report"] = []
        return Record("abuse", value | self._context(sent))

    def unsubscribed(self, sent: Sent, at: datetime, source: str = "link", *, log: bool = False) -> Record:
        """An unsubscription through a message."""
        if log:
            name = "pom-unsubscribes" if sent.family == "publisher" else "cdm-unsubscribe"
            return self._log(name, "unsubscribe", sent, at)
        context = self._context(sent)
        if sent.family == "publisher":
            value: dict[str, Any] = {
                "ID": self.next_id(),
                "timestamp": stamp(at),
                "source": source,
                "success": True,
            }
        else:
            value = {"ID": self.next_id(), "mailing": context.pop("mailing"), "timestamp": stamp(at)}
            value |= {"destination": context.pop("destination"), "source": source, "success": True}
        return Record("unsubscribe", value | context)

    def statistics(self, sent: Sent, **totals: int) -> Record:
        """The counts of one destination."""
        names = ("abuses", "clicks", "deliveries", "errors", "impressions", "retries", "unsubscribes")
        value: dict[str, Any] = {"ID": sent.hash if sent.family == "publisher" else str(sent.number)}
        for name in names:
            total = totals.get(name, 0)
            value[name] = {"total": total}
            if sent.family == "suite" and name in {"clicks", "impressions", "unsubscribes"}:
                value[name]["unique"] = min(total, 1)
        return Record("statistics", value)
