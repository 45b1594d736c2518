"""Views of whole records: a heading, fields with label, meaning and value, questions and answers."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from dsr_report.jsonstream.items import JsonValue, count_values
from dsr_report.records.base import Record
from dsr_report.records.kind import Origin
from dsr_report.records.kinds import kind_of
from dsr_report.records.models.other import Unrecognised
from dsr_report.records.models.people import Profile, Subprofile
from dsr_report.records.models.surveys import Survey
from dsr_report.records.names import normalised_key, word_set
from dsr_report.rendering.dictionary import meaning_of
from dsr_report.rendering.events import moment_text
from dsr_report.rendering.kinds import kind_name, kind_title
from dsr_report.rendering.options import ReportOptions
from dsr_report.rendering.proof import Proof
from dsr_report.rendering.values import (
    FieldRow,
    Name,
    Numbered,
    Value,
    name_shown,
    path_of,
    rows_of,
    with_label,
)


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One question, its answer if there is one, and its other stored members.

    `name` is the name or number under which it is stored, and `name_label` says which of the two. `reads` is
    the question without its HTML markup; empty if it has none.
    """

    question: Value
    answer: Value | None
    rest: tuple[tuple[Name, Value, str], ...] = ()
    """Other members: name, value, and the meaning of a code."""
    name: str = ""
    name_label: str = ""
    reads: str = ""


@dataclass(frozen=True, slots=True)
class CodeRow:
    """Numbers, codes and moments of a record with the same label, each with the meaning of a code."""

    label: str
    names: tuple[str, ...]
    values: tuple[tuple[Value, str], ...]
    explanation: str


@dataclass(frozen=True, slots=True)
class RecordView:
    """A record in full, the input of `templates/report/record.html.j2`.

    `fields` are those of a person's record, `answers` those of a survey, `codes` members that only the e-mail
    system needs or that the heading repeats, `rows` all other members. `path` has the names of the lists and
    objects that contain it.
    """

    anchor: str
    kind: str
    title: str
    name: str
    when: str
    removed: bool
    fields: tuple[FieldRow, ...]
    answers: tuple[AnswerRow, ...]
    rows: tuple[FieldRow, ...]
    codes: tuple[CodeRow, ...]
    path: tuple[str, ...]
    explanation: str
    pointer: str
    proof: Proof


_MOMENTS = frozenset({"time", "timestamp", "created", "modified", "timestampsent", "at"})
_CODES = _MOMENTS | word_set(
    "id type event secret removed profile profileid subprofile subprofileid database databaseid collection "
    "collectionid mailing mailingid emailing destination internal messageid template templateid document documentid"
)
"""Normalised names of members that identify or file a record, as opposed to its content."""
_SECONDS = re.compile(r"[0-9]{9,10}")
_MARKUP = re.compile(
    r"</?(?:a|b|br|div|em|font|i|li|ol|p|small|span|strong|sub|sup|u|ul)\b[^<>]*>", re.IGNORECASE
)


def _without_markup(text: object) -> str:
    """A question without its HTML markup; empty if it has none."""
    if not isinstance(text, str):
        return ""
    reads = " ".join(html.unescape(_MARKUP.sub(" ", text)).split())
    return "" if reads == " ".join(text.split()) else reads


class RecordViews:
    """Makes views of records of any kind for one report."""

    def __init__(self, options: ReportOptions) -> None:
        self._options = options

    def view(self, record: Record, number: int) -> tuple[RecordView, int]:
        """Return the view of one record, and its number of values."""
        options, language = self._options, self._options.language
        numbered = Numbered(record, number)
        skip: frozenset[str] = frozenset()
        fields: list[FieldRow] = []
        answers: list[AnswerRow] = []
        if isinstance(record, (Profile, Subprofile)):
            own = next(((m, n) for m, n in numbered.members if m.value is record.fields), None)
            if own is not None and record.fields:
                member, first = own
                skip = frozenset({member.pointer})
                fields = self.fields_of(record, numbered, first)
        if isinstance(record, Survey):
            at = record.sources.get("answers")
            answers = self._answers(numbered, at)
            skip = frozenset({at} if at is not None and answers else ())
        when = ""
        for name in kind_of(record.kind).moments[:1]:
            if (moment := getattr(record, name)) is not None:
                raw, certainty = getattr(record, f"{name}_raw"), getattr(record, f"{name}_certainty")
                when = moment_text(moment, raw, certainty, options)
        name = str(
            getattr(record, "title", None)
            or getattr(record, "name", None)
            or getattr(record, "subject", None)
            or ""
        )
        rows, codes = self._divide(record, name, rows_of(record, language, numbered, skip))
        view = RecordView(
            anchor=f"record-{number}",
            kind=record.kind,
            title=kind_title(record, options),
            name=name,
            when=when,
            removed=bool(getattr(record, "removed", False)),
            fields=tuple(fields),
            answers=tuple(answers),
            rows=rows,
            codes=codes,
            path=path_of(record, language),
            explanation=self._explanation(record),
            pointer=record.pointer,
            proof=numbered.proof(),
        )
        return view, numbered.count

    def _divide(
        self, record: Record, name: str, members: Iterable[FieldRow]
    ) -> tuple[tuple[FieldRow, ...], tuple[CodeRow, ...]]:
        """Divide members into the record's content, and its numbers and codes by label."""
        rows: list[FieldRow] = []
        codes: dict[str, list[FieldRow]] = {}
        for row in map(self._with_moment, members):
            content = row.value.content
            is_code = normalised_key(row.name) in _CODES or (name != "" and content == name)
            if is_code and not isinstance(content, (dict, list)) and not isinstance(record, Unrecognised):
                codes.setdefault(row.label or row.name, []).append(row)
            else:
                rows.append(row)
        return tuple(rows), tuple(
            CodeRow(
                label,
                tuple(dict.fromkeys(row.name for row in alike if row.name != label)),
                tuple((row.value, row.meaning) for row in alike),
                alike[0].explanation,
            )
            for label, alike in codes.items()
        )

    def _with_moment(self, row: FieldRow) -> FieldRow:
        """Add the moment as meaning to a row with a Unix timestamp in seconds."""
        content = row.value.content
        if row.name.casefold() not in _MOMENTS or not _SECONDS.fullmatch(str(content)):
            return row
        at = datetime.fromtimestamp(int(str(content)), UTC)
        return replace(row, meaning=self._options.language.moment(at, self._options.zone))

    def fields_of(
        self, record: Profile | Subprofile, numbered: Numbered | None = None, first: int = 0
    ) -> list[FieldRow]:
        """The fields of a person's record, each with the controller's description.

        With `numbered`, the values carry numbers for the proof, starting at `first`.
        """
        language = self._options.language
        collection = getattr(record, "collection_id", None)
        rows = []
        for name, value in record.fields.items():
            text = self._options.config.text_of_field(str(name), record.database_id, collection)
            code = meaning_of("", value, language)
            label = explanation = ""
            origin: Origin = ""
            source, special = "", False
            if text is not None:
                label = text.label.get(language.code, "")
                explanation = text.explain.get(language.code, "")
                origin, special = text.origin, text.special
                source = text.source.get(language.code, "")
                meaning = text.codes.get(str(value))
                if isinstance(meaning, dict):
                    meaning = meaning.get(language.code)
                code = meaning or code
            shown = Value(value) if numbered is None else numbered.value(value, first)
            rows.append(
                FieldRow(name_shown(name, language), label, explanation, shown, code, origin, source, special)
            )
            first += count_values(value)
        return rows

    def _explanation(self, record: Record) -> str:
        custom = self._options.config.records.get(kind_name(record))
        return custom.explanation.get(self._options.language_code, "") if custom else ""

    def _answers(self, numbered: Numbered, at: str | None) -> list[AnswerRow]:
        """A row for each question, with its answer and other members."""
        language = self._options.language
        value, first = next(((m.value, n) for m, n in numbered.members if m.pointer == at), (None, 0))
        if isinstance(value, dict):
            entries = [(name_shown(name, language), element) for name, element in value.items()]
        elif isinstance(value, list):
            entries = [("", element) for element in value]
        else:
            return []
        rows = []
        for name, element in entries:
            rows.append(self._answer(numbered, name, element, first))
            first += count_values(element)
        return rows

    def _answer(self, numbered: Numbered, name: str, element: JsonValue, first: int) -> AnswerRow:
        language = self._options.language
        without = language.text("(without a question)")
        if not isinstance(element, dict):
            return AnswerRow(Value(name or without), numbered.value(element, first))
        question = next(
            (n for n, v in element.items() if normalised_key(n) == "question" and isinstance(v, str)), None
        )
        answer = next((n for n in element if normalised_key(n) in {"answer", "answers"}), None)
        values: dict[str, Value] = {}
        for inner, value in element.items():
            values[inner] = numbered.value(value, first)
            first += count_values(value)
        asked = Value(without)
        if question is not None:
            asked = values[question] if element[question] else replace(values[question], content=without)
        return AnswerRow(
            asked,
            values[answer] if answer is not None else None,
            tuple(
                (with_label(inner, language), value, meaning_of(f"question-{inner}", value.content, language))
                for inner, value in values.items()
                if inner not in {question, answer}
            ),
            name,
            "" if not name else language.text("Number") if name.isdigit() else language.text("Name"),
            _without_markup(asked.content),
        )
