"""Options and arguments that several commands share."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

import click

from dsr_report.choices import ANNEXES, FORMATS, MESSAGES
from dsr_report.errors import DsrReportError
from dsr_report.lexicon import LANGUAGES, SOURCE_LANGUAGE

if TYPE_CHECKING:
    from dsr_report.config import Config

Command = TypeVar("Command", bound=Callable[..., Any])
SUBJECT_TYPES = click.Choice(["subprofile", "profile", "email"])


class Day(click.ParamType[date]):
    """A day: `2026-03-05`, or as the report's language writes it (`5-3-2026`, `5 maart 2026`)."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Parse a date; the result is reported unless the text has ISO format."""
        if isinstance(value, date):
            return value
        from dsr_report.dates import day_of

        try:
            day = day_of(value, _language_of(ctx))
        except DsrReportError as error:
            self.fail(f"{error.what}. {error.hint or ''}", param, ctx)
        if day.isoformat() != value.strip():
            say(f"{value} is taken for {day.isoformat()}, {day:%A %d %B %Y}")
        return day


def day_option(name: str, what: str) -> Callable[[Command], Command]:
    """An option for a day."""
    return click.option(name, type=Day(), metavar="DATE", help=what)


def folder_option(*names: str, what: str, exists: bool = False, **more: Any) -> Callable[[Command], Command]:
    """An option for a folder."""
    kind = click.Path(exists=exists, file_okay=False, path_type=Path)
    return click.option(*names, type=kind, metavar="DIR", help=what, **more)


def file_option(name: str, what: str) -> Callable[[Command], Command]:
    """An option for a file that is there."""
    kind = click.Path(exists=True, dir_okay=False, path_type=Path)
    return click.option(name, type=kind, metavar="FILE", help=what)


def _language_of(ctx: click.Context | None) -> str:
    """The language for parsing dates: that of the report, as far as the options so far determine it."""
    given, path = (ctx.params.get(name) if ctx else None for name in ("lang", "config"))
    given = given if isinstance(given, str) else os.environ.get("DSR_REPORT_LANG", "").strip().lower()
    path = path if isinstance(path, Path) else os.environ.get("DSR_REPORT_CONFIG")
    if not given and path and Path(path).is_file():
        from dsr_report.config import load_config

        given = load_config(path).report.lang
    return str(given or SOURCE_LANGUAGE)


def language_option(what: str = "Language of the report") -> Callable[[Command], Command]:
    """`--lang`, case-insensitive; `language_chosen` supplies the default."""
    return click.option(
        "--lang",
        type=click.Choice(LANGUAGES, case_sensitive=False),
        envvar="DSR_REPORT_LANG",
        show_envvar=True,
        is_eager=True,  # dates are parsed in this language
        help=f"{what}; else that of the configuration's [report] lang, else {SOURCE_LANGUAGE}.",
    )


def language_chosen(given: str | None, config: Config | None) -> str:
    """The language of reports: from the option or `DSR_REPORT_LANG`, else the configuration, else English."""
    return given or (config.report.lang if config else "") or SOURCE_LANGUAGE


def warn_of_the_future(received: date | None, replied: date | None) -> None:
    """Warn if a date that should be past is in the future."""
    today = datetime.now(UTC).astimezone().date()
    for name, day in (("--received", received), ("--replied", replied)):
        if day is not None and day > today:
            say(f"warning: {name} {day} has not come yet; is it the right year?")


def export_argument(command: Command) -> Command:
    """EXPORT: a file, or `-` for standard input."""
    return click.argument("export", metavar="EXPORT", type=click.Path(path_type=str))(command)


def export_source(export: str) -> str | BinaryIO:
    """The source for `dsr_report.read` from the argument EXPORT."""
    return sys.stdin.buffer if export == "-" else export


def verbosity_options(command: Command) -> Command:
    """`-v/--verbose` and `-q/--quiet`: log level on standard error; `--quiet` also hides progress bars."""

    def set_level(ctx: click.Context, param: click.Parameter, value: int | bool) -> None:
        ctx.meta[f"dsr_report.{param.name}"] = value
        if value:
            level = (
                logging.ERROR if param.name == "quiet" else (logging.INFO if value == 1 else logging.DEBUG)
            )
            logging.basicConfig(stream=sys.stderr, format="dsr-report: %(message)s")
            logging.getLogger("dsr_report").setLevel(level)

    command = click.option(
        "-v",
        "--verbose",
        count=True,
        callback=set_level,
        expose_value=False,
        help="Print more detail on standard error; repeat (-vv) for everything.",
    )(command)
    return click.option(
        "-q",
        "--quiet",
        is_flag=True,
        callback=set_level,
        expose_value=False,
        help="Print errors only; no progress bar.",
    )(command)


def is_quiet() -> bool:
    """Whether `--quiet` was given."""
    return bool(click.get_current_context().meta.get("dsr_report.quiet"))


def is_verbose() -> bool:
    """Whether `--verbose` was given."""
    return bool(click.get_current_context().meta.get("dsr_report.verbose"))


def say(line: str) -> None:
    """Print a line on standard error, unless `--quiet` was given."""
    if not is_quiet():
        click.echo(line, err=True)


def output_option(what: str, **also: Any) -> Callable[[Command], Command]:
    """`-o/--output FILE`."""
    return click.option(
        "-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help=f"Output file{what}", **also
    )


def write_or_print(content: bytes, output: Path | None) -> bool:
    """Write to a file, or to standard output without one or for `-`; return whether it was a file."""
    if output is None or str(output) == "-":
        sys.stdout.buffer.write(content)
        return False
    from dsr_report.files import write_whole

    write_whole(output, content)
    return True


def timezone_option(command: Command) -> Command:
    """`--timezone NAME`."""
    return click.option(
        "--timezone",
        default="Europe/Amsterdam",
        show_default=True,
        metavar="NAME",
        help="Time zone to assume for times in the export, which do not state one.",
    )(command)


def config_option(what: str, **also: Any) -> Callable[[Command], Command]:
    """`--config FILE`; `what` is the help text."""
    return click.option(
        "--config",
        type=click.Path(path_type=Path),
        envvar="DSR_REPORT_CONFIG",
        show_envvar=True,
        metavar="FILE",
        help=what,
        **also,
    )


def database_option(command: Command) -> Command:
    """`--database URL`."""
    return click.option(
        "--database",
        metavar="URL",
        envvar="DSR_REPORT_DATABASE",
        show_envvar=True,
        help="URL of the database with the request register.",
    )(command)


def calendar_option(command: Command) -> Command:
    """`--config FILE`, for the public holidays that affect deadlines; `controller()` loads it."""

    def keep(ctx: click.Context, _param: click.Parameter, value: Path | None) -> None:
        if value is not None:
            ctx.meta["dsr_report.config"] = value

    return config_option(
        "Controller configuration (TOML); its country's public holidays count for deadlines.",
        callback=keep,
        expose_value=False,
    )(command)


def controller() -> Config | None:
    """Load the configuration given to `calendar_option`; None without one."""
    return configuration(click.get_current_context().meta.get("dsr_report.config"))


def configuration(path: Path | None) -> Config | None:
    """The configuration that `config_option` was given."""
    from dsr_report.config import given_config

    return given_config(path)


def salvage_option(command: Command) -> Command:
    """`--salvage`."""
    return click.option(
        "--salvage",
        is_flag=True,
        help="Read the intact part of an export that was cut off; the report says so.",
    )(command)


def together(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Combine options into one decorator; help lists them in this order."""

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def form_options(format_: str | None = None) -> Callable[[Command], Command]:
    """The options of reports that do not depend on the subject, for all commands that make reports.

    `format_` is the default format; without one the file extension determines it.
    """
    says = (
        "Output format, overriding the file extension." if format_ is None else "Format of the disclosures."
    )
    return together(
        click.option(
            "--format",
            "format_",
            type=click.Choice(FORMATS),
            default=format_,
            show_default=format_ is not None,
            help=says,
        ),
        language_option(),
        timezone_option,
        config_option("Controller, contact, statements and field descriptions (TOML).", is_eager=True),
        click.option(
            "--messages",
            type=click.Choice(MESSAGES),
            default="text",
            show_default=True,
            help="How the PDF prints messages: their text, as they looked, or one line each.",
        ),
        click.option(
            "--annexes",
            type=click.Choice(ANNEXES),
            default="inside",
            show_default=True,
            help="Where a PDF has its annexes: inside, or apart in NAME-annexes.pdf (as a ZIP always has).",
        ),
        click.option(
            "--attachments",
            is_flag=True,
            help="Embed the files that came with messages in the PDF (a ZIP has them in any case).",
        ),
        click.option(
            "--strict",
            is_flag=True,
            help="Treat missing statements, unrecognised records and undecided findings as errors (exit code 5).",
        ),
        day_option(
            "--collected",
            "Date on which the data were taken from Copernica; page 1 says so. Default: the day of a download.",
        ),
        click.option(
            "--delay",
            metavar="TEXT",
            help="Why the reply took longer than a month (an extension, or late), for page 1.",
        ),
    )


dates_of_request = together(
    day_option(
        "--received", "Date on which the request was received (2026-03-05, or as the language writes it)."
    ),
    day_option("--replied", "Date of the reply (2026-03-05, or as the language writes it)."),
)
"""`--received` and `--replied`."""

report_options = together(
    output_option("; the extension sets the format: .pdf, .html or .zip. Default: disclosure-TYPE-ID.pdf."),
    form_options(),
    folder_option(
        "--templates",
        what="Folder of templates that replace the built-in ones, file by file.",
        exists=True,
    ),
    click.option(
        "--review",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Decisions taken on the findings of `dsr-report review`.",
    ),
    click.option(
        "--original",
        is_flag=True,
        help="Mask and withhold nothing (for the controller's own archive; page 1 says so).",
    ),
    dates_of_request,
    day_option("--due", "Deadline for the reply. Default: one month after --received."),
    click.option("--reference", metavar="TEXT", help="Your reference for the request."),
    click.option(
        "--workers",
        type=click.IntRange(1),
        metavar="N",
        help="Number of parallel processes. Default: one per core.",
    ),
    salvage_option,
    click.option("--force", is_flag=True, help="Replace a disclosure that was sent."),
)
"""The options of `render` and `fetch-and-render` that determine the report."""
