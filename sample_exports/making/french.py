"""A member of an invented Belgian association that looks after a canal."""

from __future__ import annotations

from . import mime, pictures
from .dice import moment
from .letters import Letter, Product, Shop, Words
from .shapes import Device, Person, Record
from .story import Story

PERSON = Person(
    "aurelie.vanneste@example.org",
    87330,
    41522,
    7655,
    6377,
    "e4f1a2b3c5d64788990aabbccddeeff1",
    "mail.brumelle.example",
)
NAME = "Aurélie Vannesté-D'Hoogh"
SHOP = Shop(
    name="Les Amis du Canal de Brumelle",
    slogan="association sans but lucratif",
    domain="brumelle.example",
    sender="Le comité",
    footer=(
        "Les Amis du Canal de Brumelle asbl",
        "Quai aux Roseaux 21, 0000 Brumelle",
        "N° d'entreprise 0000.000.000",
    ),
    colours=("#2b5d8c", "#16324d", "#eaf1f7"),
    font="Verdana,Geneva,sans-serif",
    words=Words(
        language="fr",
        online="Afficher dans le navigateur",
        look="En savoir plus",
        was="au lieu de",
        tip="À retenir :",
        why="Vous recevez ce message en tant que membre de l'association.",
        unsubscribe="Se désabonner",
        preferences="Modifier mes préférences",
        privacy="Vie privée",
        regards="Cordialement,",
        total="Total",
    ),
    menu=("Agenda", "Balades", "Chantiers", "Boutique"),
)
WALKS = (
    Product(
        "Balade à l'écluse n° 4",
        "gratuit",
        "Départ à 10 h, bottes conseillées, chiens bienvenus.",
        "balades/ecluse-4",
    ),
    Product("Chantier d'été", "20 €", "Une semaine pour restaurer le chemin de halage.", "chantiers/ete"),
    Product("Soirée chauves-souris", "5 €", "Avec une guide et douze détecteurs.", "agenda/chauves-souris"),
    Product("Carte du canal", "8,50 €", "Dessinée à la main, imprimée à Brumelle.", "boutique/carte", "10 €"),
)
PHONE = Device(
    "Mozilla/5.0 (Android 13; Mobile; rv:109.0) Gecko/109.0 Firefox/115.0",
    "Firefox 115, Android",
    "mobile",
    "203.0.113.12",
    ("BE", "Belgium", "WLG", "Liège"),
)
MESSAGES = (
    ("2022-01-14 18:00:00", "Meilleurs vœux, et l'agenda 2022", "Bonne année au bord de l'eau !"),
    ("2022-06-03 18:00:00", "Chantier d'été : il reste 6 places", "On a besoin de bras… et de gâteaux"),
    ("2023-03-17 18:00:00", "Assemblée générale le 22 avril", "Vous êtes invité·e"),
    ("2023-10-06 18:00:00", "« Nuit du canal » : le programme complet", "À la lueur des lanternes"),
)


def records() -> list[Record]:
    """All records of the French subprofile's export."""
    story = Story(
        SHOP,
        PERSON,
        NAME,
        "brumelle",
        91000,
        devices=(PHONE,),
        switch=moment("2023-01-01 00:00:00"),
        first_number=52000,
    )
    for index, (at, subject, heading) in enumerate(MESSAGES):
        letter = Letter(
            subject=subject,
            heading=heading,
            paragraphs=(
                "Chère Aurélie,",
                "Grâce à vos cotisations, l'écluse n° 4 a retrouvé ses portes. Voici ce qui vous attend ce trimestre.",
                "Les inscriptions se font en ligne, jusqu'à épuisement des places.",
            ),
            products=WALKS[:4] if index % 2 else WALKS[:2],
            tip="les réunions du comité ont lieu le 1<sup>er</sup> mardi du mois, à 20 h.",
            button=("Je m'inscris", "https://www.brumelle.example/inscription?membre={$profile.Numéro}"),
        )
        story.send(
            at,
            letter,
            charset="iso-8859-15" if index == 0 else "utf-8",
            related=index == 3,
            words="BQ"[index % 2],
        )
    receipt = pictures.voucher(
        "Attestation fiscale 2022",
        ["Les Amis du Canal de Brumelle asbl", f"Membre : {NAME}", "Don reçu : 40 €"],
    )
    story.send(
        "2023-02-28 09:12:00",
        Letter(
            subject="Votre attestation fiscale",
            heading="Merci pour votre don",
            paragraphs=(
                "Chère Aurélie,",
                "Vous trouverez en annexe l'attestation pour votre déclaration d'impôts.",
            ),
        ),
        attached=[mime.file_part(receipt, "application/pdf", "Attestation fiscale – Aurélie.pdf")],
    )
    fields = {
        "Numéro": "00512", "Prénom": "Aurélie", "Nom": "Vannesté-D'Hoogh", "Langue": "fr", "Cotisation": "25,00",
        "Payée_le": "2023-01-09", "Membre_depuis": "2016-05-01", "Date_de_naissance": "1990-02-28", "Comité": "non",
        "Fin": "0000-00-00", "Remarques": "Allergie : arachides (pique-nique). Vient avec son père, Luc.",
    }  # fmt: skip
    subprofile = {
        "ID": str(PERSON.subprofile), "secret": PERSON.secret, "fields": fields, "profile": str(PERSON.profile),
        "collection": str(PERSON.collection), "created": "2016-05-01 12:00:00", "modified": "2023-01-09 08:30:00",
        "removed": False,
    }  # fmt: skip
    form = {
        "webform": "Inscription chantier", "timestamp": "2022-06-03 19:20:31",
        "fields": {"Prénom": "Aurélie", "Semaine": "du 11 au 15 juillet", "Repas": "végétarien"}, "interests": [],
        "submitter": {"Email": PERSON.address}, "submittees": [{"ID": str(PERSON.subprofile)}],
    }  # fmt: skip
    return [Record("subprofile", subprofile), *story.finish(eager=1.0), Record("webform", form)]
