"""The redacted export: the original, byte for byte, but for the values that are masked or withheld.

Everything that the subject receives is made from this file alone, so that what it does not hold cannot
show up anywhere. A hidden value is also taken out of other values that hold it: plain text, addresses of
links in their encoded forms, and complete messages, whose parts are decoded, changed and encoded again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import BinaryIO

from dsr_report.errors import RedactionError
from dsr_report.export.items import Item, values
from dsr_report.export.reading import ExportFile
from dsr_report.export.rewriting import rewrite
from dsr_report.mime.message import text_of_wire, wire_of_text
from dsr_report.mime.rewriting import occurrences, replaced, seen_in
from dsr_report.mime.spellings import forms_of, in_text, without_passages
from dsr_report.review.plan import Mark, Plan, token_word, words_in

_LOOKS_LIKE_MESSAGE = re.compile(r"\s*(?:From [^\n]*\n)?[!-9;-~]+[ \t]*:[^\n]*\n", re.ASCII)
_MOST_SHAPES = 20_000
_MAY_BE_ENCODED = frozenset("%&=\\+")
_BLANK_LINE = re.compile(r"\r?\n[ \t]*\r?\n")


def write_redacted(export: ExportFile, plan: Plan, target: BinaryIO) -> list[str]:
    """Write the redacted export to `target`, and note in the plan's marks where each value was hidden.

    Returns warnings: names of members are never changed, so a masked value that is also such a name stays.

    Raises:
        RedactionError: a hidden value is still found in the result, or a withheld one is a member's name.
    """
    hiding = _Hiding(plan)
    rewrite(export, hiding.replacements, target)
    return hiding.warnings


class _Hiding:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.warnings: list[str] = []
        self._names_seen: set[tuple[str, ...]] = set()
        self._passages = sorted(plan.passages.items(), key=lambda pair: (-len(pair[0]), pair[0]))
        self._forms: list[tuple[str, Mark]] = [
            (form, mark) for passage, mark in self._passages for form in forms_of(passage)
        ]
        self._any = _alternation([form for form, _ in self._forms])
        self._tokens: dict[str, list[tuple[str, Mark]]] = {}
        for token, mark in plan.tokens.items():
            self._tokens.setdefault(token_word(token), []).append((token, mark))
        self._by_form = {form.casefold(): mark for form, mark in reversed(self._forms)}

    def replacements(self, item: Item) -> Mapping[str, str]:
        """The new text of each value of `item` that changes, by its pointer."""
        changed: dict[str, str] = {}
        if self._passages:
            self._check_names(item)
        for pointer, value in values(item.value, item.pointer):
            whole = self._plan.whole.get(pointer)
            if whole is not None:
                changed[pointer] = whole.text
            elif value is not None and not isinstance(value, bool):
                text = str(value)
                hidden = self._without_passages(text, pointer)
                if hidden is not None:
                    changed[pointer] = hidden
        return changed

    def _check_names(self, item: Item) -> None:
        """Hidden values that are names of members, which cannot be replaced: the shape would change."""
        stack = [item.value]
        while stack:
            current = stack.pop()
            if isinstance(current, dict):
                names = tuple(current)
                stack.extend(current.values())
                if names in self._names_seen or len(self._names_seen) > _MOST_SHAPES:
                    continue
                self._names_seen.add(names)
                for passage, mark in self._passages:
                    if any(in_text(str(name), passage) for name in names):
                        self._found_as_name(mark, item.pointer)
            elif isinstance(current, list):
                stack.extend(current)

    def _found_as_name(self, mark: Mark, pointer: str) -> None:
        if mark.treatment == "withhold":
            raise RedactionError(
                f"the value withheld as number {mark.number} is also the name of a member",
                where=pointer,
                hint="Names cannot be changed: disclose the value, or answer without this record by hand.",
            )
        warning = f"the value masked as number {mark.number} is also the name of a member, and stays there"
        if warning not in self.warnings:
            self.warnings.append(warning)

    def _without_passages(self, text: str, pointer: str) -> str | None:
        """`text` with every hidden passage replaced, or None where it holds none."""
        here: Sequence[tuple[str, Mark]] = self._plan.only_at.get(pointer, ())
        if not self._passages and not here and not self._tokens:
            return None
        passages = [*here, *self._passages]
        if is_message(text):
            return self._message_without(text, passages, pointer)
        passages += self._tokens_among(words_in(text))
        result = text
        for passage, mark in here:
            if passage in result:
                result = result.replace(passage, mark.text)
                _note(mark, pointer)
        for token, mark in passages[len(here) + len(self._passages) :]:
            if token in result:
                result = result.replace(token, mark.text)
                _note(mark, pointer)
        if self._any is not None:
            result = self._any.sub(lambda match: self._mark_for(match.group(0), pointer), result)
        if not _MAY_BE_ENCODED.isdisjoint(result):
            for passage, mark in passages:
                if in_text(result, passage):
                    result = without_passages(result, [(passage, mark.text)])
                    _note(mark, pointer)
        return result if result != text else None

    def _tokens_among(self, words: set[str]) -> list[tuple[str, Mark]]:
        """The tokens that a text with these words may hold, the longest first."""
        if not self._tokens:
            return []
        found = [pair for word in self._tokens.keys() & words for pair in self._tokens[word]]
        return sorted(found, key=lambda pair: (-len(pair[0]), pair[0]))

    def _mark_for(self, form: str, pointer: str) -> str:
        mark = self._by_form.get(form.casefold()) or next(
            mark for known, mark in self._forms if re.fullmatch(re.escape(known), form, re.IGNORECASE)
        )
        _note(mark, pointer)
        return mark.text

    def _message_without(self, text: str, passages: Sequence[tuple[str, Mark]], pointer: str) -> str | None:
        wire = wire_of_text(text)
        if self._tokens:
            passages = [*passages, *self._tokens_among(words_of_message(wire))]
        present = [(passage, mark) for passage, mark in passages if occurrences(wire, passage)]
        if not present:
            return None
        result = replaced(wire, [(passage, mark.text) for passage, mark in present])
        for passage, mark in present:
            if occurrences(result, passage):
                raise RedactionError(
                    f"the value hidden as number {mark.number} cannot be taken out of this message",
                    where=pointer,
                    hint="Withhold the whole message in the review file.",
                )
            _note(mark, pointer)
        return text_of_wire(result)


def is_message(text: str) -> bool:
    """Whether a text looks like a complete MIME message: header fields, then a blank line."""
    head = _LOOKS_LIKE_MESSAGE.match(text, 0, 2000)
    return head is not None and _BLANK_LINE.search(text) is not None


def words_of_message(wire: bytes) -> set[str]:
    """The words that tokens are found by, in all that a message says."""
    found: set[str] = set()
    for text in seen_in(wire):
        found |= words_in(text)
    return found


def _alternation(forms: Sequence[str]) -> re.Pattern[str] | None:
    if not forms:
        return None
    longest_first = sorted(set(forms), key=lambda form: (-len(form), form))
    return re.compile("|".join(re.escape(form) for form in longest_first), re.IGNORECASE)


def _note(mark: Mark, pointer: str) -> None:
    if mark.passage_pointers[-1:] != [pointer]:
        mark.passage_pointers.append(pointer)
