"""`dsr-report sandbox`."""

from __future__ import annotations

from pathlib import Path

import click

from dsr_report.cli.options import folder_option, say, verbosity_options


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8042, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 picks a free one."
)
@click.option(
    "--delay",
    default=2.0,
    show_default=True,
    type=click.FloatRange(0),
    metavar="SECONDS",
    help="How long a data request takes.",
)
@folder_option("--samples", what="Folder of exports to serve instead of the built-in ones.", exists=True)
@verbosity_options
def sandbox(host: str, port: int, delay: float, samples: Path | None) -> None:
    """Run a local Copernica API that serves sample exports, until Ctrl-C.

    Prints the environment variables that make the other commands use it.

    \b
    Example:
        dsr-report sandbox --port 8042
    """
    from dsr_report.sandbox.server import make_sandbox

    running = make_sandbox(host, port, samples=samples, delay_seconds=delay)
    click.echo(f"export COPERNICA_API_URL={running.api_url}")
    click.echo(f"export COPERNICA_AUTH_URL={running.auth_url}")
    click.echo(f"export COPERNICA_TOKEN={running.state.token}")
    say(
        "Subjects: "
        + ", ".join(sorted(f"{kind} {s.subject_id}" for (kind, _), s in running.state.samples.items()))
    )
    try:
        running.serve_forever()
    except KeyboardInterrupt:
        say("stopped")
    finally:
        running.close()
