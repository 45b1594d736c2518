"""A customer of Teehaus Silberdistel, an invented German shop."""

from __future__ import annotations

from datetime import timedelta

from . import mime, pictures
from .dice import moment
from .letters import Letter, Product, Shop, Words
from .shapes import Device, Person, Record
from .story import Story

PERSON = Person(
    "kaethe.weissenborn@example.org",
    90211,
    0,
    7612,
    0,
    "91b2e7c3a04d4f6f8c1d5e2a7b3904f6",
    "mail.silberdistel.example",
)
NAME = "Käthe Weißenborn-Löffler"
SHOP = Shop(
    name="Teehaus Silberdistel",
    slogan="Tee, Kräuter & Geduld seit 1998",
    domain="silberdistel.example",
    sender="Ihr Teehaus Silberdistel",
    footer=(
        "Teehaus Silberdistel GmbH",
        "Am Mühlgraben 7, 00000 Distelbrück",
        "Amtsgericht Distelbrück, HRB 0000",
    ),
    colours=("#8a4b2a", "#4a2716", "#f7f0e6"),
    font="Georgia,'Times New Roman',serif",
    words=Words(
        language="de",
        online="E-Mail im Browser ansehen",
        look="Zum Tee",
        was="statt",
        tip="Aufgebrüht:",
        why="Sie erhalten diese E-Mail, weil Sie unseren Rundbrief bestellt haben.",
        unsubscribe="Abmelden",
        preferences="Einstellungen ändern",
        privacy="Datenschutzerklärung",
        regards="Herzliche Grüße",
        total="Gesamtsumme",
    ),
    menu=("Schwarz", "Grün", "Kräuter", "Geschirr"),
)
TEAS = (
    Product(
        "Distelbrücker Morgen",
        "12,90 €",
        "Kräftige Mischung für den ersten Blick aus dem Fenster.",
        "schwarz/morgen",
    ),
    Product(
        "Nebelgrün, 2. Pflückung",
        "18,50 €",
        "Zart und grasig; 70 Grad, zwei Minuten.",
        "gruen/nebel",
        "21,00 €",
    ),
    Product("Süßholz & Fenchel", "6,40 €", "Für den Bauch und für ruhige Abende.", "kraeuter/suessholz"),
    Product(
        "Gusskanne Großvater", "54,00 €", "Fasst 0,8 Liter und hält eine Stunde warm.", "geschirr/grossvater"
    ),
    Product(
        "Löwenzahnwurzel, geröstet", "7,20 €", "Fast wie Kaffee, nur ohne Herzklopfen.", "kraeuter/loewenzahn"
    ),
    Product("Teemaß Buche", "4,80 €", "Gestrichen voll genügt für eine große Tasse.", "geschirr/mass"),
)
DESK = Device(
    "Mozilla/5.0 (X11; Linux x86_64; rv:91.0) Gecko/20100101 Thunderbird/91.4.0",
    "Thunderbird 78, Linux",
    "desktop",
    "198.51.100.77",
    ("DE", "Germany", "07", "Köln"),
)
RUNDBRIEFE = (
    (
        "2020-03-06 08:00:00",
        "Frühling in der Tasse",
        "Die ersten Blätter sind da",
        "Maiwuchs & Bärlauch: was jetzt wächst.",
    ),
    (
        "2020-09-04 08:00:00",
        "Herbst, Wärme, Gewürz",
        "Es riecht nach Zimt",
        "Die Tage werden kürzer, die Kannen größer.",
    ),
    (
        "2021-03-05 08:00:00",
        "Räumungsverkauf im Lager",
        "Wir räumen auf",
        "Über 40 Sorten zum halben Preis, solange es sie gibt.",
    ),
    (
        "2021-11-12 08:00:00",
        "Süßes & Warmes für draußen",
        "Tee für unterwegs",
        "Thermoskannen für Wanderer und für Väter am Spielfeldrand.",
    ),
    (
        "2022-05-13 08:00:00",
        "Öffnungszeiten über Pfingsten",
        "Wir sind da – und kurz weg",
        "Am Samstag öffnen wir von 9 bis 13 Uhr.",
    ),
    (
        "2023-02-10 08:00:00",
        "Für Herz und Husten",
        "Kräuter gegen den Februar",
        "Thymian, Spitzwegerich und ein Löffel Honig.",
    ),
)


def records() -> list[Record]:
    """All records of the German profile's export."""
    story = Story(
        SHOP,
        PERSON,
        NAME,
        "silberdistel",
        51000,
        devices=(DESK,),
        switch=moment("2021-06-01 00:00:00"),
        first_number=21000,
    )
    for index, (at, subject, heading, text) in enumerate(RUNDBRIEFE):
        letter = Letter(
            subject=subject,
            heading=heading,
            paragraphs=("Sehr geehrte Frau Weißenborn-Löffler,", text, "Wir freuen uns auf Ihren Besuch."),
            products=TEAS[index % 3 : index % 3 + 4],
            tip="Weiches Wasser macht jeden Tee besser; ein Filter genügt.",
            button=("Jetzt stöbern", "https://www.silberdistel.example/neu?k={$profile.Kundennummer}"),
        )
        charset = "iso-8859-1" if index == 0 else "utf-8"
        story.send(
            at, letter, related=index % 2 == 1, charset=charset, tags=("rundbrief",), words="QB"[index % 2]
        )
    bill = pictures.voucher(
        "Rechnung 2021-00388",
        ["Teehaus Silberdistel GmbH", f"Für: {NAME}", "Summe: 31,40 €", "Dankend erhalten"],
    )
    story.send(
        "2021-12-03 17:22:10",
        Letter(
            subject="Ihre Bestellung 2021-00388: Rechnung im Anhang",
            heading="Vielen Dank für Ihre Bestellung",
            paragraphs=(
                "Sehr geehrte Frau Weißenborn-Löffler,",
                "Ihre Bestellung ist unterwegs; die Rechnung hängt an.",
            ),
            rows=(("1", "Nebelgrün, 2. Pflückung", "18,50 €"), ("1", "Distelbrücker Morgen", "12,90 €")),
            total="31,40 €",
            notes=("Lieferung an: Käthe Weißenborn-Löffler, Fährgasse 3 a, 01234 Distelbrück",),
            button=(
                "Bestellung ansehen",
                f"https://www.silberdistel.example/konto?profile={PERSON.profile}&code={PERSON.secret}",
            ),
        ),
        attached=[mime.file_part(bill, "application/pdf", "Rechnung für Käthe Weißenborn-Löffler.pdf")],
    )
    last = story.sent[5]
    shapes = story.shapes
    story.add(
        last,
        shapes.delivery(last, last.at + timedelta(seconds=20)),
        shapes.opened(last, last.at + timedelta(hours=5), DESK),
        shapes.unsubscribed(last, last.at + timedelta(hours=5, minutes=2), "email"),
    )
    gone = story.sent[1]
    story.add(
        gone,
        shapes.error(
            gone, gone.at + timedelta(minutes=3), "5.1.1", "Empfänger unbekannt / user unknown", "mailerror"
        ),
    )
    return [*_people(), *story.finish(), *_more()]


def _people() -> list[Record]:
    fields = {
        "Email": PERSON.address, "Anrede": "Frau", "Titel": "Dr.", "Vorname": "Käthe", "Nachname": "Weißenborn-Löffler",
        "Straße": "Fährgasse 3 a", "PLZ": "01234", "Ort": "Distelbrück", "Land": "DE", "Geburtstag": "1951-11-30",
        "Telefon": "0049 221 000000", "Rundbrief": "nein", "Einwilligung_am": "2019-10-02 11:04:55",
        "Kundengruppe": "Stammkundin", "Kundennummer": "0009021", "Guthaben": "4.50", "Letzter_Einkauf": "2021-12-03",
        "Letzte_Reklamation": "0000-00-00", "Bemerkung": "Ruft lieber an. Nichte: Frau Löffler, holt manchmal ab.",
    }  # fmt: skip
    profile = {
        "ID": str(PERSON.profile), "fields": fields, "interests": ["Grüner Tee", "Kräuter", "Veranstaltungen"],
        "database": str(PERSON.database), "secret": PERSON.secret, "created": "2019-10-02 11:04:55",
        "modified": "2023-02-10 13:02:20", "removed": False,
    }  # fmt: skip
    order = {
        "Bestellung": "2021-00388",
        "Summe": "31.40",
        "Status": "geliefert",
        "Datum": "2021-12-03 17:20:00",
    }
    rest = {"profile": str(PERSON.profile), "collection": "6402"}
    return [
        Record("profile", profile),
        Record("subprofile", {
            "ID": "30455", "secret": "5cf01d2b8e6a4970b3d1f0a294c7e816", "fields": order, **rest,
            "created": "2021-12-03 17:20:00", "modified": "2021-12-06 09:00:00", "removed": False,
        }),
        Record("subprofile", {
            "ID": "30456", "secret": "0d9b1a7f3c5e48628e4f7a6b5c2d1e90", "fields": [], **rest,
            "created": "2022-01-01 00:00:00", "modified": "0000-00-00 00:00:00", "removed": "2022-03-04 05:06:07",
        }),
    ]  # fmt: skip


def _more() -> list[Record]:
    survey = {
        "survey": "Kundenbefragung", "id": "7", "timestamp": "2022-06-02 19:44:00", "profile": str(PERSON.profile),
        "subprofile": None,
        "questions": {
            "1": {"question": "Wie gefällt Ihnen unser Laden?", "type": "open", "answer": "Sehr schön, aber etwas düster."},
            "2": {"question": "Was trinken Sie?", "type": "multi", "answer": {"1": "Grün", "2": "Kräuter"}},
            "3": {"question": "Bitte bewerten Sie:", "type": "grid", "answer": {"Auswahl": "sehr gut", "Preise": "mäßig"}},
        },
    }  # fmt: skip
    history = {
        "history": [
            {
                "field": "Nachname",
                "before": "Löffler",
                "after": "Weißenborn-Löffler",
                "at": "2020-07-11 10:00:00",
            },
            {"field": "Rundbrief", "before": "ja", "after": "nein", "at": "2023-02-10 13:02:20"},
        ]
    }
    return [Record("survey", survey), Record("unrecognised", history)]
