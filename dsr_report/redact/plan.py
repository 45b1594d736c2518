"""The plan of what is masked and withheld in an export, with the number of each hidden value.

*Masked*: the subject's own value, but a live key (GDPR Art. 5(1)(f), 32). *Withheld*: rights of others or
another legal ground (Art. 15(4), 12(4)); only by a decision of the operator. A decision is about a value;
the same value has the same number wherever it occurs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

from dsr_report.redact.needles import digests_alone, token_word, words_of_name
from dsr_report.redact.randomness import is_random
from dsr_report.redact.sums import Sum

Treatment = Literal["disclose", "mask", "withhold"]
KEY_ARTICLE = "Art. 5(1)(f), 32 GDPR"
"""Why live keys are masked: security of the person's own data."""
_SHORTEST_WORD = 10
"""Letters and digits; a token without a word of this length is searched like other passages."""
_MOST_SEARCHED = 16
"""Tokens that are also searched in every other spelling, as other hidden values are; more are not."""
_BRACKETED = re.compile(r"\[[^\[\]]*\]")
"""A possible mark."""
_MOST_ALONE = 50
"""Keys of one kind with a number each; more (a token per event) share a number, with a label each."""
_MANY_PLACES = 20
"""Places of a withheld passage; a name with more, or an ordinary word, is reported for a check."""
SHORTEST_PASSAGE = 6
"""Shorter values are hidden only in their own place: they occur in other texts by chance."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The treatment of one value, and the reason.

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
    """Different values of one group share a number, such as those of another person's record."""
    span: tuple[int, int] | None = None
    """The passage's span in the value, if known: it is hidden there, in any spelling."""
    is_word: bool = False
    """The passage is hidden at word boundaries, even if shorter than `SHORTEST_PASSAGE`."""
    is_token: bool = False
    """The passage is a random token, perhaps one of thousands: see `Plan.tokens`."""
    part: str | None = None
    """Path (`1.2`) of the message part that is hidden whole."""


@dataclass(slots=True)
class Mark:
    """One hidden value: the text in its place, and the places.

    `pointers` are the values that are hidden whole; `passage_pointers` those that are hidden in part.
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
    """Everything to hide: whole values by pointer, passages by text."""

    marks: list[Mark] = field(default_factory=list)
    whole: dict[str, Mark] = field(default_factory=dict)
    passages: dict[str, Mark] = field(default_factory=dict)
    only_at: dict[str, list[tuple[str, Mark]]] = field(default_factory=dict)
    spans: dict[str, list[tuple[int, int, Mark]]] = field(default_factory=dict)
    """Spans of values that are hidden, by pointer: start, end, mark; sorted."""
    parts: dict[str, dict[str, Mark]] = field(default_factory=dict)
    """Message parts that are hidden whole, by the message's pointer and the part's path."""
    tokens: dict[str, Mark] = field(default_factory=dict)
    """Passages that are found by their `token_word`, so that their number is not limited."""
    digested: dict[str, Mark] = field(default_factory=dict)
    """Passages searched by digest only, as the text itself is hidden only in place, or is random."""
    pieces: dict[str, Mark] = field(default_factory=dict)
    """Marks for the pieces of withheld names, by name: elsewhere a piece may mean something else."""
    emptied: dict[str, Mark] = field(default_factory=dict)
    """Values of which nothing but marks is left after passages were hidden, by pointer."""
    within: dict[int, list[str]] = field(default_factory=dict)
    """Pointers where a withheld passage was hidden as part of a longer word or number, by mark number."""
    _texts: dict[str, Mark] = field(default_factory=dict, compare=False)

    def __bool__(self) -> bool:
        return bool(self.marks)

    @property
    def masked(self) -> int:
        """Number of masked values, none of whose content is shown."""
        return self._count("mask")

    @property
    def withheld(self) -> int:
        """Number of withheld values, none of whose content is shown."""
        return self._count("withhold")

    @property
    def in_part(self) -> int:
        """Number of values with a masked or withheld part; they count as disclosed."""
        hidden = {p for mark in self.marks for p in mark.passage_pointers}
        return len(hidden - self.whole.keys() - self.emptied.keys())

    def sum(self, total: int) -> Sum:
        """The counts for an export of `total` values."""
        return Sum(total, total - self.masked - self.withheld, self.masked, self.withheld, self.in_part)

    def broad(self) -> list[tuple[Mark, list[str]]]:
        """Withheld passages with many places, and these: a common text may mean something else there."""
        everywhere = {mark.number for mark in self.passages.values()}
        found = []
        for mark in self.marks:
            places = list(dict.fromkeys((*mark.pointers, *mark.passage_pointers)))
            if mark.treatment == "withhold" and mark.number in everywhere and len(places) > _MANY_PLACES:
                found.append((mark, places))
        return found

    def settle(self) -> None:
        """Move the emptied values from the passage pointers to the whole values of their marks."""
        for pointer, mark in self.emptied.items():
            self.marks[mark.number - 1].pointers.append(pointer)
        for mark in self.marks:
            own = {pointer for pointer, by in self.emptied.items() if by.number == mark.number}
            if own:
                mark.passage_pointers = [p for p in mark.passage_pointers if p not in own]

    def left_alone(self, text: str) -> Mark | None:
        """The mark that a value consists of if nothing else is left; a withholding mark comes first."""
        if any(map(str.isalnum, _BRACKETED.sub("", text))):
            return None
        if not self._texts:
            self._texts = {mark.text: mark for mark in (*self.marks, *self.tokens.values())}
        marks = [self._texts.get(piece) for piece in _BRACKETED.findall(text)]
        known = [mark for mark in marks if mark is not None]
        if not known or len(known) < len(marks):
            return None
        return next((mark for mark in known if mark.treatment == "withhold"), known[0])

    def move(self, place: Callable[[str], str]) -> None:
        """Replace every pointer by its new one."""
        self.whole = {place(pointer): mark for pointer, mark in self.whole.items()}
        self.emptied = {place(pointer): mark for pointer, mark in self.emptied.items()}
        for mark in self.marks:
            mark.pointers = [place(pointer) for pointer in mark.pointers]
            mark.passage_pointers = [place(pointer) for pointer in mark.passage_pointers]

    def _count(self, treatment: Treatment) -> int:
        return sum(mark.treatment == treatment for one in (self.whole, self.emptied) for mark in one.values())


MarkText = Callable[[Treatment, str, str], str]


def english_mark(treatment: Treatment, number: str, what: str) -> str:
    """The visible mark in English, `[masked 1: access code]`; its length is independent of the value's."""
    word = "masked" if treatment == "mask" else "withheld"
    return f"[{word} {number}: {what.replace('-', ' ')}]"


def make_plan(decisions: Iterable[tuple[Decision, str]], mark_text: MarkText = english_mark) -> Plan:
    """The plan for decisions, each with the text of its value."""
    plan = Plan()
    making = _Marks(plan, mark_text)
    for decision, value in decisions:
        if decision.treatment == "disclose":
            continue
        hidden = value if decision.passage is None else decision.passage
        mark = making.mark_of(decision, hidden)
        if decision.part is not None:
            plan.parts.setdefault(decision.pointer, {}).setdefault(decision.part, mark)
        elif decision.span is not None:
            plan.spans.setdefault(decision.pointer, []).append((*decision.span, mark))
        elif decision.passage is None:
            if decision.pointer not in plan.whole:
                plan.whole[decision.pointer] = mark
                plan.marks[mark.number - 1].pointers.append(decision.pointer)
        elif not decision.everywhere:
            plan.only_at.setdefault(decision.pointer, []).append((hidden, mark))
        if _tells_by_digest(decision, hidden):
            plan.digested.setdefault(digests_alone(hidden), mark)
        if not decision.everywhere:
            continue
        if decision.is_token:
            plan.marks[mark.number - 1].everywhere = True
            plan.tokens.setdefault(hidden, mark)
        elif len(hidden) >= SHORTEST_PASSAGE or decision.is_word:
            plan.marks[mark.number - 1].everywhere = True
            plan.passages.setdefault(hidden, mark)
    for pieces in plan.spans.values():
        pieces.sort(key=lambda piece: (piece[0], -piece[1]))
    making.label_alone()
    for passage, mark in list(plan.passages.items()):
        if mark.treatment == "withhold" and words_of_name(passage):
            plan.pieces[passage] = making.mark_of_pieces(mark)
    bare = [token for token in plan.tokens if token not in plan.passages and token.isalnum()]
    wordless = [token for token in plan.tokens if len(token_word(token)) < _SHORTEST_WORD]
    for token in (*bare[:_MOST_SEARCHED], *wordless):
        plan.passages.setdefault(token, plan.tokens[token])
    plan.tokens = {token: mark for token, mark in plan.tokens.items() if token not in plan.passages}
    return plan


def _tells_by_digest(decision: Decision, hidden: str) -> bool:
    """Whether the digests of a text are searched beyond those of ordinary passages.

    An address that is also a password is disclosed as the address; link tokens may be thousands.
    """
    if not hidden or decision.part is not None:
        return False
    if decision.everywhere and (decision.is_token or is_random(hidden, shortest=16)):
        return decision.group is None
    return not decision.everywhere and "@" not in hidden


class _Marks:
    """Gives each hidden value its mark: one number per value, or per group of values."""

    def __init__(self, plan: Plan, mark_text: MarkText) -> None:
        self._plan = plan
        self._text = mark_text
        self._by_value: dict[tuple[str, str], Mark] = {}
        self._alone: Counter[str] = Counter()
        self._labels: dict[int, dict[str, Mark]] = {}

    def mark_of(self, decision: Decision, hidden: str) -> Mark:
        """The mark of a value; in a numbered group, with a label that distinguishes the value."""
        known = self._by_value.get((decision.treatment, hidden))
        if known is not None and (decision.group is None or decision.is_token):
            return known
        group = decision.group
        if group is None and decision.is_token:
            self._alone[decision.what] += 1
            if self._alone[decision.what] > _MOST_ALONE:
                group = f"more of {decision.what}"
        mark = self._by_value.get((decision.treatment, f"\0{group}")) if group else None
        if mark is None:
            number = len(self._plan.marks) + 1
            text = self._text(decision.treatment, str(number), decision.what)
            mark = Mark(number, decision.treatment, decision.what, decision.reason, decision.article, text)
            self._plan.marks.append(mark)
            if group:
                self._by_value[decision.treatment, f"\0{group}"] = mark
        if group and decision.is_token:
            labels = self._labels.setdefault(mark.number, {})
            label = self._text(decision.treatment, f"{mark.number}.{len(labels) + 1}", decision.what)
            mark = labels[hidden] = replace(mark, text=label)
        if not group or decision.is_token:
            self._by_value[decision.treatment, hidden] = mark
        return mark

    def mark_of_pieces(self, whole: Mark) -> Mark:
        """A separate mark for the pieces of a name."""
        number = len(self._plan.marks) + 1
        text = self._text(whole.treatment, str(number), whole.what)
        mark = replace(whole, number=number, text=text, pointers=[], passage_pointers=[], everywhere=False)
        self._plan.marks.append(mark)
        return mark

    def label_alone(self) -> None:
        """Remove the labels of groups with a single value."""
        for number, labels in self._labels.items():
            if len(labels) == 1:
                for mark in labels.values():
                    mark.text = self._plan.marks[number - 1].text
