"""Every committed sample, by file name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from . import webshop, webshop_people
from .layouts import labelled
from .shapes import Record
from .writing import by_line, info

INDEX: list[dict[str, object]] = [
    {
        "file": "subprofile-20285.json",
        "type": "subprofile",
        "id": "20285",
        "language": "nl",
        "served": True,
        "shows": "Three years of a customer of a Dutch web shop: 60 messages of both product families and all else.",
    },
]
"""What there is: `served` says whether the sandbox answers to its type and id."""


def webshop_records() -> list[Record]:
    """All records of the web shop's customer."""
    story = webshop.tell()
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


def files() -> Iterator[tuple[str, bytes]]:
    """Every sample as its name and its bytes."""
    records = webshop_records()
    yield (
        "subprofile-20285.json",
        by_line(info("subprofile", "20285"), [labelled(r) for r in records]).encode(),
    )
    yield "index.json", (json.dumps({"samples": INDEX}, indent=2, ensure_ascii=False) + "\n").encode()


def write_all(folder: Path) -> None:
    """Write every sample below `folder`."""
    for name, content in files():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
