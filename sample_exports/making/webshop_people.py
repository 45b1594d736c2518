"""Other records of the customer: profile, surveys, forms, text messages, files and more."""

from __future__ import annotations

from typing import Any

from .dice import stamp
from .shapes import Record
from .story import Story
from .webshop import PERSON


def profile() -> Record:
    """The customer's profile, with fields of every type."""
    fields = {
        "Email": PERSON.address,
        "Aanhef": "mevrouw",
        "Voornaam": "Noëlle",
        "Tussenvoegsel": "van der",
        "Achternaam": "Zwaluw",
        "Geboortedatum": "1984-06-17",
        "Adres": "Rietgorsstraat 48 bis",
        "Postcode": "0000 ZZ",
        "Woonplaats": "Lisveen",
        "Land": "NL",
        "Telefoon": "0201234567",
        "Mobiel": "0031612345678",
        "Nieuwsbrief": "nee",
        "NieuwsbriefSinds": "2021-03-14",
        "Afmelddatum": "2024-02-20 18:02:31",
        "Klantgroep": "vaste klant",
        "Segmentscore": "0.7310",
        "Bestellingen": "8",
        "Omzet": "918.30",
        "LaatsteBestelling": "2023-09-16 16:45:37",
        "LaatsteRetour": "0000-00-00",
        "Opmerking": "Belde 3-11-2022: lamp kapot, nieuwe gestuurd.\r\nWil liever niet op maandag bezorgd worden.",
        "Toestemming": "1",
        "Account_manager": "",
        "Partner": "90119",
    }
    interests = {"Tuin": 1, "Balkon": 1, "Keuken": 0, "Licht": 1, "Workshops": 1, "Kamerplanten": 0}
    value = {
        "ID": str(PERSON.profile), "fields": fields, "interests": interests, "database": str(PERSON.database),
        "secret": PERSON.secret, "created": "2021-03-14 20:01:58", "modified": "2024-02-20 18:02:33", "removed": False,
        "extra": "",
    }  # fmt: skip
    return Record("profile", value)


def subprofile() -> Record:
    """The customer's webshop account."""
    fields = {
        "Klantnummer": "004417",
        "Winkel": "kroosduiker.example",
        "AccountSinds": "2021-04-19 21:10:00",
        "LaatsteInlog": "2023-09-16 16:31:02",
        "Betaalwijze": "overschrijving",
        "Bezorgvoorkeur": "bij de buren, nr. 50",
        "Spaarpunten": "275",
        "GemiddeldeOrderwaarde": "114.79",
        "Nieuwsbriefvariant": "B",
        "Verjaardagsmail": "ja",
        "VerlaatMandje": "0000-00-00 00:00:00",
        "Maat_schort": "",
    }
    value = {
        "ID": str(PERSON.subprofile), "secret": "a71c09e35d8842b1b60f2ec9d4478a15", "fields": fields,
        "profile": str(PERSON.profile), "collection": str(PERSON.collection), "created": "2021-04-19 21:10:00",
        "modified": "2023-09-16 16:45:40", "removed": False,
    }  # fmt: skip
    return Record("subprofile", value)


def surveys() -> list[Record]:
    """Two submissions: questions numbered from 1, and a grid."""
    common = {"profile": str(PERSON.profile), "subprofile": str(PERSON.subprofile)}
    first: dict[str, Any] = {
        "survey": "Klantonderzoek 2021",
        "id": "31",
        "timestamp": "2022-01-20 12:14:52",
        **common,
        "questions": {
            "1": {"question": "Wat vind je van onze winkel?", "type": "open",
                  "answer": "Fijne spullen & snelle reactie.\nWel graag minder plastic in het pakket!"},
            "2": {"question": "Waarvoor kom je bij ons? <em>(meer antwoorden mogelijk)</em>", "type": "multi",
                  "answer": ["Tuin", "Licht", "Anders, namelijk: cadeaus voor mijn zus Ilse"]},
            "3": {"question": "Hoe tevreden ben je over &hellip;", "type": "grid",
                  "answer": {"de bezorging": "goed", "de prijzen": "matig", "de klantenservice": "heel goed*"}},
        },
    }  # fmt: skip
    second: dict[str, Any] = {
        "survey": "Klantonderzoek 2023",
        "id": "44",
        "timestamp": "2023-10-10 20:40:07",
        **common,
        "questions": {
            "1": {"question": "Zou je ons aanraden?", "type": "multi", "answer": {"1": "Ja, zeker"}},
            "2": {
                "question": "Welk cijfer geef je …",
                "type": "grid",
                "answer": {"de website": "8", "de kas": "9"},
            },
            "3": {"question": "Wat mis je?", "type": "open", "answer": ""},
        },
    }
    return [Record("survey", first), Record("survey", second)]


def web_form() -> Record:
    """A form submitted with a photo, and with a password that must not be printed."""
    fields = {
        "Voornaam": "Noëlle",
        "Email": PERSON.address,
        "Onderwerp": "Lamp Vuurvlieg doet het niet",
        "Bericht": "De lamp brandt na een nacht regen niet meer. Foto zit erbij.",
        "Wachtwoord": "Zonnebloem!1984",
        "Wachtwoord_herhaal": "Zonnebloem!1984",
        "Foto": "lamp.jpg",
        "collection": {"Bestellingen": {"Klantnummer": "004417", "Bestelnummer": "KD-21-007802"}},
    }
    value = {
        "webform": "Vraag aan de klantenservice",
        "timestamp": "2022-11-03 21:12:44",
        "fields": fields,
        "interests": {"Licht": 1},
        "submitter": {"ID": str(PERSON.profile), "Email": PERSON.address},
        "submittees": [{"ID": str(PERSON.subprofile), "collection": str(PERSON.collection)}],
    }
    return Record("webform", value)


def texts() -> list[Record]:
    """Text messages: a mailing with placeholders, and rows of individual messages."""
    target = {"type": "view", "sources": [{"id": "812", "type": "view"}, {"id": "7601", "type": "database"}]}
    mailing = {
        "id": "56", "timestamp": "2022-12-06 15:30:00", "document": "88",
        "message": "Hoi {$profile.Voornaam}, je pakket komt morgen tussen 10 en 12 uur. Groet, De Kroosduiker",
        "from": "Kroosduiker", "destinations": "61", "successes": "59", "errors": "1", "unknown": "1", "target": target,
    }  # fmt: skip
    rows = [("56", "2022-12-06 15:30:04"), ("71", "2023-09-18 16:02:10")]
    return [
        Record("sms mailing", mailing),
        *(
            Record(
                "sms",
                {"mailing": mailing_id, "timestamp": at, "profile": str(PERSON.profile), "subprofile": None},
            )
            for mailing_id, at in rows
        ),
    ]


def files() -> list[Record]:
    """Files stored with the profile."""
    rows = (
        ("20311", "lamp.jpg", "Uploads/2022", "Web form", "2022-11-03 21:12:44", 131072),
        ("20398", "retourformulier KD-22-018873.pdf", "Retouren", "beheer", "2022-12-12 09:01:30", 48213),
    )
    return [
        Record(
            "file",
            {
                "ID": number,
                "name": name,
                "directory": directory,
                "author": author,
                "created": at,
                "modified": at,
                "size": size,
            },
        )
        for number, name, directory, author, at, size in rows
    ]


def mailings(story: Story) -> list[Record]:
    """Mailings as a whole, of both families, and a snapshot of one."""
    publisher = next(sent for sent in story.sent if sent.family == "publisher" and "nieuwsbrief" in sent.tags)
    suite = next(sent for sent in story.sent if sent.family == "suite" and "nieuwsbrief" in sent.tags)
    target = {"type": "view", "sources": [{"id": "640", "type": "view"}, {"id": "7601", "type": "database"}]}
    sender = {"name": "De Kroosduiker", "email": "post@kroosduiker.example"}
    first = {
        "id": str(publisher.mailing), "timestamp": stamp(publisher.at), "document": str(publisher.document),
        "template": str(publisher.template), "subject": publisher.subject, "description": "Nieuwsbrief voorjaar",
        "from_address": sender, "destinations": "2418", "testgroups": 0, "type": "mass", "clicks": "391",
        "impressions": "1507", "contenttype": "both", "target": target,
    }  # fmt: skip
    second = {
        "id": str(suite.mailing), "timestamp": stamp(suite.at), "template": str(suite.template),
        "subject": suite.subject, "from_address": sender, "destinations": 2630, "type": "mass", "target": target,
        "tags": list(suite.tags),
    }  # fmt: skip
    snapshot = {
        "document": str(publisher.document), "name": "Nieuwsbrief voorjaar (kopie)", "subject": publisher.subject,
        "from_address": '"De Kroosduiker" <post@kroosduiker.example>',
    }  # fmt: skip
    return [Record("mailing", first), Record("mailing", second), Record("snapshot", snapshot)]


def coupon() -> Record:
    """A discount code that was issued and not used."""
    value = {
        "ID": "9104",
        "code": "WELKOM10-7F3K",
        "validfrom": "2021-03-14",
        "validuntil": "",
        "status": "sent",
    }
    return Record("coupon", value)


def loyalty() -> list[Record]:
    """Records of an undocumented kind."""
    card = {
        "card": "KLAVER-0044-17", "tier": "groen", "points": 275, "since": "2021-05-01",
        "history": [
            {"on": "2023-09-16", "points": 80, "why": "bestelling KD-23-009560"},
            {"on": "2023-10-10", "points": 25, "why": "klantonderzoek"},
            {"on": "2024-01-01", "points": -50, "why": "vervallen"},
        ],
        "stamps": [True, True, False, None],
        "ratio": 0.125,
    }  # fmt: skip
    wish = {
        "wishlist": {"items": ["Koperen gieter", "Wollen plaid Heide"], "shared_with": [], "public": False}
    }
    return [Record("unrecognised", {"loyalty": card}), Record("unrecognised", wish)]


def replayed() -> list[Record]:
    """Stored webhook calls: a change of the profile, and an out-of-office reply that names another person."""
    update = {
        "type": "update", "parameters": {"Mobiel": "0031612345678"}, "timestamp": "2022-02-08 10:00:00",
        "time": "1644310800", "profile": str(PERSON.profile), "database": str(PERSON.database),
        "created": "2021-03-14 20:01:58", "modified": "2022-02-08 10:00:00",
        "fields": {"Mobiel": "0031612345678", "Voornaam": "Noelle"}, "interests": [],
    }  # fmt: skip
    return [Record("update", update)]
