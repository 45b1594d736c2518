"""Measure how many people and sensitive words `review` finds in labelled texts, by kind and language.

    python setup/people_table.py           print the table
    python setup/people_table.py --write   put it into docs/review.md

The texts are in `tests/redact/people`, one a line, with what should be found marked `{kind|text}`. Every
second one is of the test set; the rules were made with the others in view.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from dsr_report.lexicon import LANGUAGES
from dsr_report.redact.people import Known, find_people, find_sensitive

ROOT = Path(__file__).resolve().parent.parent
TEXTS = ROOT / "tests" / "redact" / "people"
PAGE = ROOT / "docs" / "review.md"
BEGIN, END = "<!-- people: begin -->", "<!-- people: end -->"
_LABEL = re.compile(r"\{(?P<kind>[a-z-]+)\|(?P<text>[^}]+)\}")


class Labelled(NamedTuple):
    """One text, and what should be found in it."""

    language: str
    text: str
    labels: tuple[tuple[str, str], ...]
    is_test: bool


class Score(NamedTuple):
    """What was found of what is there."""

    right: int
    found: int
    there: int

    @property
    def precision(self) -> float:
        """How much of what was found is right."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """How much of what is there was found."""
        return self.right / self.there if self.there else 1.0


def labelled() -> list[Labelled]:
    """All labelled texts."""
    return [
        Labelled(
            language,
            _LABEL.sub(r"\g<text>", line).replace("\\n", "\n"),
            tuple((match["kind"], match["text"]) for match in _LABEL.finditer(line)),
            number % 2 == 1,
        )
        for language in LANGUAGES
        for number, line in enumerate((TEXTS / f"{language}.txt").read_text(encoding="utf-8").splitlines())
    ]


def found_in(text: str) -> list[tuple[str, str]]:
    """What is found in a text of somebody of whom nothing is known."""
    passages = (*find_people(text, Known()), *find_sensitive(text))
    return [(passage.kind, passage.text) for passage in passages]


def scores(texts: list[Labelled]) -> dict[tuple[str, str], Score]:
    """The score of each kind in each language; a finding is right where a label overlaps it."""
    right: Counter[tuple[str, str]] = Counter()
    found: Counter[tuple[str, str]] = Counter()
    there: Counter[tuple[str, str]] = Counter()
    for one in texts:
        left = list(one.labels)
        there.update((kind, one.language) for kind, _ in left)
        for kind, text in found_in(one.text):
            found[kind, one.language] += 1
            match = next(
                (label for label in left if label[0] == kind and (label[1] in text or text in label[1])), None
            )
            if match is not None:
                left.remove(match)
                right[kind, one.language] += 1
    return {key: Score(right[key], found[key], there[key]) for key in sorted(found.keys() | there.keys())}


def table() -> str:
    """The test set's scores in Markdown."""
    texts = [one for one in labelled() if one.is_test]
    by_key = scores(texts)
    rows = ["| kind | " + " | ".join(LANGUAGES) + " |", "|---|" + "---|" * len(LANGUAGES)]
    for kind in dict.fromkeys(kind for kind, _ in by_key):
        cells = []
        for language in LANGUAGES:
            score = by_key.get((kind, language))
            cells.append(
                f"{score.precision:.2f} / {score.recall:.2f} ({score.there})" if score is not None else "–"
            )
        rows.append(f"| {kind} | " + " | ".join(cells) + " |")
    head = f"Precision / recall (number of them) in {len(texts)} texts that the rules were not made with:"
    return "\n".join([head, "", *rows])


def main(arguments: list[str]) -> int:
    """The command line."""
    if arguments == ["--write"]:
        page = PAGE.read_text(encoding="utf-8")
        before, _, rest = page.partition(BEGIN)
        after = rest.partition(END)[2]
        PAGE.write_text(f"{before}{BEGIN}\n{table()}\n{END}{after}", encoding="utf-8")
    else:
        print(table())  # noqa: T201 - a script's product
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
