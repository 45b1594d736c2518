"""The form for the controller's statements."""

from __future__ import annotations

from starlette.responses import Response

from dsr_report.desk.pages import Ask
from dsr_report.desk.statements import Statements
from dsr_report.errors import ConfigError
from dsr_report.languages import LANGUAGES, language_of
from dsr_report.rendering.configuration import missing_from


def statements(ask: Ask) -> Response:
    """Edit the statements in one language."""
    office, said, trouble = ask.office, "", ""
    chosen = ask.value("language") or ask.query("language")
    reader = chosen if chosen in LANGUAGES else (office.config.report.lang or ask.language.code)
    form = Statements(office.config_path, ask.language, reader)
    if ask.is_post and ask.need("controller-name", ask.text("Enter the name of the company.")):
        try:
            form.save({name: values[0] for name, values in ask.form.items()})
        except ConfigError as error:
            trouble = ask.in_words(error.what)
        else:
            said = ask.text("Saved.")
            ask.form = {}
            form = Statements(office.config_path, ask.language, reader)
    missing = missing_from(office.config, language_of(reader))
    return ask.html(
        "statements",
        status=422 if trouble else 0,
        said=said,
        trouble=trouble,
        reader=reader,
        reader_name=str(ask.language.locale.languages.get(reader, reader)),
        sections=(sections := form.sections()),
        missing=missing,
        first_gap=next(
            (slot.name for _title, slots in sections for slot in slots if slot.needed and not slot.value),
            "",
        ),
    )
