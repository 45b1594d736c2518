"""A letter of four pages, the person's data behind it, and annexes: how many pages each may take."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pikepdf
import pytest
from on_paper import filled, printed_over, words_on

import dsr_report

SAMPLES = Path(__file__).resolve().parents[2] / "sample_exports"
LETTER, DATA, ANNEXES, LAYOUT = 4, 14, 45, 60
"""Pages of the letter, of the letter and the data, and of all annexes; of the messages as they looked."""
SMALL = 4
"""Pages of the data of a person with a few messages."""
SLACK = 1.1
NEARLY_EMPTY = 0.2
"""Of a page's height: the last page holds more than some lines."""


def _page(item: pikepdf.OutlineItem, names: dict[str, pikepdf.Object]) -> pikepdf.Object:
    target = item.destination if item.destination is not None else item.action.D
    place = names[str(target)] if isinstance(target, pikepdf.String) else target
    return (place.D if isinstance(place, pikepdf.Dictionary) else place)[0]


def _destinations(pdf: pikepdf.Pdf) -> list[tuple[str, pikepdf.Object]]:
    if "/Names" not in pdf.Root or "/Dests" not in pdf.Root.Names:
        return []
    return list(pikepdf.NameTree(pdf.Root.Names.Dests).items())


def pages_of(path: Path, titles: dict[str, str]) -> tuple[dict[str, int], int]:
    """The page on which the chapter with each title begins."""
    with pikepdf.open(path) as pdf, pdf.open_outline() as outline:
        pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages, 1)}
        names = dict(_destinations(pdf))
        found: dict[str, int] = {}
        waiting = list(outline.root)
        while waiting:
            item = waiting.pop(0)
            found.setdefault(str(item.title), pages[_page(item, names).objgen])
            waiting += item.children
        return {key: found[title] for key, title in titles.items()}, len(pdf.pages)


def rendered(tmp_path: Path, sample: str, **options: object) -> Path:
    target = tmp_path / "report.pdf"
    with dsr_report.read(SAMPLES / sample) as export:
        config = SAMPLES / "controller.toml"
        received = {"received": date(2026, 1, 5), "replied": date(2026, 1, 19), "reference": "AVG-2026-014"}
        received["collected"] = date(2026, 1, 7)
        with dsr_report.Report(export, config=config, **received, **options) as report:
            report.to(target)
    return target


@pytest.mark.slow
@pytest.mark.parametrize(
    ("lang", "law", "you", "annex"),
    [
        (
            "de",
            "Was wir Ihnen nach dem Gesetz mitteilen müssen",
            "Ihr Profil",
            "Anhang A: alle Nachrichten im Wortlaut",
        ),
        ("fr", "Ce que la loi nous impose de vous dire", "Votre profil", "Annexe A : les messages complets"),
    ],
)
def test_the_letter_and_the_annexes_keep_their_budget_of_pages(
    tmp_path: Path, lang: str, law: str, you: str, annex: str
) -> None:
    path = rendered(tmp_path, "subprofile-20285.json", lang=lang)
    begins, pages = pages_of(path, {"law": law, "you": you, "annex": annex})
    assert begins["law"] == 2, "page one is one page, with all its dates"
    assert begins["you"] - 1 <= LETTER * SLACK
    assert begins["annex"] - 1 <= DATA * SLACK
    assert pages - begins["annex"] + 1 <= ANNEXES * SLACK
    words = words_on(path)
    assert printed_over(words) == []
    assert filled(words[-1]) > NEARLY_EMPTY


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sample", "lang", "first", "annex"),
    [
        ("subprofile-41522.json", "nl", "Uw profiel", "Bijlage A: de volledige berichten"),
        ("profile-90211.json", "de", "Ihr Profil", "Anhang A: alle Nachrichten im Wortlaut"),
        ("email-someone.json", "fr", "Ce que nous vous avons envoyé", "Annexe A : les messages complets"),
    ],
)
def test_small_letters_are_short_and_go_over_into_the_data(
    tmp_path: Path, sample: str, lang: str, first: str, annex: str
) -> None:
    begins, _ = pages_of(rendered(tmp_path, sample, lang=lang), {"first": first, "annex": annex})
    assert begins["first"] <= LETTER
    assert begins["annex"] - 1 <= LETTER + SMALL


@pytest.mark.slow
def test_messages_as_they_looked_take_at_most_a_page_each(tmp_path: Path) -> None:
    path = rendered(tmp_path, "subprofile-20285.json", lang="en", messages="layout")
    begins, _ = pages_of(path, {"a": "Annex A: the messages in full", "b": "Annex B: all events"})
    assert begins["b"] - begins["a"] <= LAYOUT


@pytest.mark.parametrize("lang", ["en", "nl", "de", "fr"])
def test_where_nothing_was_found_the_letter_is_one_page(tmp_path: Path, lang: str) -> None:
    with pikepdf.open(rendered(tmp_path, "nothing-found.json", lang=lang)) as pdf:
        assert len(pdf.pages) == 2, "the letter, and the technical details behind it"
