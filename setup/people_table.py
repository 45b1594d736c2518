"""Measure how many people and sensitive words `review` finds in labelled texts, by kind and language.

    python setup/people_table.py            print the table
    python setup/people_table.py --write    put it into docs/review.md
    python setup/people_table.py --missed   print what is missed, and found wrongly, in the tuning half

The texts are in `tests/redact/people`, one a line, with expected findings marked as `{kind|text}`. A line
with `#` is the heading of the texts that follow; lines with `@` state what is known of the person and the
controller. Every second text belongs to the test half. The rules are tuned on the others, so nothing prints
the misses of the test half.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from dsr_report.lexicon import LANGUAGES
from dsr_report.redact.known_people import KnownPeople
from dsr_report.redact.mentions import Passage
from dsr_report.redact.people import find_people
from dsr_report.redact.sensitive import find_sensitive

ROOT = Path(__file__).resolve().parent.parent
TEXTS = ROOT / "tests" / "redact" / "people"
PAGE = ROOT / "docs" / "review.md"
BEGIN, END = "<!-- people: begin -->", "<!-- people: end -->"
_LABEL = re.compile(r"\{(?P<kind>[a-z-]+)\|(?P<text>[^}]+)\}")


class Span(NamedTuple):
    """A range of a text, and its kind."""

    kind: str
    start: int
    end: int

    def overlaps(self, other: Span) -> bool:
        """Whether both share a character and have the same kind."""
        return self.kind == other.kind and self.start < other.end and other.start < self.end


class Labelled(NamedTuple):
    """One text with its expected findings."""

    language: str
    sort: str
    text: str
    labels: tuple[Span, ...]
    known: KnownPeople
    is_test: bool

    @property
    def found(self) -> list[Span]:
        """The actual findings in the text."""
        passages: Iterable[Passage] = (*find_people(self.text, self.known), *find_sensitive(self.text))
        return [Span(passage.kind, passage.start, passage.end) for passage in passages]

    def wrong(self) -> list[Span]:
        """Findings that overlap no label: false positives."""
        return [one for one in self.found if not any(one.overlaps(label) for label in self.labels)]

    def missed(self) -> list[Span]:
        """Labels not fully covered by findings: a letter or digit would stay visible."""
        found = self.found
        return [
            label
            for label in self.labels
            if any(
                self.text[at].isalnum()
                and not any(Span(label.kind, at, at + 1).overlaps(one) for one in found)
                for at in range(label.start, label.end)
            )
        ]


class Score(NamedTuple):
    """Counts of findings and labels: false positives, findings, missed labels, labels."""

    wrong: int
    found: int
    missed: int
    there: int

    @property
    def precision(self) -> float:
        """The share of findings that are right; 1 without findings."""
        return 1 - self.wrong / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """The share of labels that were found completely; 1 without labels."""
        return 1 - self.missed / self.there if self.there else 1.0


def labelled() -> list[Labelled]:
    """All labelled texts."""
    return [one for language in LANGUAGES for one in _of_language(language)]


def _of_language(language: str) -> Iterator[Labelled]:
    known, sort, number = KnownPeople(), "", 0
    for line in (TEXTS / f"{language}.txt").read_text(encoding="utf-8").splitlines():
        word, _, rest = line.partition(" ")
        if word == "@country":
            known.country = rest
        elif word == "@name":
            known.add_name(rest)
        elif word == "@value":
            known.add_value(rest)
        elif word == "#":
            sort = rest
        else:
            yield _read(language, sort, line.replace("\\n", "\n"), known, is_test=number % 2 == 1)
            number += 1


def _read(language: str, sort: str, line: str, known: KnownPeople, *, is_test: bool) -> Labelled:
    text, end, labels = "", 0, []
    for match in _LABEL.finditer(line):
        text += line[end : match.start()]
        labels.append(Span(match["kind"], len(text), len(text) + len(match["text"])))
        text += match["text"]
        end = match.end()
    return Labelled(language, sort, text + line[end:], tuple(labels), known, is_test)


def scores(texts: list[Labelled]) -> dict[tuple[str, str], Score]:
    """The score of each kind in each language."""
    counts = {name: Counter[tuple[str, str]]() for name in Score._fields}
    for one in texts:
        for name, spans in (
            ("wrong", one.wrong()),
            ("found", one.found),
            ("missed", one.missed()),
            ("there", one.labels),
        ):
            counts[name].update((span.kind, one.language) for span in spans)
    keys = sorted(counts["found"].keys() | counts["there"].keys())
    return {key: Score(*(counts[name][key] for name in Score._fields)) for key in keys}


def left_alone(texts: list[Labelled], language: str) -> tuple[int, int]:
    """Number of texts without labels in which nothing is found, and number of texts without labels."""
    empty = [one for one in texts if one.language == language and not one.labels]
    return sum(not one.found for one in empty), len(empty)


def table() -> str:
    """The test half's scores in Markdown."""
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
    alone = (left_alone(texts, language) for language in LANGUAGES)
    rows.append(
        "| nothing in it, nothing found | " + " | ".join(f"{n} of {all_}" for n, all_ in alone) + " |"
    )
    head = f"Precision / recall (number of them) in the test half, {len(texts)} of {len(labelled())} texts:"
    return "\n".join([head, "", *rows])


def missed() -> str:
    """The missed labels (`-`) and false positives (`+`) of the tuning half, one a line."""
    lines = []
    for one in labelled():
        if not one.is_test:
            for sign, spans in (("-", one.missed()), ("+", one.wrong())):
                lines += [
                    f"{one.language} {sign} {span.kind} {one.text[span.start : span.end]!r}: {one.text!r}"
                    for span in spans
                ]
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """The command line."""
    if arguments == ["--write"]:
        page = PAGE.read_text(encoding="utf-8")
        before, _, rest = page.partition(BEGIN)
        after = rest.partition(END)[2]
        PAGE.write_text(f"{before}{BEGIN}\n{table()}\n{END}{after}", encoding="utf-8")
    else:
        print(missed() if arguments == ["--missed"] else table())  # noqa: T201 - a script's product
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
