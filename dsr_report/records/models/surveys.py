"""What the subject filled in: surveys and web forms."""

from __future__ import annotations

from typing import Annotated, ClassVar, NamedTuple

from pydantic import AwareDatetime, Field

from dsr_report.jsonstream.items import JsonValue
from dsr_report.records.base import AsItIs, Exact, ExactMap, Record, Text
from dsr_report.records.models.people import Interests
from dsr_report.times import Certainty


class Answer(NamedTuple):
    """One question of a survey with the subject's answer.

    `question_type` is `open` (text), `multi` (a list of chosen labels), `grid` (row label → column label),
    or None where the export does not say; `answer` is exactly what the export has.
    """

    number: str | None
    question: str | None
    question_type: str | None
    answer: JsonValue
    pointer: str


class Survey(Record):
    """A survey that the subject submitted."""

    kind: ClassVar[str] = "survey"
    survey_id: Text | None = None
    title: Text | None = None
    submission_id: Text | None = None
    submitted_at: AwareDatetime | None = None
    submitted_at_raw: Text | None = None
    submitted_at_certainty: Certainty | None = None
    profile_id: Text | None = None
    subprofile_id: Text | None = None
    answers: Annotated[tuple[Answer, ...], AsItIs] = ()
    xml: Text | None = None
    """The submission as XML text, where the export has it so."""
    html: Text | None = None
    """The submission as HTML text, where the export has it so."""


class Form(Record):
    """A web form that the subject submitted."""

    kind: ClassVar[str] = "form"
    form_id: Text | None = None
    title: Text | None = None
    submission_id: Text | None = None
    submitted_at: AwareDatetime | None = None
    submitted_at_raw: Text | None = None
    submitted_at_certainty: Certainty | None = None
    profile_id: Text | None = None
    subprofile_id: Text | None = None
    fields: ExactMap = Field(default_factory=dict)
    interests: Interests = ()
    submitter: Exact = None
    """Fields of the person who submitted it."""
    submittees: Exact = None
    """Profiles and subprofiles that were made or changed by it."""
