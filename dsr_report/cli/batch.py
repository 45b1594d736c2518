"""`dsr-report batch`."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import ExitStack
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dsr_report.cli.fetch import SANDBOX_POLL, Duration, api_version_option, connected
from dsr_report.cli.options import (
    SUBJECT_TYPES,
    configuration,
    database_option,
    dates_of_request,
    folder_option,
    form_options,
    language_chosen,
    say,
    verbosity_options,
    warn_of_the_future,
)

if TYPE_CHECKING:
    from dsr_report.batch import Result
    from dsr_report.fetch.transport import Version
    from dsr_report.jsonstream.subjects import Subject
    from dsr_report.obtain import Obtained


@click.command()
@click.argument("file", metavar="FILE", type=click.File("rb"))
@folder_option(
    "-o",
    "--output",
    what="Output folder for the disclosures and the results.",
    default=Path("disclosures"),
    show_default=True,
)
@click.option(
    "--type",
    "subject_type",
    type=SUBJECT_TYPES,
    help="What the IDs refer to.",
)
@form_options("pdf")
@dates_of_request
@click.option(
    "--workers",
    type=click.IntRange(1),
    metavar="N",
    help="Number of rendering processes. Default: one per core.",
)
@click.option(
    "--at-once",
    type=click.IntRange(1, 500),
    default=8,
    show_default=True,
    metavar="N",
    help="Number of data requests to run at the same time.",
)
@click.option(
    "--dask",
    metavar="ADDRESS",
    help="Render on this Dask cluster, which must have access to DIR (otherwise use --storage).",
)
@click.option(
    "--storage",
    metavar="URL",
    help="With --dask: shared storage through which the workers receive the exports, such as s3://bucket/folder.",
)
@click.option(
    "--timeout", type=Duration(), default="2h", show_default=True, help="How long to wait for each export."
)
@click.option("--poll", type=Duration(), default="5s", show_default=True, help="How often to ask.")
@api_version_option
@click.option("--sandbox", is_flag=True, help="Talk to a built-in sandbox; needs no account.")
@database_option
@click.option("--json", "as_json", is_flag=True, help="The results as JSON on standard output.")
@verbosity_options
def batch(
    file: Any,
    output: Path,
    subject_type: str | None,
    format_: str,
    config: Path | None,
    received: date | None,
    replied: date | None,
    workers: int | None,
    at_once: int,
    dask: str | None,
    storage: str | None,
    timeout: float,
    poll: float,
    api_version: Version | None,
    sandbox: bool,
    database: str | None,
    as_json: bool,
    **options: Any,
) -> int:
    """Fetch and render for every subject in FILE, which has one ID per line or is a CSV file with a column id.

    The columns type, received, reference and lang override the options for that request.

    Interrupted? Run the same command again to continue.

    \b
    Example:
        dsr-report batch subjects.csv --lang nl --config controller.toml -o disclosures
    """
    from dsr_report.batch import Halt, key_of, read_list, run_batch
    from dsr_report.choices import check_choices
    from dsr_report.cli.batch_table import BatchTable
    from dsr_report.export import zone_named
    from dsr_report.files import private_folder
    from dsr_report.obtain import Patience, note_disclosure, obtain

    controller = configuration(config)  # before any request, so that faults cost nothing
    options["lang"] = language_chosen(options["lang"], controller)
    warn_of_the_future(received, replied)
    listed = read_list(file.read(), subject_type, options["lang"])
    each = {one.subject: one for one in listed}
    zone_named(options["timezone"])
    for one in listed:
        check_choices(received=one.received or received, replied=replied)
    _check_together(format_, str(options["annexes"]), dask, storage)
    settings = options | {"received": received, "replied": replied}
    languages = {key_of(one.subject): one.lang for one in listed}
    halt = Halt()
    with ExitStack() as stack:
        client, register = stack.enter_context(
            connected(database, controller, sandbox=sandbox, version=api_version, sleep=halt.nap)
        )
        poll = min(poll, SANDBOX_POLL) if sandbox else poll
        exports = private_folder(private_folder(output) / "exports")

        def fetch(subject: Subject) -> Obtained:
            patience = Patience(timeout, poll)
            return obtain(
                client,
                register,
                subject,
                folder=exports,
                patience=patience,
                reference=each[subject].reference,
                received_on=each[subject].received or received,
                sleep=halt.nap,
            )

        def note_result(obtained: Obtained, result: Result) -> None:
            note_disclosure(
                register, obtained.reference, output / str(result.file), str(result.sha256),
                annexes=output / result.annexes if result.annexes is not None else None,
                language=languages.get(result.key) or str(options["lang"]),
            )  # fmt: skip

        table = stack.enter_context(BatchTable(len(listed)))
        results = run_batch(
            list(each), output, fetch, ending=format_, options=settings,
            each={subject: one.options() for subject, one in each.items()}, config=config, workers=workers,
            at_once=at_once, dask=dask, storage=storage, halt=halt, told=table.add, moved=table.moved, noted=note_result,
        )  # fmt: skip
    for warning, count in Counter(one for result in results for one in result.warnings).most_common():
        say(f"warning, in {count} {'disclosure' if count == 1 else 'disclosures'}: {warning}")
    failed = [result for result in results if not result.ok]
    if as_json:
        click.echo(json.dumps([asdict(result) for result in results], indent=1, ensure_ascii=False))
    else:
        click.echo(f"{len(results) - len(failed)} of {len(results)} disclosures are in {output}")
    for result in failed:
        click.echo(f"number {result.line}, {result.key}: {result.error}", err=True)
    return 1 if failed else 0


def _check_together(format_: str, annexes: str, dask: str | None, storage: str | None) -> None:
    """Reject incompatible options before any request is made."""
    if storage and not dask:
        raise click.UsageError("--storage needs --dask.")
    if annexes != "apart":
        return
    if format_ == "html":
        raise click.UsageError("--annexes apart is for PDF (a ZIP has them apart in any case).")
    if storage and format_ == "pdf":  # the two files refer to each other by name and hash
        raise click.UsageError(
            "--annexes apart needs a folder that the workers see: leave --storage out, or choose --format zip."
        )
