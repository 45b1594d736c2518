"""`dsr-report fetch` and `dsr-report fetch-and-render`."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dsr_report.cli.options import (
    SUBJECT_TYPES,
    calendar_option,
    configuration,
    controller,
    database_option,
    language_chosen,
    output_option,
    report_options,
    say,
    together,
    verbosity_options,
    warn_of_the_future,
)
from dsr_report.cli.progress import bar, show_work
from dsr_report.errors import NotReadyError
from dsr_report.temporary import TemporaryFolder

if TYPE_CHECKING:
    from dsr_report.config import Config
    from dsr_report.fetch.client import Client
    from dsr_report.fetch.data_request import Status
    from dsr_report.fetch.transport import Version
    from dsr_report.obtain import Obtained
    from dsr_report.register.store import Register

SANDBOX_POLL = 0.2
"""Seconds: a sandbox is done in no time."""
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400}


class Duration(click.ParamType[float]):
    """A duration such as `30m`, `5s`, `2h`."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the duration in seconds."""
        match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)\s*([smhd]?)", str(value).strip())
        if match is None:
            self.fail(f"{value!r} is not a duration like 30m or 5s", param, ctx)
        return float(match.group(1)) * _UNITS[match.group(2)]


def api_version_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--api-version`."""
    return click.option(
        "--api-version",
        type=click.Choice(["v4", "v3", "v2", "v1"]),
        envvar="COPERNICA_API_VERSION",
        show_envvar=True,
        help="API version to authenticate with, if not the one at the end of COPERNICA_API_URL; v1 to v3 send the token itself.",
    )(command)


fetch_options = together(
    click.argument("identifier", metavar="[ID]", required=False),
    click.option("--type", "subject_type", type=SUBJECT_TYPES,
                 help="What ID refers to. Default: email if it contains @, otherwise subprofile."),
    click.option("--request", "request_id", metavar="REQUEST_ID",
                 help="Instead of ID: resume an existing data request."),
    click.option("--report", "report_to", metavar="TARGET",
                 help="Also have Copernica send the export to this e-mail or web address. "
                      "E-mail is not encrypted in transit."),
    click.option("--accept-subject", is_flag=True,
                 help="Take an export that does not name the subject, or names several; the register notes it."),
    click.option("--timeout", type=Duration(), default="30m", show_default=True,
                 help="Time for all of it: asking, waiting, downloading."),
    click.option("--poll", type=Duration(), default="5s", show_default=True,
                 help="How often to ask whether the export is ready; the interval grows."),
    api_version_option,
    click.option("--sandbox", is_flag=True,
                 help="Use a built-in sandbox, started for this run; no account needed."),
    database_option,
)  # fmt: skip
"""The options shared by `fetch` and `fetch-and-render`."""
_FETCHING = (
    "identifier", "subject_type", "request_id", "report_to", "accept_subject", "timeout", "poll", "api_version",
    "sandbox", "database",
)  # fmt: skip
"""Their names."""


@click.command()
@fetch_options
@output_option(" (- for standard output). Default: export-TYPE-ID.json.")
@calendar_option
@verbosity_options
def fetch(output: Path | None, **options: Any) -> None:
    """Request an export of ID from Copernica, wait for it, and download it.

    ID is a subprofile's number or an e-mail address. Run the same command again to resume an interrupted
    request.

    \b
    Example:
        dsr-report fetch 20285 -o export.json
    """
    from dsr_report.choices import default_name
    from dsr_report.files import check_target, clear_leftovers, written_whole
    from dsr_report.jsonstream.file import open_export

    is_piped = str(output) == "-"
    if output is not None and not is_piped:
        check_target(output)  # before the wait, which may take half an hour
    with obtain_export(**options, config=controller()) as (export, register):
        if is_piped:
            with export.path.open("rb") as source:
                shutil.copyfileobj(source, sys.stdout.buffer, 1 << 20)
            return
        with open_export(export.path) as file:
            name = default_name(file.info.type, file.info.id, "json").replace("disclosure-", "export-", 1)
        target = output or Path(name)
        clear_leftovers(target)
        with export.path.open("rb") as source, written_whole(target) as copy:
            shutil.copyfileobj(source, copy, 1 << 20)
        say(f"{target}: {target.stat().st_size:,} bytes, SHA-256 {export.sha256}")
        if not options["sandbox"]:
            register.note_copy(export.reference, sha256=export.sha256, path=str(target.resolve()))
            say(f"The tool's own copy is {export.path}; it goes with `dsr-report register forget`.")


@click.command("fetch-and-render")
@fetch_options
@report_options
@verbosity_options
def fetch_and_render(timezone: str, salvage: bool, config: Path | None, **options: Any) -> None:
    """Request an export of ID, wait for it, download it, and render the disclosure.

    Most people need only this command.

    ID is a subprofile's number or an e-mail address. Run the same command again to resume an interrupted
    request.

    \b
    Example:
        dsr-report fetch-and-render 20285 --lang nl --config controller.toml -o disclosure.pdf
        dsr-report fetch-and-render someone@example.org --sandbox -o disclosure.html
    """
    import dsr_report
    from dsr_report.cli.render import check_first, write_report
    from dsr_report.files import day_of
    from dsr_report.obtain import note_written

    fetching = {name: options.pop(name) for name in _FETCHING}
    settings = configuration(config)
    options["lang"] = language_chosen(options["lang"], settings)
    warn_of_the_future(options["received"], options["replied"])
    check_first(timezone, options)  # before the wait, which may take half an hour
    with (
        obtain_export(
            **fetching, reference=options["reference"], config=settings, received_on=options["received"]
        ) as (export, register),
        dsr_report.read(export.path, timezone=timezone, salvage=salvage, config=settings) as source,
    ):
        if fetching["sandbox"]:  # its copy of the export is removed at the end of this run
            source.file.place = "export.json"
        if options["collected"] is None:
            options["collected"] = day_of(export.path, source.zone)
        written = write_report(source, config=settings, request_id=export.request_id, **options)
        if fetching["sandbox"] and written.warnings:
            again = shlex.join(["dsr-report", "fetch", str(fetching["identifier"]), "--sandbox"])
            say(f"The sandbox's export is gone now; `{again} -o export.json` writes it to a file.")
        note_written(register, export.reference, written, options["lang"])


@contextmanager
def obtain_export(
    *,
    identifier: str | None,
    subject_type: str | None,
    request_id: str | None,
    report_to: str | None,
    timeout: float,
    poll: float,
    api_version: Version | None,
    accept_subject: bool,
    sandbox: bool,
    database: str | None,
    reference: str | None = None,
    received_on: date | None = None,
    config: Config | None = None,
) -> Iterator[tuple[Obtained, Register]]:
    """Obtain the requested export, and yield it (on disk) with the open register."""
    from dsr_report.obtain import Callbacks, Patience, obtain, subject_named

    if identifier is None and request_id is None:
        raise click.UsageError("Give an ID, or resume a data request with --request.")
    if identifier is not None and request_id is not None:
        raise click.UsageError("Give an ID or --request, not both.")
    if sandbox and request_id:
        raise click.UsageError(
            "The sandbox starts empty and knows no earlier data requests: leave out --request."
        )
    subject = subject_named(identifier, subject_type) if identifier is not None else None
    if report_to and "@" in report_to:
        say(
            "warning: the export will be sent unencrypted by e-mail to the --report address; leave it "
            "out, and the export is fetched over TLS"
        )
    elif report_to and report_to.lower().startswith("http://"):
        say("warning: the export will be sent unencrypted to the --report address; use https")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryFolder())) if sandbox else None
        client, register = stack.enter_context(
            connected(database, config, sandbox=sandbox, version=api_version)
        )
        told = stack.enter_context(show_work())
        downloading = stack.enter_context(bar("Downloading"))
        try:
            found = obtain(
                client,
                register,
                subject,
                request_id=request_id,
                report=report_to,
                folder=folder,
                patience=Patience(timeout, min(poll, SANDBOX_POLL) if sandbox else poll),
                progress=Callbacks(say, partial(_tell_state, told), downloading),
                reference=reference,
                received_on=received_on,
                accept_subject=accept_subject,
            )
        except NotReadyError as error:
            if not sandbox:
                raise
            raise NotReadyError(
                error.what,
                where=error.where,
                hint="The sandbox and its data request end with this run: use a longer --timeout.",
            ) from error
        yield found, register


@contextmanager
def connected(
    database: str | None,
    config: Config | None,
    *,
    sandbox: bool,
    version: Version | None,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[tuple[Client, Register]]:
    """The API and the register; with `sandbox` those of a sandbox, which end with the block."""
    from dsr_report.fetch.client import Client
    from dsr_report.obtain import open_register

    with ExitStack() as stack:
        client = partial(Client, version=version, sleep=sleep)
        if sandbox:
            from dsr_report.sandbox.server import running_sandbox

            server = stack.enter_context(running_sandbox(delay_seconds=0.3))
            client = partial(client, server.token, api_url=server.api_url, auth_url=server.auth_url)
        place = "sqlite://" if sandbox else database
        yield stack.enter_context(client()), stack.enter_context(open_register(place, config))


def _tell_state(tell: Callable[[str], None], status: Status, _seconds: float) -> None:
    size = f", {status.collected_bytes:,} bytes gathered" if status.collected_bytes else ""
    tell("" if status.state == "available" else f"Waiting for Copernica: {status.state}{size}")
