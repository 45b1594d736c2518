"""Any other record in full: a heading, its members with label, meaning and value."""

from __future__ import annotations

from typing import NamedTuple

from markupsafe import Markup, escape

from dsr_report.jsonstream.items import JsonValue, count_values
from dsr_report.records.base import Record
from dsr_report.records.kinds import kind_of
from dsr_report.records.models.other import UploadedFile
from dsr_report.records.models.people import Profile, Subprofile
from dsr_report.records.models.surveys import Survey
from dsr_report.records.vocabulary import normalised_key
from dsr_report.rendering.dictionary import meaning_of
from dsr_report.rendering.environment import environment
from dsr_report.rendering.events import moment_text
from dsr_report.rendering.kinds import kind_name, kind_title
from dsr_report.rendering.options import ReportOptions
from dsr_report.rendering.text import inert, shown
from dsr_report.rendering.values import (
    Numbered,
    is_short,
    labelled,
    name_shown,
    number_of,
    path_of,
    rows_of,
    value_html,
)


class FieldRow(NamedTuple):
    """One field of a database or collection."""

    name: str
    label: str
    explanation: str
    origin: str
    html: Markup

    @property
    def is_short(self) -> bool:
        """Whether it fits on a page, so that it need not be broken."""
        return is_short(self.html)


class AnswerRow(NamedTuple):
    """One question, its answer, and what else is stored with it: labels and values, as HTML."""

    question: Markup
    answer: Markup
    rest: list[tuple[Markup, Markup]]


class RecordRenderer:
    """Renders records of any kind for one report."""

    def __init__(self, options: ReportOptions) -> None:
        self._options = options
        self._template = environment(options.words, options.templates).get_template("report/record.html.j2")

    def render(self, record: Record, number: int) -> tuple[str, int]:
        """The HTML of one record, and how many values it shows."""
        options, words = self._options, self._options.words
        numbered = Numbered(record)
        skip: frozenset[str] = frozenset()
        fields: list[FieldRow] = []
        answers: list[AnswerRow] = []
        if isinstance(record, (Profile, Subprofile)):
            own = next(((m, n) for m, n in numbered.members if m.value is record.fields), None)
            if own is not None and record.fields:
                member, first = own
                skip = frozenset({member.pointer})
                fields = self.fields_of(record, first)
        if isinstance(record, Survey):
            at = record.sources.get("answers")
            answers = self._answers(numbered, at)
            skip = frozenset({at} if at is not None and answers else ())
        rows = list(rows_of(record, words, numbered, skip))
        when = ""
        for name in kind_of(record.kind).moments[:1]:
            if (at := getattr(record, name)) is not None:
                raw, certainty = getattr(record, f"{name}_raw"), getattr(record, f"{name}_certainty")
                when = moment_text(at, raw, certainty, options)
        html = self._template.render(
            anchor=f"record-{number}",
            medium=options.medium,
            title=kind_title(record, options),
            name=getattr(record, "title", None)
            or getattr(record, "name", None)
            or getattr(record, "subject", None)
            or "",
            when=when,
            is_person=isinstance(record, (Profile, Subprofile)),
            removed=bool(getattr(record, "removed", False)),
            fields=fields,
            answers=answers,
            rows=rows,
            is_file=isinstance(record, UploadedFile),
            pointer=record.pointer,
            path=Markup(path_of(record, words)),  # noqa: S704 - made of escaped names
            explanation=self._explanation(record),
        )
        return numbered.settled(html)

    def fields_of(self, record: Profile | Subprofile, first: int | None = None) -> list[FieldRow]:
        """The fields of a person's record, with what the controller says about each.

        `first` is the number of their first value, where they are to be counted.
        """
        words = self._options.words
        rows = []
        for name, value in record.fields.items():
            text = self._text_for(record, str(name))
            code = meaning_of("", value, words)
            label, explanation, origin = "", f"= {code}" if code else "", ""
            if text is not None:
                label = text.label.get(words.code, "")
                explanation = text.explain.get(words.code, "") or explanation
                origin = text.origin
                meaning = text.codes.get(str(value))
                if isinstance(meaning, dict):
                    meaning = meaning.get(words.code)
                if meaning:
                    explanation = f"= {meaning}. {explanation}".strip()
            rows.append(
                FieldRow(name_shown(name, words), label, explanation, origin, value_html(value, words, first))
            )
            first = None if first is None else first + count_values(value)
        return rows

    def _text_for(self, record: Profile | Subprofile, name: str):  # type: ignore[no-untyped-def]  # noqa: ANN202
        for text in self._options.config.field:
            if text.name.casefold() != name.casefold():
                continue
            if text.database is not None and str(text.database) != str(record.database_id):
                continue
            if text.collection is not None and str(text.collection) != str(
                getattr(record, "collection_id", None)
            ):
                continue
            return text
        return None

    def _explanation(self, record: Record) -> str:
        custom = self._options.config.records.get(kind_name(record))
        return custom.explanation.get(self._options.language, "") if custom else ""

    def _answers(self, numbered: Numbered, at: str | None) -> list[AnswerRow]:
        """Question and answer for each, with all else that is stored of it."""
        words = self._options.words
        value, first = next(((m.value, n) for m, n in numbered.members if m.pointer == at), (None, 0))
        if isinstance(value, dict):
            entries = [(name_shown(name, words), element) for name, element in value.items()]
        elif isinstance(value, list):
            entries = [("", element) for element in value]
        else:
            return []
        rows = []
        for name, element in entries:
            rows.append(self._answer(name, element, first))
            first += count_values(element)
        return rows

    def _answer(self, name: str, element: JsonValue, first: int) -> AnswerRow:
        words = self._options.words
        if not isinstance(element, dict):
            return AnswerRow(
                shown(name or words.text("(without a question)")), value_html(element, words, first), []
            )
        question = next(
            (n for n, v in element.items() if normalised_key(n) == "question" and isinstance(v, str)), None
        )
        answer = next((n for n in element if normalised_key(n) in {"answer", "answers"}), None)
        numbers: dict[str, int] = {}
        for inner, value in element.items():
            numbers[inner] = first
            first += count_values(value)
        rest = [
            (labelled(inner, words), value_html(value, words, numbers[inner]))
            for inner, value in element.items()
            if inner not in {question, answer}
        ]
        if name:
            rest.insert(
                0, (escape(words.text("Number") if name.isdigit() else words.text("Name")), shown(name))
            )
        asked = str(element[question]) if question is not None else ""
        return AnswerRow(
            number_of(numbers[question] if question is not None else None)
            + shown(inert(asked) or words.text("(without a question)")),
            value_html(element[answer], words, numbers[answer]) if answer is not None else Markup(""),
            rest,
        )
