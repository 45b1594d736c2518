"""What the subject filled in: surveys and web forms."""

from __future__ import annotations

from dsr_report.records.declarations.people import FIELDS, INTERESTS, PROFILE_ID, SUBPROFILE_ID
from dsr_report.records.kind import Kind, field
from dsr_report.records.names import word_set
from dsr_report.sentences import translatable as _

_SUBMISSION_ID = field(
    "submission_id", "id", "submissionid submission id", "Copernica's id of the submission."
)
_SUBMITTED_AT = field(
    "submitted_at", "moment", "submitted timestamp time triggertime date created", "When it was submitted."
)

KINDS = (
    Kind(
        "survey",
        (_("Survey"), _("Surveys")),
        _("Questions that you answered"),
        "told",
        (
            field(
                "survey_id",
                "id",
                "surveyid",
                "Copernica's id of the survey.",
                label=_("Number of the survey"),
                meaning=_("The number of the survey in the e-mail system."),
            ),
            field("title", "text", "survey surveyname name title", "Title of the survey."),
            _SUBMISSION_ID,
            _SUBMITTED_AT,
            PROFILE_ID,
            SUBPROFILE_ID,
            field("answers", "made", column=""),
            field("xml", "text", "xml surveyxml", "Submission as XML, where the export has it so."),
            field("html", "text", "html surveyhtml .", "Submission as HTML, where the export has it so."),
        ),
        table="survey_submissions",
        model="surveys.Survey",
        words=word_set(
            "survey surveys enquete enquetes enquête enquêtes submission submissions surveysubmission "
            "surveysubmissions submittedsurvey submittedsurveys inzending inzendingen"
        ),
        moments=("submitted_at",),
        free_text="by",
        origin="provided",
    ),
    Kind(
        "form",
        (_("Form"), _("Forms")),
        _("A form on a web page that you filled in"),
        "told",
        (
            field(
                "form_id",
                "id",
                "formid webformid",
                "Copernica's id of the form.",
                label=_("Number of the form"),
                meaning=_("The number of the form in the e-mail system."),
            ),
            field("title", "text", "webform form name title", "Title of the form."),
            _SUBMISSION_ID,
            _SUBMITTED_AT,
            PROFILE_ID,
            SUBPROFILE_ID,
            field("submitter", "json", "submitter", "Fields of the person who submitted it, as JSON."),
            field("submittees", "json", "submittees", "Profiles that it made or changed, as JSON."),
            FIELDS,
            INTERESTS,
        ),
        table="forms",
        model="surveys.Form",
        words=word_set(
            "form forms webform webforms formulier formulieren webformulier webformulieren formsubmission "
            "formsubmissions webformsubmission webformsubmissions"
        ),
        moments=("submitted_at",),
        free_text="by",
        origin="provided",
    ),
)
