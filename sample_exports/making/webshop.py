"""Three years of a customer of De Kroosduiker, an invented Dutch shop for house and garden."""

from __future__ import annotations

from datetime import timedelta

from . import mime, pictures
from .dice import Dice, moment, stamp
from .letters import Letter, Product, Shop, Words
from .shapes import Device, Person
from .story import Story
from .webshop_texts import LONG_MONTHS, MONTHS, PRODUCTS, READERS, RECIPES

PERSON = Person(
    address="noelle.vanderzwaluw@example.org",
    profile=90118,
    subprofile=20285,
    database=7601,
    collection=6310,
    secret="3f9a0c5be1d2478896ab04c7715e2fd8",  # noqa: S106 - invented
    sender_domain="mail.kroosduiker.example",
)
SHOP = Shop(
    name="De Kroosduiker",
    slogan="alles voor huis, balkon en tuin",
    domain="kroosduiker.example",
    sender="Team Kroosduiker",
    footer=(
        "De Kroosduiker B.V.",
        "Zwanenbloemkade 12, 0000 ZZ Lisveen",
        "KvK 00000000 - btw NL000000000B00",
    ),
    colours=("#1f7a6d", "#14443d", "#eaf3f0"),
    font="'Trebuchet MS',Verdana,sans-serif",
    words=Words(
        language="nl",
        online="Bekijk deze e-mail in je browser",
        look="Bekijk",
        was="was",
        tip="Tip van de tuinvrouw:",
        why="Je krijgt deze nieuwsbrief omdat je je op onze site hebt aangemeld.",
        unsubscribe="Afmelden",
        preferences="Voorkeuren wijzigen",
        privacy="Privacyverklaring",
        regards="Groene groet,",
        total="Totaal",
    ),
    menu=("Tuin", "Balkon", "Keuken", "Licht", "Aanbiedingen"),
)
PHONE = Device(
    "Mozilla/5.0 (iPhone; CPU iPhone OS 15_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    "Mobile Safari 15, iOS",
    "mobile",
    "192.0.2.44",
    ("NL", "Netherlands", "09", "Utrecht"),
)
LAPTOP = Device(
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:102.0) Gecko/20100101 Thunderbird/102.3.1",
    "Thunderbird 91, Win10",
    "desktop",
    "2001:db8:30:7::15",
    ("NL", "Netherlands", "09", "Amersfoort"),
)
TABLET = Device(
    "Mozilla/5.0 (Linux; Android 12; SM-X000) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/104.0.0.0 Safari/537.36",
    "Chrome 104, Android",
    "tablet",
    "203.0.113.90",
    ("BE", "Belgium", "VAN", "Antwerpen"),
)
DEVICES = (PHONE, PHONE, LAPTOP, TABLET)
NAME = "Noëlle van der Zwaluw"
FIRST = "Noëlle"
SWITCH = moment("2022-10-01 00:00:00")
"""When the shop moved from Publisher to Marketing Suite."""


def _price(cents: int) -> str:
    return f"€ {cents // 100},{cents % 100:02d}" if cents % 100 else f"€ {cents // 100},-"


def newsletter(month: int, year: int, dice: Dice) -> Letter:
    """The newsletter of a month."""
    subject, heading, said, tip = MONTHS[month - 1][year % 2]
    paragraphs: tuple[str, ...] = said
    if year * 12 + month > 2023 * 12 + 3:
        subject = f"Kroosduikerpost {LONG_MONTHS[month - 1]} {year} · {heading}"
        paragraphs = (READERS[month % len(READERS)], *said)
    first = (month * 5 + year * 3) % len(PRODUCTS)
    tiles = []
    for step in range(6):
        name, cents, text, path = PRODUCTS[(first + step * 5) % len(PRODUCTS)]
        was = _price(cents + cents // 4) if dice.chance(0.3) else ""
        tiles.append(Product(name, _price(cents), text, path, was))
    hello = f"Hallo {FIRST},"
    return Letter(
        subject=subject,
        heading=heading,
        preheader=paragraphs[0][:90],
        paragraphs=(hello, *paragraphs, f"<em>{RECIPES[(month + year) % len(RECIPES)]}</em>"),
        products=tuple(tiles),
        button=("Naar de winkel", "https://www.kroosduiker.example/nieuw?maand={$profile.Nieuwsbrief}"),
        tip=tip,
    )


def order(number: str, lines: list[tuple[int, int]], day: str) -> Letter:
    """The confirmation of an order; `lines` are pieces and products."""
    rows = tuple((str(count), PRODUCTS[n][0], _price(PRODUCTS[n][1] * count)) for count, n in lines)
    total = sum(PRODUCTS[n][1] * count for count, n in lines)
    return Letter(
        subject=f"Bedankt voor je bestelling {number}",
        heading="We gaan voor je aan de slag",
        paragraphs=(
            f"Hallo {FIRST},",
            f"Je bestelling <strong>{number}</strong> is binnen. We verwachten je pakket op {day} te bezorgen.",
        ),
        rows=rows,
        total=_price(total),
        notes=(
            "Bezorgadres: Noëlle van der Zwaluw, Rietgorsstraat 48 bis, 0000 ZZ Lisveen",
            "Betaald met: overschrijving. Niet goed? Je hebt 30 dagen bedenktijd.",
        ),
        button=(
            "Volg je bestelling",
            f"https://www.kroosduiker.example/bestelling/{number}?code={{$profile.code}}",
        ),
    )


def shipped(number: str, parcel: str) -> Letter:
    """The notice that an order is on its way."""
    return Letter(
        subject=f"Je pakket is onderweg ({number})",
        heading="Je pakket is onderweg",
        paragraphs=(
            f"Hallo {FIRST},",
            f"Bestelling {number} is vandaag ingepakt en meegegeven aan de bezorger. Zendingnummer: {parcel}.",
            "Ben je niet thuis? Dan legt de bezorger het pakket bij de buren op nummer 50.",
        ),
        button=("Volg je pakket", f"https://bezorger.example/volg/{parcel}"),
    )


def basket(number: int) -> Letter:
    """The reminder of an abandoned basket."""
    name, cents, text, _ = PRODUCTS[number]
    return Letter(
        subject=f"{FIRST}, je bent iets vergeten…",
        heading="Er ligt nog iets in je mandje",
        paragraphs=(f"Hallo {FIRST},", f"We hebben het even voor je apart gehouden: {text}"),
        rows=(("1", name, _price(cents)),),
        total=_price(cents),
        button=(
            "Bestelling afronden",
            f"https://www.kroosduiker.example/mandje?profile={PERSON.profile}&code={PERSON.secret}",
        ),
    )


def birthday(year: int) -> tuple[Letter, mime.Part]:
    """Birthday wishes and their voucher as a PDF."""
    code = f"JARIG-{year}-NZ{year % 7}{year % 9}"
    letter = Letter(
        subject="🎂 Gefeliciteerd met je verjaardag, Noëlle!",
        heading="Hoera, je bent jarig!",
        paragraphs=(
            f"Lieve {FIRST},",
            f"Van harte! Van ons krijg je € 7,50 korting op je volgende bestelling. Je code is <strong>{code}</strong>.",
            "De tegoedbon zit als pdf bij deze e-mail en is twee maanden geldig.",
        ),
        button=(
            "Cadeautje uitzoeken",
            "https://www.kroosduiker.example/cadeaus?van={$subprofile.Klantnummer}",
        ),
    )
    bon = pictures.voucher(
        "Tegoedbon € 7,50",
        [
            "De Kroosduiker",
            f"Voor: {NAME}",
            f"Code: {code}",
            f"Geldig tot en met 17-08-{year}",
            "Niet inwisselbaar voor geld",
        ],
    )
    return letter, mime.file_part(bon, "application/pdf", f"Tegoedbon verjaardag {year}.pdf")


CALENDAR = """BEGIN:VCALENDAR
PRODID:-//De Kroosduiker//Agenda//NL
VERSION:2.0
METHOD:REQUEST
BEGIN:VEVENT
UID:workshop-118@kroosduiker.example
DTSTAMP:20220502T081500Z
DTSTART;TZID=Europe/Amsterdam:20220521T140000
DTEND;TZID=Europe/Amsterdam:20220521T163000
SUMMARY:Workshop balkontuin
DESCRIPTION:Neem handschoenen mee\\, voor potten en aarde wordt gezorgd.
LOCATION:Kas van De Kroosduiker\\, Zwanenbloemkade 12\\, Lisveen
ORGANIZER;CN=De Kroosduiker:mailto:hallo@kroosduiker.example
ATTENDEE;CN=Noëlle van der Zwaluw;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:
 noelle.vanderzwaluw@example.org
END:VEVENT
END:VCALENDAR
"""

ORDERS = (
    ("KD-21-004417", "2021-04-19 21:14:09", [(1, 0), (2, 5)], "woensdag 21 april"),
    ("KD-21-007802", "2021-07-02 12:40:51", [(1, 9)], "maandag 5 juli"),
    ("KD-21-015119", "2021-11-26 23:58:30", [(1, 14), (1, 20), (3, 3)], "dinsdag 30 november"),
    ("KD-22-003310", "2022-03-12 10:05:44", [(4, 2)], "dinsdag 15 maart"),
    ("KD-22-006128", "2022-05-23 20:17:02", [(1, 7), (1, 8)], "woensdag 25 mei"),
    ("KD-22-018873", "2022-12-04 19:31:26", [(1, 17), (2, 21)], "woensdag 7 december"),
    ("KD-23-002041", "2023-02-27 08:12:13", [(2, 11)], "donderdag 2 maart"),
    ("KD-23-009560", "2023-09-16 16:45:37", [(1, 4), (1, 12), (1, 19)], "dinsdag 19 september"),
)


def tell() -> Story:
    """Build the whole history."""
    story = Story(SHOP, PERSON, NAME, "kroosduiker", 18200, devices=DEVICES, switch=SWITCH)
    _welcome(story)
    _newsletters(story)
    _orders(story)
    _occasions(story)
    story.sent.sort(key=lambda sent: sent.at)
    _mishaps(story)
    for sent in story.sent:
        if not story.of(sent):
            story.usual_fate(sent, eager=0.75)
    return story


def _welcome(story: Story) -> None:
    confirm = f"https://www.kroosduiker.example/bevestig?profile={PERSON.profile}&code={PERSON.secret}"
    story.send(
        "2021-03-14 20:02:11",
        Letter(
            subject="Bevestig je aanmelding",
            heading="Nog één klik",
            paragraphs=(
                "Hallo,",
                "Iemand meldde dit adres aan voor onze nieuwsbrief. Was jij dat? Bevestig het dan hieronder.",
            ),
            button=("Ja, dat was ik", confirm),
        ),
        charset="iso-8859-1",
    )
    story.send(
        "2021-03-14 20:06:45",
        Letter(
            subject="Welkom bij De Kroosduiker! Fijn dat je er bent, dit kun je van ons verwachten in het komende jaar",
            heading="Welkom!",
            paragraphs=(
                f"Hallo {FIRST},",
                "Elke maand krijg je een brief met wat er nu te doen is in huis en tuin, en wat er bij ons nieuw is.",
                "Op je eerste bestelling krijg je 10% korting met de code WELKOM10.",
            ),
            button=("Begin met kijken", "https://www.kroosduiker.example/nieuw"),
        ),
        related=True,
    )


def _newsletters(story: Story) -> None:
    for index in range(35):
        year, month = 2021 + (index + 3) // 12, (index + 3) % 12 + 1
        letter = newsletter(month, year, story.dice)
        when = f"{year}-{month:02d}-{story.dice.between(3, 11):02d} {story.dice.between(7, 10):02d}:00:{index:02d}"
        story.send(
            when,
            letter,
            tags=("nieuwsbrief", f"{year}-{month:02d}"),
            related=index % 3 == 1,
            encoding=("quoted-printable", "base64", "8bit")[index % 3 if index % 7 else 0],
            words="B" if index % 4 == 2 else "Q",
            newline="\n" if index == 9 else "\r\n",
        )


def _orders(story: Story) -> None:
    for index, (number, at, lines, day) in enumerate(ORDERS):
        charset = "windows-1252" if index == 1 else "utf-8"
        story.send(at, order(number, lines, day), charset=charset, template=701, tags=("bestelling",))
        if index not in {1, 6}:
            parcel = f"3SKRD{story.dice.between(10000000, 99999999)}"
            story.send(
                moment(at[:10] + " 09:41:17") + timedelta(days=1),
                shipped(number, parcel),
                template=702,
                tags=("verzending",),
            )


def _occasions(story: Story) -> None:
    for year in (2021, 2022, 2023):
        letter, bon = birthday(year)
        story.send(
            f"{year}-06-17 08:30:00",
            letter,
            attached=[bon],
            related=year != 2022,
            words="B",
            tags=("verjaardag",),
        )
    for at, product in (("2021-09-08 13:20:00", 6), ("2022-08-29 09:45:00", 16), ("2023-03-26 02:15:00", 22)):
        story.send(at, basket(product), tags=("mandje",))
    story.send(
        "2022-05-02 10:15:00",
        Letter(
            subject="Uitnodiging: workshop balkontuin op 21 mei",
            heading="Kom je ook?",
            paragraphs=(
                f"Hallo {FIRST},",
                "Zaterdag 21 mei van 14.00 tot 16.30 uur leer je bij ons in de kas een balkontuin aanleggen.",
            ),
            button=("Ik kom", "https://www.kroosduiker.example/workshop/118?ik={$profile.id}"),
        ),
        calendar=CALENDAR,
        attached=[
            mime.file_part(CALENDAR.replace("\n", "\r\n").encode(), "application/ics", "uitnodiging.ics")
        ],
    )
    for at, what in (("2022-01-20 11:00:00", "2021"), ("2023-10-10 11:00:00", "2023")):
        story.send(
            at,
            Letter(
                subject=f"Wat vind je van ons? Klantonderzoek {what}",
                heading="Twee minuten voor ons?",
                paragraphs=(
                    f"Hallo {FIRST},",
                    "Met je antwoorden maken we de winkel beter. Onder de deelnemers verloten we een gieter.",
                ),
                button=(
                    "Naar de vragen",
                    f"https://www.kroosduiker.example/onderzoek/{what}?profile={PERSON.profile}&code={PERSON.secret}",
                ),
            ),
            tags=("onderzoek",),
        )
    story.send(
        "2023-08-03 22:41:19",
        Letter(
            subject="Nieuw wachtwoord instellen",
            heading="Nieuw wachtwoord",
            paragraphs=(
                f"Hallo {FIRST},",
                "Je vroeg om een nieuw wachtwoord. De link werkt een uur. Heb je dit niet gevraagd? Doe dan niets.",
            ),
            button=(
                "Wachtwoord kiezen",
                "https://www.kroosduiker.example/wachtwoord?token=b7e1f0aa93c24d5f8d6e",
            ),
        ),
    )
    story.send(
        "2024-02-20 18:03:12",
        Letter(
            subject="Je bent afgemeld",
            heading="Je bent afgemeld",
            paragraphs=(
                "Hallo,",
                "Jammer dat je gaat. Je krijgt geen nieuwsbrieven meer van ons; over bestellingen mailen we nog wel.",
            ),
        ),
        only_text=True,
        encoding="8bit",
    )


def _mishaps(story: Story) -> None:
    """Add exceptional events: delivery problems, a complaint, an unsubscription, times at a clock change."""
    shapes, by = story.shapes, {sent.subject: sent for sent in story.sent}
    letters = [sent for sent in story.sent if "nieuwsbrief" in sent.tags]
    soft, hard, late, suite_soft, suite_hard = letters[4], letters[11], letters[15], letters[20], letters[26]
    minute = timedelta(minutes=1)
    story.add(
        soft,
        shapes.attempt(soft, soft.at),
        shapes.error(soft, soft.at + minute, "4.2.2", "mailbox full", "mailerror"),
        shapes.retry(soft, soft.at + 30 * minute, 1),
        shapes.retry(soft, soft.at + 90 * minute, 2),
        shapes.delivery(soft, soft.at + 210 * minute, attempts=3),
        shapes.opened(soft, soft.at + 600 * minute, LAPTOP),
    )
    story.add(
        hard, shapes.error(hard, hard.at + minute, "5.1.2", "no mail server found for example.org", "nohost")
    )
    story.add(
        late,
        shapes.error(late, late.at + minute, "4.4.1", "connection timed out", "unreachable", log=True),
        shapes.retry(late, late.at + 45 * minute, 1),
        shapes.delivery(late, late.at + 50 * minute, attempts=1, log=True),
    )
    story.add(
        suite_soft,
        shapes.attempt(suite_soft, suite_soft.at),
        shapes.error(
            suite_soft, suite_soft.at + minute, "4.7.1", "greylisted, try again later", "", log=True
        ),
        shapes.retry(suite_soft, suite_soft.at + 15 * minute, 1),
        shapes.delivery(suite_soft, suite_soft.at + 16 * minute, attempts=1),
        shapes.opened(suite_soft, suite_soft.at + 300 * minute, PHONE, log=True),
    )
    story.add(
        suite_hard,
        shapes.error(suite_hard, suite_hard.at + minute, "5.0.0", "message refused by policy", "policy"),
    )
    night = next(sent for sent in letters if stamp(sent.at).startswith("2021-10"))
    story.add(
        night,
        shapes.delivery(night, night.at + minute),
        shapes.opened(night, moment("2021-10-31 02:30:00"), PHONE),
        shapes.clicked(night, moment("2021-10-31 02:31:20"), PHONE, night.links[-2]),
    )
    annoyed = letters[13]
    story.add(
        annoyed,
        shapes.delivery(annoyed, annoyed.at + minute),
        shapes.abuse(
            annoyed,
            annoyed.at + timedelta(hours=9),
            "Feedback-Type: abuse\nUser-Agent: example-fbl/1.0\nVersion: 0.1",
        ),
        shapes.statistics(annoyed, deliveries=1, abuses=1),
    )
    last = letters[-1]
    story.add(
        last,
        shapes.delivery(last, last.at + minute),
        shapes.opened(last, moment("2024-02-20 18:01:40"), PHONE),
        shapes.clicked(last, moment("2024-02-20 18:02:05"), PHONE, last.links[-1]),
        shapes.unsubscribed(last, moment("2024-02-20 18:02:31")),
        shapes.statistics(last, deliveries=1, impressions=1, clicks=1, unsubscribes=1),
    )
    secret = by["Nieuw wachtwoord instellen"]
    story.add(secret, shapes.delivery(secret, secret.at + minute, log=True))
