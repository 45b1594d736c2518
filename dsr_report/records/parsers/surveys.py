"""Parsers of surveys and web forms."""

from __future__ import annotations

from dsr_report.jsonstream.items import JsonValue
from dsr_report.pointers import joined
from dsr_report.records.base import Record
from dsr_report.records.fields import FieldReader, as_text
from dsr_report.records.members import Member
from dsr_report.records.models.surveys import Answer, Form, Survey
from dsr_report.records.registry import parses
from dsr_report.records.sniff import is_xml
from dsr_report.records.vocabulary import normalised_key, word_set

_QUESTION = word_set("question number id type answer answers value text title label")


@parses("survey")
def parse_survey(take: FieldReader) -> Record:
    """A submitted survey, in any of the shapes that its answers are known to have; also as XML or HTML."""
    if take.names == {""}:
        value = take.found.value
        take.text("xml" if isinstance(value, str) and is_xml(value) else "html", "")
        return take.record(Survey)
    _about(take, "survey_id", "surveyid")
    take.text("title", "survey", "surveyname", "name", "title")
    take.text("xml", "xml", "surveyxml")
    take.text("html", "html", "surveyhtml")
    answers: list[Answer] = []
    for name in ("questions", "surveyquestions", "answers", "results"):
        for number, member in enumerate(take.members):
            if normalised_key(member.name) == name and number not in take.claimed:
                found = _answers(member)
                if found is not None:
                    answers += found
                    take.claimed.add(number)
                    take.sources.setdefault("answers", member.pointer)
    if not answers and take.has("question"):
        number = next(n for n, m in enumerate(take.members) if normalised_key(m.name) == "question")
        claimed = [
            n
            for n, m in enumerate(take.members)
            if normalised_key(m.name) in {"question", "answer", "type", "number"}
        ]
        members = {normalised_key(take.members[n].name): take.members[n].value for n in reversed(claimed)}
        answers = [_answer(None, members, take.members[number].pointer)]
        take.claimed.update(claimed)
        take.sources["answers"] = take.members[number].pointer
    take.fields["answers"] = tuple(answers)
    return take.record(Survey)


def _about(take: FieldReader, id_field: str, *id_names: str) -> None:
    take.id(id_field, *id_names)
    take.id("submission_id", "submissionid", "submission", "id")
    take.id("profile_id", "profile", "profileid")
    take.id("subprofile_id", "subprofile", "subprofileid")
    take.moment("submitted_at", "submitted", "timestamp", "time", "triggertime", "date", "created")


def _answers(member: Member) -> list[Answer] | None:
    """Answers keyed by number, by the question's text, or in a list; None where it is none of these."""
    value = member.value
    pairs: list[tuple[str | None, str, JsonValue]]
    if isinstance(value, list):
        pairs = [(str(i + 1), joined(member.pointer, i), element) for i, element in enumerate(value)]
    elif isinstance(value, dict):
        pairs = [(str(name), joined(member.pointer, name), element) for name, element in value.items()]
    else:
        return None
    answers = []
    for key, pointer, element in pairs:
        if isinstance(element, dict) and _is_question(element):
            members = {normalised_key(name): inner for name, inner in element.items()}
            answers.append(_answer(key, members, pointer, element))
        elif isinstance(value, dict) and not (key or "").isdigit():
            answers.append(Answer(None, key, None, element, pointer))
        else:
            answers.append(Answer(key, None, None, element, pointer))
    return answers


def _is_question(element: dict[str, JsonValue]) -> bool:
    names = set(map(normalised_key, element))
    return "question" in names or ("answer" in names and names <= _QUESTION)


def _answer(
    key: str | None, members: dict[str, JsonValue], pointer: str, whole: dict[str, JsonValue] | None = None
) -> Answer:
    number = as_text(members.get("number")) or (key if key and key.isdigit() else None)
    question = as_text(members.get("question")) or (key if key and not key.isdigit() else None)
    extra = whole is not None and not members.keys() <= {"question", "type", "answer", "number"}
    answer: JsonValue = whole if extra else members.get("answer")
    return Answer(number, question, as_text(members.get("type")), answer, pointer)


@parses("form")
def parse_form(take: FieldReader) -> Record:
    """A submitted web form."""
    _about(take, "form_id", "formid", "webformid")
    take.text("title", "webform", "form", "name", "title")
    take.map("fields", "fields")
    take.interests("interests", "interests")
    take.exact("submitter", "submitter")
    take.exact("submittees", "submittees")
    return take.record(Form)
