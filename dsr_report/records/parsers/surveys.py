"""The answers of a survey, in each of their known shapes."""

from __future__ import annotations

from dsr_report.jsonstream.items import JsonValue
from dsr_report.pointers import join_pointer
from dsr_report.records.fields import FieldReader, as_text, is_flat
from dsr_report.records.members import Member
from dsr_report.records.models.surveys import Answer
from dsr_report.records.names import normalised_key, word_set
from dsr_report.records.registry import before
from dsr_report.records.sniff import is_xml

_QUESTION = word_set("question number id type answer answers value text title label")
_IN_COLUMNS = word_set("question number type")
"""Members of a question that an `Answer` holds beside the answer."""


@before("survey")
def read_answers(reader: FieldReader) -> None:
    """Read a survey that is one text, as XML or HTML, or the answers of one that has members."""
    if reader.names == {""}:
        value = reader.found.value
        reader.text("xml" if isinstance(value, str) and is_xml(value) else "html", "")
        return
    answers: list[Answer] = []
    for name in ("questions", "surveyquestions", "answers", "results"):
        for number, member in enumerate(reader.members):
            if normalised_key(member.name) == name and number not in reader.claimed:
                found = _answers(member)
                if found is not None:
                    answers += found
                    reader.claimed.add(number)
                    reader.sources.setdefault("answers", member.pointer)
    if not answers and reader.has("question"):
        number = next(n for n, m in enumerate(reader.members) if normalised_key(m.name) == "question")
        parts: dict[str, int] = {}
        for n, member in enumerate(reader.members):
            name = normalised_key(member.name)
            if name == "answer" or (name in _IN_COLUMNS and not isinstance(member.value, (dict, list))):
                parts.setdefault(name, n)
        members = {name: reader.members[n].value for name, n in parts.items()}
        answers = [_answer(None, members, reader.members[number].pointer)]
        reader.claimed.update(parts.values())
        reader.sources["answers"] = reader.members[number].pointer
    reader.fields["answers"] = tuple(answers)


def _answers(member: Member) -> list[Answer] | None:
    """Answers keyed by number, by the question's text, or in a list; None for anything else."""
    value = member.value
    pairs: list[tuple[str | None, str, JsonValue]]
    if isinstance(value, list):
        pairs = [(str(i + 1), join_pointer(member.pointer, i), element) for i, element in enumerate(value)]
    elif isinstance(value, dict):
        pairs = [(str(name), join_pointer(member.pointer, name), element) for name, element in value.items()]
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
    extra = whole is not None and not (
        members.keys() <= {"answer", *_IN_COLUMNS}
        and is_flat({name: value for name, value in whole.items() if normalised_key(name) != "answer"})
        and len(members) == len(whole)
    )
    answer: JsonValue = whole if extra else members.get("answer")
    return Answer(number, question, as_text(members.get("type")), answer, pointer)
