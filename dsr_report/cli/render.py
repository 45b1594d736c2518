"""`dsr-report render`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dsr_report.cli.options import (
    configuration,
    export_argument,
    export_source,
    language_chosen,
    report_options,
    say,
    verbosity_options,
    warn_of_the_future,
)
from dsr_report.cli.progress import bar
from dsr_report.errors import UsageError

if TYPE_CHECKING:
    from dsr_report.export import Export
    from dsr_report.report import Written

_MANY_MESSAGES = 1_000
_LARGE_PAGE = 30_000_000


@click.command()
@export_argument
@report_options
@verbosity_options
def render(export: str, timezone: str, salvage: bool, config: Path | None, **options: Any) -> None:
    """Render EXPORT (a file, or - for standard input) as a disclosure: PDF, HTML or ZIP.

    \b
    Example:
        dsr-report render export.json --lang nl --config controller.toml -o disclosure.pdf
    """
    import dsr_report

    settings = configuration(config)
    options["lang"] = language_chosen(options["lang"], settings)
    warn_of_the_future(options["received"], options["replied"])
    with dsr_report.read(
        export_source(export), timezone=timezone, salvage=salvage, config=settings
    ) as source:
        write_report(source, config=settings, **options)


def check_first(timezone: str, options: Mapping[str, Any]) -> None:
    """Check a report's options before an export is requested and waited for.

    Raises:
        UsageError: options conflict, or refer to something that does not exist.
        FileError: the report cannot be written to its target.
    """
    from dsr_report.choices import check_choices, format_of
    from dsr_report.export import zone_named
    from dsr_report.files import check_target

    check_choices(**{name: options[name] for name in ("original", "review", "received", "replied", "due")})
    zone_named(timezone)
    output, review = options["output"], options["review"]
    if output is not None:
        check_not_sent(output, force=options["force"])
        format_of(output, options["format_"])
        check_target(output)
    if review is not None:
        check_review(review)


def check_review(file: Path) -> None:
    """Check that a review file exists.

    Raises:
        UsageError: it does not exist.
    """
    if not file.is_file():
        raise UsageError(
            "this decisions file does not exist",
            where=f"--review {file}",
            hint="Make one with `dsr-report review EXPORT -o FILE`.",
        )


def check_not_sent(target: Path, *, force: bool) -> None:
    """Check that `target` is not a disclosure that was sent, which must not be overwritten without `force`.

    Raises:
        UsageError: according to the register, it was sent.
    """
    if force or not target.is_file():
        return
    from dsr_report.errors import DsrReportError
    from dsr_report.files import sha256_of
    from dsr_report.register.store import Register, register_exists

    try:
        if not register_exists():
            return
        with Register.open() as register:
            reference = register.was_sent(sha256_of(target))
    except DsrReportError as error:
        say(
            f"warning: the register cannot say whether {target} was sent ({error.what}); see `dsr-report doctor`"
        )
        return
    if reference is not None:
        raise UsageError(
            f"this disclosure was sent, says the register ({reference})",
            where=str(target),
            hint="Choose another name with --output, or replace it with --force.",
        )


def write_report(
    source: Export,
    *,
    output: Path | None,
    format_: str | None,
    lang: str,
    config: Any,
    messages: Any,
    annexes: Any,
    workers: int | None,
    force: bool,
    **choices: Any,
) -> Written:
    """Write the report by the options, and print a summary on standard error."""
    from dsr_report.choices import annexes_beside, default_name, format_of
    from dsr_report.files import clear_leftovers
    from dsr_report.report import Report

    chosen = format_of(output, format_) if output else format_of("x.pdf", format_)
    target = output or Path(default_name(source.info.type, source.info.id, chosen))
    beside = annexes_beside(target) if annexes == "apart" else target
    for path in (target, beside):
        check_not_sent(path, force=force)
        clear_leftovers(path)
    is_printed = chosen != "html" and messages != "list"
    if is_printed and (count := source.summary.kinds["message"]) >= _MANY_MESSAGES:
        say(
            f"{count:,} messages fill thousands of pages; with --messages list the PDF prints a few lines for "
            "each, and its embedded export still holds them all"
        )
    with (
        Report(source, lang, config, messages=messages, annexes=annexes, **choices) as report,
        bar("Writing") as progress,
    ):
        written = report.to(target, chosen, workers=workers, progress=progress)
    for warning in written.warnings:
        say(f"warning: {warning}")
    pages = f", {written.pages} pages" if written.pages else ""
    named = f"{target} and {written.annexes.name}" if written.annexes else str(target)
    say(f"{named}: {written.values.sum}{pages}")
    if chosen == "html" and (size := target.stat().st_size) > _LARGE_PAGE:
        say(
            f"a page of {size / 1_000_000:,.0f} MB loads slowly and many phones cannot open it; "
            "use .zip for the same report as linked pages"
        )
    return written
