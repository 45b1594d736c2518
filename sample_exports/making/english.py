"""The export of an e-mail address without a profile, in contact with an invented English ferry company."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from .dice import hours_from_utc, moment, stamp
from .letters import Letter, Product, Shop, Words
from .shapes import Device, Person, Record, Sent
from .story import Story

PERSON = Person(
    "someone@example.org", 0, 0, 7660, 0, "c0ffee00c0ffee11c0ffee22c0ffee33", "mail.gannetline.example"
)
SHOP = Shop(
    name="Gannet Line",
    slogan="small ferries, big skies",
    domain="gannetline.example",
    sender="The crew of Gannet Line",
    footer=("Gannet Line Ltd", "1 Harbour Steps, Little Skerry ZZ0 0ZZ", "Company number 00000000"),
    colours=("#b5472b", "#23303d", "#f1efe9"),
    font="Helvetica,Arial,sans-serif",
    words=Words(
        language="en",
        online="View this email in your browser",
        look="Find out more",
        was="was",
        tip="From the bridge:",
        why="You receive this because you asked for our sailing news.",
        unsubscribe="Unsubscribe",
        preferences="Change preferences",
        privacy="Privacy notice",
        regards="Fair winds,",
        total="Total",
    ),
    menu=("Sailings", "Islands", "Freight", "Help"),
)
TRIPS = (
    Product(
        "Puffin weekend",
        "£64",
        "Two nights on Outer Skerry, breakfast and a pair of binoculars.",
        "islands/puffin",
    ),
    Product("Day return", "£18.50", "Out with the mail boat, back with the milk.", "sailings/day", "£22"),
    Product("Bike and tent", "£31", "Bring both; the deck has room.", "sailings/bike"),
    Product("Night crossing", "£45", "A bunk, a blanket and, with luck, northern lights.", "sailings/night"),
)
LAPTOP = Device(
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)",
    "Apple Mail, macOS",
    "desktop",
    "2001:db8:5::2a",
    ("GB", "United Kingdom", "ABD", "Aberdeen"),
)
NEWS = (
    ("2021-02-12 12:00:00", "Sailing news: the spring timetable", "More light, more sailings"),
    ("2021-07-09 12:00:00", "Sailing news: heading for Outer Skerry?", "Summer on the water"),
    ("2022-04-08 12:00:00", "Sailing news: a new boat needs a name", "Help us name her"),
    ("2022-11-11 12:00:00", "Sailing news: storm timetable from Monday", "When it blows, we wait"),
    ("2023-05-12 12:00:00", "Sailing news: puffins are back", "They came on Tuesday"),
)


def records() -> list[Record]:
    """All records of the address's export."""
    story = Story(
        SHOP,
        PERSON,
        "Someone",
        "gannet",
        120000,
        devices=(LAPTOP,),
        switch=moment("2022-01-01 00:00:00"),
        first_number=83000,
    )
    for index, (at, subject, heading) in enumerate(NEWS):
        letter = Letter(
            subject=subject,
            heading=heading,
            paragraphs=(
                "Dear traveller,",
                "The crew has been painting, and the timetable is ready. Book early for weekends: the boats are small.",
            ),
            products=TRIPS[: 2 + index % 3],
            tip="bring a jumper, even in July.",
            button=("See all sailings", "https://www.gannetline.example/sailings"),
        )
        story.send(
            at,
            letter,
            related=index == 1,
            tags=("sailing news",),
            encoding="base64" if index == 2 else "quoted-printable",
        )
    ticket = story.send(
        "2023-05-14 21:03:40",
        Letter(
            subject="Your ticket GL-77120",
            heading="You are booked",
            paragraphs=(
                "Hello,",
                "Puffin weekend, 2 to 4 June 2023, one person. Check-in closes 20 minutes before we sail.",
            ),
            rows=(("1", "Puffin weekend", "£64.00"),),
            total="£64.00",
            button=("Manage booking", "https://www.gannetline.example/booking/GL-77120?key=9f27d1c0"),
        ),
    )
    story.add(ticket, story.shapes.delivery(ticket, ticket.at + timedelta(seconds=4), log=True))
    found = [_without_profile(record) for record in story.finish()]
    return [*found, *_other_family(ticket), *_webhooks(story.sent[3])]


def _without_profile(record: Record) -> Record:
    value = {
        k: (None if k in {"profile", "subprofile"} and not record.log else v) for k, v in record.value.items()
    }
    return record._replace(value=value)


def _other_family(ticket: Sent) -> list[Record]:
    """Records in the form of the transactional product."""
    token = "smtp-7c1f0e9b2a"  # noqa: S105 - a message id
    common = {"envelope": f"bounce+{token}@mail.gannetline.example", "recipient": PERSON.address}
    at = ticket.at + timedelta(days=1)
    geo = {
        "city": "Aberdeen",
        "countryname": "United Kingdom",
        "countrycode": "GB",
        "regioncode": "ABD",
        "templateid": 12,
    }
    note = (
        "From: Robin Marsh <robin.marsh@example.com>\r\nTo: bounce@mail.gannetline.example\r\nSubject: Out of office: Your "
        "ticket\r\nDate: Mon, 15 May 2023 21:04:02 +0200\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n\r\nI am away until Monday. For urgent matters call Priya on "
        "+44 1632 960123.\r\nRobin\r\n"
    )
    header = f"User-Agent: {LAPTOP.agent}\nAccept: image/*\nCookie: session=4b825dc642cb6eb9a060e54bf8d69288"
    rows: list[tuple[str, dict[str, Any]]] = [
        ("attempt", {"id": token, "time": stamp(at), **common, "properties": "trackopens;inlinecss", "tags": "", "templateid": 12}),
        ("delivery", {"id": token, "time": stamp(at + timedelta(seconds=3)), **common, "from": "198.51.100.4",
                      "to": "203.0.113.9", "attempt": 1, "tags": "", "templateid": 12}),
        ("open", {"id": token, "time": stamp(at + timedelta(hours=2)), "headers": header, "ip": LAPTOP.ip,
                  "protocol": "https", "tags": "", "recipient": PERSON.address, **geo}),
        ("click", {"id": token, "time": stamp(at + timedelta(hours=2, seconds=40)), "headers": header, "ip": LAPTOP.ip,
                   "url": "https://link.gannetline.example/c/7c1f", "destination": "https://www.gannetline.example/check-in",
                   "tags": "", "recipient": PERSON.address, **geo}),
        ("response", {"id": token, "time": stamp(at + timedelta(minutes=1)), **common, "mime": note, "tags": "", "templateid": 12}),
    ]  # fmt: skip
    return [Record(kind, value, f"smtpeter-{kind}") for kind, value in rows]


def _webhooks(sent: Sent) -> list[Record]:
    """Stored webhook calls: the only records with Unix timestamps."""
    at = sent.at + timedelta(hours=3)
    unix = int((at - moment("1970-01-01 00:00:00")).total_seconds()) - 3600 * hours_from_utc(at)
    common = {
        "id": sent.hash,
        "timestamp": stamp(at),
        "time": str(unix),
        "recipient": PERSON.address,
        "tags": list(sent.tags),
    }
    returned = (
        "From: Mail Delivery System <mailer-daemon@example.org>\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="=_dsn"\r\nMIME-Version: 1.0\r\n\r\n'
        "--=_dsn\r\nContent-Type: text/plain\r\n\r\nYour message could not be delivered.\r\n--=_dsn\r\nContent-Type: "
        "message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\nFinal-Recipient: rfc822; "
        "someone@example.org\r\nAction: failed\r\nStatus: 4.2.2\r\n\r\n--=_dsn--\r\n"
    )  # fmt: skip
    return [
        Record("open", {"type": "open", **common, "ip": LAPTOP.ip, "useragent": LAPTOP.agent}),
        Record(
            "bounce",
            {"type": "bounce", **common, "envelope": "b-1@mail.gannetline.example", "mime": returned},
        ),
    ]
