"""`dsr-report register`: the requests, their states and deadlines."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dsr_report import files
from dsr_report.cli import register_output as output
from dsr_report.cli.options import (
    SUBJECT_TYPES,
    Day,
    calendar_option,
    controller,
    day_option,
    say,
    verbosity_options,
)
from dsr_report.errors import CheckFailedError, UsageError

if TYPE_CHECKING:
    from dsr_report.register.store import Register

_Function = TypeVar("_Function", bound=Callable[..., object])
_SOON = 14


@dataclass(frozen=True, slots=True)
class CommandContext:
    """Click's context object of the commands; tests supply their own clock."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    database: str | None = None


class _InOrder(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The commands in the order of a case's life cycle, not alphabetically."""
        return list(self.commands)


def _database(function: _Function) -> _Function:
    option = click.option(
        "--database", metavar="URL", help="The register, in place of DSR_REPORT_DATABASE (a SQLAlchemy URL)."
    )
    return calendar_option(option(function))


def _common(function: _Function) -> _Function:
    as_json = click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
    return as_json(_database(verbosity_options(function)))


_actor = click.option("--actor", help="Who is doing this. Default: the operating system's user.")


def _changes_case(function: Callable[..., str | None]) -> Callable[..., None]:
    """Turn a function into a command that prints the changed case: that of its argument, or that it returns."""

    @_actor
    @_common
    @wraps(function)
    def run(*, actor: str | None, database: str | None, as_json: bool, **options: Any) -> None:
        opened = _open(database, actor)
        output.one(opened.case(function(opened, **options) or options["reference"]), as_json=as_json)

    return run


def _on(what: str) -> Callable[[_Function], _Function]:
    return day_option("--on", f"{what}. Default: today.")


def _wide(function: _Function) -> _Function:
    return click.option("--wide", is_flag=True, help="All dates, and who has the case.")(function)


@click.group(cls=_InOrder)
@_database
@click.pass_context
def register(ctx: click.Context, database: str | None) -> None:
    """Show the requests, their states and deadlines, and write down what happens to them.

    \b
    Example:
        dsr-report register due
    """
    desk = ctx.find_object(CommandContext) or CommandContext()
    ctx.obj = CommandContext(desk.now, database or desk.database)


def _open(database: str | None, actor: str | None = None) -> Register:
    from dsr_report.obtain import open_register

    context = click.get_current_context()
    desk = context.find_object(CommandContext) or CommandContext()
    stack = context.with_resource(ExitStack())
    opened = open_register(database or desk.database, controller(), now=desk.now, actor=actor)
    return stack.enter_context(opened)


@register.command("list")
@click.option("--all", "everything", is_flag=True, help="Include closed cases.")
@_wide
@_common
def list_(*, everything: bool, wide: bool, database: str | None, as_json: bool) -> None:
    """List the cases, the most urgent first.

    \b
    Example:
        dsr-report register list --all --json | jq '.[].state'
    """
    cases = _open(database).cases(everything=everything)
    output.table(cases, as_json=as_json, wide=wide, nothing="no cases")


@register.command()
@click.option("--within", type=click.IntRange(0), default=_SOON, show_default=True, help="Days from now.")
@_wide
@_common
def due(within: int, *, wide: bool, database: str | None, as_json: bool) -> None:
    """List what is overdue and what is due soon.

    \b
    Example:
        dsr-report register due --within 7
    """
    cases = _open(database).due(timedelta(days=within))
    output.table(cases, as_json=as_json, wide=wide, nothing=f"nothing is due within {within} days")


@register.command()
@click.argument("reference")
@_common
def show(reference: str, *, database: str | None, as_json: bool) -> None:
    """Show one case: its dates, data requests, files and log.

    \b
    Example:
        dsr-report register show 2026-0001
    """
    opened = _open(database)
    output.details(
        opened.case(reference),
        opened.requests_of(reference),
        opened.files(reference),
        opened.events(reference),
        as_json=as_json,
    )


@register.command()
@click.argument("identifier", metavar="[ID]", required=False)
@click.option(
    "--type", "subject_type", type=SUBJECT_TYPES, help="What ID refers to. Default: email if it contains @."
)
@day_option("--received", "The day the request arrived.")
@click.option("--reference", help="Your reference. Default: the next number of the year.")
@click.option("--channel", help="How it arrived, such as e-mail or letter.")
@click.option("--language", help="Language of the person.")
@click.option("--country", help="Country whose public holidays count. Default: NL.")
@click.option("--subdivision", help="A region of the country, such as NW for DE.")
@click.option("--follows", metavar="REFERENCE", help="The case that this one follows up.")
@click.option(
    "--evidence",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The original request; only its hash is kept.",
)
@click.option("--note", "remark", help="A remark; removed when the case is forgotten.")
@_changes_case
def add(
    opened: Register,
    identifier: str | None,
    *,
    subject_type: str | None,
    received: date | None,
    reference: str | None,
    channel: str | None,
    language: str | None,
    country: str | None,
    subdivision: str | None,
    follows: str | None,
    evidence: Path | None,
    remark: str | None,
) -> str:
    """Log a request that came in; ID is the person's, if known.

    \b
    Example:
        dsr-report register add 20285 --received 2026-03-05 --channel mail
    """
    if identifier is None and subject_type is not None:
        raise UsageError("--type needs an ID")
    if identifier is not None:
        from dsr_report.obtain import subject_named

        whom = subject_named(identifier, subject_type)
        subject_type, identifier = whom.type, whom.id
    from dsr_report.countries import country_code

    try:
        country = country_code(country or "") or None
    except ValueError as error:
        raise UsageError(str(error), where="--country") from None
    return opened.add(
        subject_type,
        identifier,
        received_on=received,
        reference=reference,
        channel=channel,
        language=language,
        country=country,
        subdivision=subdivision,
        follows=follows,
        evidence_sha256=files.sha256_of(evidence) if evidence is not None else None,
        note=remark,
    )


@register.command()
@click.argument("reference")
@click.argument("day", metavar="DATE", type=Day())
@_changes_case
def received(opened: Register, reference: str, day: date) -> None:
    """Note or correct the day on which a request arrived.

    \b
    Example:
        dsr-report register received 2026-0001 2026-03-05
    """
    opened.set_received(reference, day)


@register.command()
@click.argument("reference")
@click.argument("text", required=False)
@click.option(
    "--event", default="note", show_default=True, metavar="EVENT", help="acknowledged, review, approved, …"
)
@_changes_case
def note(opened: Register, reference: str, text: str | None, event: str) -> None:
    """Write a remark or a step into the log of a case.

    \b
    Example:
        dsr-report register note 2026-0001 --event approved "seen by the DPO"
    """
    if event == "note" and not (text or "").strip():
        raise UsageError("a note needs text")
    opened.note(reference, event, text=text)


@register.command()
@click.argument("reference")
@click.option("--reason", required=True, help="Why it takes longer: what the person was told.")
@_on("When the person was told")
@_changes_case
def extend(opened: Register, reference: str, reason: str, on: date | None) -> None:
    """Record that the person was told that the reply takes up to two more months.

    \b
    Example:
        dsr-report register extend 2026-0001 --reason "seven accounts to search"
    """
    if not opened.extend(reference, reason, on=on):
        click.echo(
            "warning: the notice was given too late, so the extension may not be valid; reply by the first deadline",
            err=True,
        )


@register.command()
@click.argument("reference")
@click.option(
    "--why", type=click.Choice(["identity", "clarification"]), default="identity", show_default=True
)
@click.option("--reason", help="The doubt, or the question; removed when the case is forgotten.")
@_on("When the person was asked")
@_changes_case
def pause(opened: Register, reference: str, why: str, reason: str | None, on: date | None) -> None:
    """Stop the clock: the person was asked who they are, or what they want.

    \b
    Example:
        dsr-report register pause 2026-0001 --why identity --reason "asked from another address"
    """
    opened.pause(reference, "clarification" if why == "clarification" else "identity", reason=reason, on=on)


@register.command()
@click.argument("reference")
@click.option("--evidence", help="The kind of proof, never the document.")
@_on("When the answer arrived")
@_changes_case
def resume(opened: Register, reference: str, evidence: str | None, on: date | None) -> None:
    """Let the clock run again: the person's answer arrived.

    \b
    Example:
        dsr-report register resume 2026-0001 --evidence "code sent to the known address"
    """
    opened.resume(reference, evidence=evidence, on=on)


@register.command()
@click.argument("reference")
@click.argument("disclosure", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--channel", default="email", show_default=True, help="How it was handed over.")
@click.option("--address", help="Where it went; only a hash of it is kept.")
@_on("When it was handed over")
@_changes_case
def sent(
    opened: Register, reference: str, disclosure: Path, channel: str, address: str | None, on: date | None
) -> None:
    """Note that DISCLOSURE was handed over: the clock stops.

    \b
    Example:
        dsr-report register sent 2026-0001 disclosure.pdf --channel letter
    """
    opened.note_sent(
        reference,
        sha256=files.sha256_of(disclosure),
        size_bytes=disclosure.stat().st_size,
        channel=channel,
        address=address,
        on=on,
    )


@register.command()
@click.argument("reference")
@click.option("--ground", required=True, help="The legal ground, such as 'Art. 12(5)'.")
@click.option("--weighing", help="Why; removed when the case is forgotten.")
@_on("When the person was told")
@_changes_case
def refuse(opened: Register, reference: str, ground: str, weighing: str | None, on: date | None) -> None:
    """Note that the person was told of a refusal, with its reasons and how to complain.

    \b
    Example:
        dsr-report register refuse 2026-0001 --ground "Art. 12(5)"
    """
    opened.refuse(reference, ground, weighing=weighing, on=on)


@register.command()
@click.argument("reference")
@_on("When it was withdrawn")
@click.option("--mistake", is_flag=True, help="There was no such request: an address was mistyped, say.")
@_changes_case
def withdraw(opened: Register, reference: str, on: date | None, *, mistake: bool) -> None:
    """Record that the person withdrew the request, or that there was none.

    \b
    Example:
        dsr-report register withdraw 2026-0001
    """
    opened.withdraw(reference, on=on, mistake=mistake)
    if mistake:
        opened.close_case(reference)


@register.command()
@click.argument("number", type=int)
@click.argument("request_id")
@_changes_case
def attach(opened: Register, number: int, request_id: str) -> str:
    """Give data request NUMBER, which may or may not have been made, the id that you found for it.

    \b
    Example:
        dsr-report register attach 12 4f2a9c
    """
    return opened.attach_request_id(number, request_id).reference


@register.command()
@click.argument("number", type=int)
@click.option("--reason", required=True, help="Why, such as 'not in the dashboard: it was never made'.")
@_changes_case
def abandon(opened: Register, number: int, reason: str) -> str:
    """Give up the data request NUMBER: the next fetch makes a new one.

    \b
    Example:
        dsr-report register abandon 12 --reason "not in the dashboard"
    """
    return opened.abandon(number, reason=reason).reference


@register.command("close")
@click.argument("reference")
@click.option("--reason", help="Required if the request was not answered.")
@_changes_case
def close_(opened: Register, reference: str, reason: str | None) -> None:
    """Close a case: its retention period begins and the address is removed.

    \b
    Example:
        dsr-report register close 2026-0001
    """
    opened.close_case(reference, reason=reason)


@register.command()
@click.argument("references", nargs=-1)
@click.option(
    "--after",
    "days",
    type=click.IntRange(0),
    default=365,
    show_default=True,
    help="Retention period in days.",
)
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@_actor
@_common
def forget(
    references: tuple[str, ...],
    days: int,
    *,
    yes: bool,
    actor: str | None,
    database: str | None,
    as_json: bool,
) -> None:
    """Remove exports and personal data of closed cases after their retention; proof of the answer stays.

    \b
    Example:
        dsr-report register forget --after 365 --yes
    """
    from dsr_report.retention import forget as forgetting
    from dsr_report.retention import unmatched_exports

    opened = _open(database, actor)
    retention = timedelta(days=days)
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError("forgetting cannot be undone", hint="Add --yes to do it.")
        if due := opened.due_to_forget(list(references) or None, retention=retention):
            say(f"cases: {', '.join(due)}")
            click.confirm("Remove their exports and personal data for good?", abort=True, err=True)
    gone = forgetting(opened, list(references) or None, retention=retention)
    for case in gone:
        for path in case.deleted:
            say(f"{case.reference}: deleted {path}")
        for path in case.left:
            say(f"{case.reference}: not ours to delete, so look at it: {path}")
        for path in case.elsewhere:
            say(f"{case.reference}: not on this machine; delete it where it was fetched: {path}")
    if unmatched := unmatched_exports():
        say(f"{len(unmatched)} received exports belong to no case: look at {unmatched[0].parent}")
    output.references([case.reference for case in gone], as_json=as_json)


@register.command()
@click.option(
    "--head", metavar="HASH", help="Check that this head, printed by an earlier check, is still in the log."
)
@_common
def check(head: str | None, *, database: str | None, as_json: bool) -> None:
    """Check that nothing in the register was altered; exit code 5 if something was.

    \b
    Example:
        dsr-report register check
    """
    report = _open(database).check(head)
    output.check(report, as_json=as_json)
    if report.findings:
        count = len(report.findings)
        raise CheckFailedError(f"the register was altered (findings: {count})")


@register.command()
@click.option("--year", type=click.IntRange(2018, 9999), help="Year of receipt. Default: this year.")
@_common
def figures(year: int | None, *, database: str | None, as_json: bool) -> None:
    """Count a year's requests: answered, late, extended, refused, and the median number of days.

    \b
    Example:
        dsr-report register figures --year 2026 --json
    """
    opened = _open(database)
    output.figures(opened.figures(year or opened.today.year), as_json=as_json)


@register.command()
@click.option(
    "-o", "--output", "target", type=click.Path(dir_okay=False), help="Output file. Default: standard output."
)
@_common
def export(target: str | None, *, database: str | None, as_json: bool) -> None:
    """Write all cases as CSV (or JSON), without identifiers of persons.

    \b
    Example:
        dsr-report register export -o register.csv
    """
    cases = _open(database).cases(everything=True)
    _write(output.as_json(cases) if as_json else output.as_csv(cases), target)


@register.command()
@click.option(
    "-o", "--output", "target", type=click.Path(dir_okay=False), help="Output file. Default: standard output."
)
@_database
@verbosity_options
def ics(target: str | None, *, database: str | None) -> None:
    """Write the deadlines as a calendar file with alarms, without personal data.

    \b
    Example:
        dsr-report register ics -o deadlines.ics
    """
    _write(_open(database).calendar(), target)


def _write(content: bytes, target: str | None) -> None:
    if target is None or target == "-":
        click.echo(content, nl=False)
        return
    with files.written_whole(target) as file:
        file.write(content)
