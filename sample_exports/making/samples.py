"""All committed samples: name, description, and content."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import english, french, german, hostile, webshop, webshop_people, world
from .files import all_layouts
from .layouts import flat, groups_without_names, labelled, nested
from .shapes import Record
from .story import Story
from .writing import by_line, in_one_line, info, pretty


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample export."""

    file: str
    type: str
    id: str
    language: str
    shows: str
    content: bytes


def webshop_records(story: Story) -> list[Record]:
    """All records of the web shop's customer."""
    people = webshop_people
    records = [
        people.profile(),
        people.subprofile(),
        *people.files(),
        people.coupon(),
        *people.mailings(story),
    ]
    purged = {sent.hash for sent in story.sent[6:18:6]}
    for sent in story.sent:
        records.append(story.shapes.message(sent, mime=sent.hash not in purged))
        records += story.of(sent)
    records += [*people.surveys(), people.web_form(), *people.texts(), *people.replayed(), *people.loyalty()]
    return records


def few_webshop_records(story: Story) -> list[Record]:
    """Records of the same customer with eight messages, which are distinguishable in every layout."""
    people = webshop_people
    letters = [sent for sent in story.sent if "nieuwsbrief" in sent.tags]
    others = [
        sent for sent in story.sent if sent.subject.startswith(("Uitnodiging", "Je bent afg", "Nieuw wacht"))
    ]
    orders = [sent for sent in story.sent if "bestelling" in sent.tags]
    chosen = [letters[7], letters[15], letters[20], letters[26], orders[1], *others]
    chosen.sort(key=lambda sent: sent.at)
    records = [
        people.profile(),
        people.subprofile(),
        *people.files(),
        people.coupon(),
        *people.mailings(story),
    ]
    for sent in chosen:
        records += [
            story.shapes.message(sent),
            *(record for record in story.of(sent) if record.log != "pom-retries"),
        ]
    return [*records, *people.surveys(), people.web_form(), *people.texts(), *people.loyalty()]


def samples() -> Iterator[Sample]:
    """Yield the samples in the top folder; the sandbox serves all but the hostile one."""
    story = webshop.tell()
    yield Sample(
        "subprofile-20285.json", "subprofile", "20285", "nl",
        "Three years of a customer of a Dutch web shop: 60 messages of both product families and what became of them, "
        "surveys, a web form, text messages, files, and records that nobody knows",
        by_line(info("subprofile", "20285"), [labelled(record) for record in webshop_records(story)]).encode(),
    )  # fmt: skip

    yield Sample(
        "profile-90211.json", "profile", "90211", "de",
        "A customer of a German tea house: a profile with its subprofiles, its history and a dozen messages, in one line",
        in_one_line(info("profile", "90211"), flat(german.records())).encode(),
    )  # fmt: skip
    yield Sample(
        "email-someone.json", "email", "someone@example.org", "en",
        "An address without profile data: messages and events of all three product families, an absence note that "
        "names others, and webhooks; pretty-printed",
        pretty(info("email", "someone@example.org"), nested(english.records())).encode(),
    )  # fmt: skip
    yield Sample(
        "subprofile-41522.json", "subprofile", "41522", "fr",
        "A member of a Belgian association, in groups without names",
        by_line(info("subprofile", "41522"), groups_without_names(french.records())).encode(),
    )  # fmt: skip
    yield Sample(
        "profile-70001-world-scripts.json", "profile", "70001", "mul",
        "Names, texts and messages in Greek, Cyrillic, Arabic, Hebrew, Chinese, Japanese, Korean, Thai, Devanagari and "
        "emoji, in the character sets of their time",
        by_line(info("profile", "70001"), nested(world.records())).encode(),
    )  # fmt: skip
    yield Sample(
        "nothing-found.json", "email", "nobody@example.org", "en", "A search that found nothing",
        in_one_line(info("email", "nobody@example.org"), []).encode(),
    )  # fmt: skip
    yield Sample(
        "hostile.json", "subprofile", "66613", "en",
        "Attacks in every text: scripts, remote loads, odd names and links, header injection, and JSON at its oddest",
        hostile.export().encode("utf-8"),
    )  # fmt: skip


def files() -> Iterator[tuple[str, bytes]]:
    """Yield name and content of every committed file."""
    entries: list[dict[str, Any]] = []
    for sample in samples():
        yield sample.file, sample.content
        entries.append(
            {
                "file": sample.file,
                "type": sample.type,
                "id": sample.id,
                "language": sample.language,
                "served": not sample.file.startswith("hostile"),
                "shows": sample.shows,
            }
        )
    story = webshop.tell()
    layouts: list[dict[str, Any]] = []
    for name, number, same, shows, content in all_layouts(
        info("subprofile", "20285"), few_webshop_records(story)
    ):
        yield f"layouts/{name}", content
        layouts.append({"file": f"layouts/{name}", "layout": number, "same_tables": same, "shows": shows})
    yield (
        "index.json",
        (json.dumps({"samples": entries, "layouts": layouts}, indent=2, ensure_ascii=False) + "\n").encode(),
    )


def write_all(folder: Path) -> None:
    """Write every sample below `folder`."""
    for name, content in files():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
