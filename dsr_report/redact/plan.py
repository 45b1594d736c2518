"""What is masked and withheld in one export, with the number that each hidden value bears everywhere.

*Masked*: the subject's own value, but a live key (GDPR Art. 5(1)(f), 32). *Withheld*: rights of others or
another legal ground (Art. 15(4), 12(4)); only by a decision of the operator. A decision is about a value;
the same value bears the same number wherever it occurs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from dsr_report.redact.live_links import wrapped_in
from dsr_report.redact.readings import views_of

Treatment = Literal["disclose", "mask", "withhold"]
_WORD = re.compile(r"[A-Za-z0-9]+")
_SHORTEST_WORD = 10
_LARGE = 200_000
"""Characters; what is longer is read line by line, to keep memory bounded."""
_LONG_WORD = re.compile(rb" (" + rb"[^ ]" * 10 + rb"[^ ]*)")
"""Among words in one case, with a space for all else (`_PLAIN`): that is twice as fast."""
_PLAIN = bytes(byte if byte < 128 and chr(byte).isalnum() else ord(" ") for byte in range(256)).lower()
_MOST_SEARCHED = 16
"""Tokens that are also looked for in every other spelling in all values, as other hidden values are."""
SHORTEST_PASSAGE = 6
"""Shorter values are hidden where they stand, but not looked for in other text: chance would hit them."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What happens to one value, and why.

    `what` is a key of the report's wording (`access-code`, `address`, …) or free text. `everywhere` also
    hides the value's occurrences inside other values.
    """

    pointer: str
    treatment: Treatment
    what: str
    reason: str = ""
    article: str = ""
    everywhere: bool = True
    passage: str | None = None
    """The part of the value that is hidden; None hides the whole value."""
    group: str | None = None
    """Values of one group bear one number, though they differ: those of another person's record."""
    is_token: bool = False
    """The passage is drawn by chance, and one of perhaps thousands: see `Plan.tokens`."""


@dataclass(slots=True)
class Mark:
    """One hidden value: what the reader sees in its place, and where that is.

    `pointers` are the values that are hidden whole; `passage_pointers` those of which a part is.
    """

    number: int
    treatment: Treatment
    what: str
    reason: str
    article: str
    text: str
    pointers: list[str] = field(default_factory=list)
    passage_pointers: list[str] = field(default_factory=list)
    everywhere: bool = False
    """Its occurrences inside other values are hidden as well."""


@dataclass(slots=True)
class Plan:
    """Everything that is to be hidden: whole values by pointer, passages by their text."""

    marks: list[Mark] = field(default_factory=list)
    whole: dict[str, Mark] = field(default_factory=dict)
    passages: dict[str, Mark] = field(default_factory=dict)
    only_at: dict[str, list[tuple[str, Mark]]] = field(default_factory=dict)
    tokens: dict[str, Mark] = field(default_factory=dict)
    """Passages that are found by a word in them (`token_word`), so that there may be any number of them."""

    def __bool__(self) -> bool:
        return bool(self.marks)

    @property
    def masked(self) -> int:
        """How many values are masked whole."""
        return self._count("mask")

    @property
    def withheld(self) -> int:
        """How many values are withheld whole."""
        return self._count("withhold")

    @property
    def passage_count(self) -> int:
        """How many values have a part that is masked or withheld; they count as disclosed."""
        return len({p for mark in self.marks for p in mark.passage_pointers} - self.whole.keys())

    def move(self, place: Callable[[str], str]) -> None:
        """Say of every pointer where it leads now."""
        self.whole = {place(pointer): mark for pointer, mark in self.whole.items()}
        for mark in self.marks:
            mark.pointers = [place(pointer) for pointer in mark.pointers]
            mark.passage_pointers = [place(pointer) for pointer in mark.passage_pointers]

    def _count(self, treatment: Treatment) -> int:
        return sum(mark.treatment == treatment for mark in self.whole.values())


MarkText = Callable[[Treatment, int, str], str]


def english_mark(treatment: Treatment, number: int, what: str) -> str:
    """The visible mark, in English: `[masked 1: access code]`; its length says nothing of the value's."""
    word = "masked" if treatment == "mask" else "withheld"
    return f"[{word} {number}: {what.replace('-', ' ')}]"


def make_plan(decisions: Iterator[tuple[Decision, str]], mark_text: MarkText = english_mark) -> Plan:
    """The plan for decisions, each with the text of the value it is about."""
    plan = Plan()
    by_value: dict[tuple[str, str], Mark] = {}
    for decision, value in decisions:
        if decision.treatment == "disclose":
            continue
        hidden = value if decision.passage is None else decision.passage
        if decision.is_token and hidden in plan.passages:
            continue  # known by a name that says more
        key = (decision.treatment, decision.group or hidden)
        mark = by_value.get(key)
        if mark is None:
            number = len(plan.marks) + 1
            mark = Mark(
                number,
                decision.treatment,
                decision.what,
                decision.reason,
                decision.article,
                mark_text(decision.treatment, number, decision.what),
            )
            by_value[key] = mark
            plan.marks.append(mark)
        if decision.is_token:
            mark.everywhere = True
            plan.tokens.setdefault(hidden, mark)
            continue
        if decision.passage is None:
            if decision.pointer not in plan.whole:
                plan.whole[decision.pointer] = mark
                mark.pointers.append(decision.pointer)
        elif not decision.everywhere:
            plan.only_at.setdefault(decision.pointer, []).append((hidden, mark))
        if decision.everywhere and len(hidden) >= SHORTEST_PASSAGE:
            mark.everywhere = True
            plan.passages.setdefault(hidden, mark)
    bare = [token for token in plan.tokens if token not in plan.passages and token.isalnum()]
    wordless = [token for token in plan.tokens if len(token_word(token)) < _SHORTEST_WORD]
    for token in (*bare[:_MOST_SEARCHED], *wordless):
        plan.passages.setdefault(token, plan.tokens[token])
    plan.tokens = {token: mark for token, mark in plan.tokens.items() if token not in plan.passages}
    return plan


def token_word(token: str) -> str:
    """The longest run of ASCII letters and digits in a token, in one case: no text holds it by chance."""
    return max(_WORD.findall(token), key=len, default="").lower()


def words_in(text: str) -> set[str]:
    """Every run of ASCII letters and digits in a text that can be the word of a token, in one case.

    In the text as it reads in every way, and in the addresses that it holds in base64.
    """
    found = words_wrapped_in(text)
    for piece in [text] if len(text) <= _LARGE else text.split("\n"):
        found |= words_in_views(views_of(piece))
    return found


def words_in_views(views: Iterable[str]) -> set[str]:
    """The same in a text of which the `views` are known."""
    found: set[str] = set()
    for view in views:
        plain = view.encode("utf-8", "surrogatepass").translate(_PLAIN)
        found.update([word.decode("ascii") for word in _LONG_WORD.findall(b" " + plain)])
    return found


def words_wrapped_in(text: str) -> set[str]:
    """The same in the addresses that a text holds in base64, as links that redirect do."""
    found: set[str] = set()
    for wrapped in wrapped_in(text):
        found |= words_in(wrapped)
    return found


def counts(plan: Plan, total: int) -> Mapping[str, int]:
    """The sum that the report prints: total = disclosed + masked + withheld."""
    return {
        "total": total,
        "disclosed": total - plan.masked - plan.withheld,
        "masked": plan.masked,
        "withheld": plan.withheld,
    }
