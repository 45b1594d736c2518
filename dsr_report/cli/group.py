"""The group of commands: imports each command when it is called, and maps errors to exit codes."""

from __future__ import annotations

import gc
import importlib
import io
import logging
import os
import sys
from typing import Any, NoReturn

import click

from dsr_report.errors import DsrReportError, shorten_message

# name → (module below dsr_report.cli, one-line help); the help is here so that `--help` imports nothing.
COMMANDS: dict[str, tuple[str, str]] = {
    "fetch-and-render": ("fetch", "Request an export, wait for it, download it and render the report."),
    "fetch": ("fetch", "Request an export, wait for it and download it."),
    "render": ("render", "Render an export as a disclosure: PDF, HTML or ZIP."),
    "inspect": ("inspect", "Say what an export holds, what was recognised and what was not."),
    "tables": ("tables", "Write the normalized tables of an export."),
    "verify": ("verify", "Check that a disclosure is complete and unaltered."),
    "review": ("review", "List values that may concern other people or are secret."),
    "find": ("find", "Say where a text stands in an export."),
    "reply": ("reply", "Create a ready-to-send .eml reply with the disclosure attached."),
    "batch": ("batch", "Fetch and render for many subjects."),
    "receive": ("receive", "Run the endpoint for Copernica's HTTP POST of a finished export."),
    "register": ("register", "Show the requests, their states and deadlines."),
    "desk": ("desk", "Answer requests in the browser, on this machine."),
    "sandbox": ("sandbox", "Run a local Copernica API that serves sample exports."),
    "config": ("config", "Write or check a configuration of the controller's statements."),
    "login": ("login", "Store the API token in the operating system's keyring."),
    "doctor": ("doctor", "Check fonts, libraries, token, API, database and permissions."),
}


class LazyGroup(click.Group):
    """Lists all commands without importing them, and imports the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The commands in the order of a case's life cycle, not alphabetically."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import and return a command."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"dsr_report.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands with the help lines of `COMMANDS`."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])


def _version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if not value or ctx.resilient_parsing:
        return
    from importlib.metadata import PackageNotFoundError, version

    try:
        number = version("dsr-report")
    except PackageNotFoundError:
        number = "(not installed)"
    click.echo(f"dsr-report {number}")
    ctx.exit()


@click.group(
    cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help="Print the version and exit.",
)
def group() -> None:
    """Turn a Copernica data-request export into a disclosure that people can understand.

    \b
    Example:
        dsr-report fetch-and-render 20285 --sandbox -o disclosure.pdf
    """


COLLECTED_AFTER = (20_000, 20, 20)
"""Thresholds of `gc`: records are many objects without reference cycles; the defaults take 5 % longer."""


def main(args: list[str] | None = None) -> NoReturn:
    """Run the command line, and exit with the documented exit code."""
    gc.set_threshold(*COLLECTED_AFTER)
    arguments = sys.argv[1:] if args is None else args
    verbose = any(a in {"-v", "-vv", "--verbose"} for a in arguments)
    try:
        result: Any = group.main(args=arguments, prog_name="dsr-report", standalone_mode=False)
        sys.exit(result if isinstance(result, int) else 0)
    except DsrReportError as error:
        if verbose:
            logging.getLogger("dsr_report").exception("what happened, in detail")
        _say(f"dsr-report: {error.for_command_line()}")
        sys.exit(error.exit_code)
    except click.ClickException as error:
        said = io.StringIO()
        error.show(file=said)
        click.echo("\n".join(map(shorten_message, said.getvalue().rstrip("\n").split("\n"))), err=True)
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        _say("dsr-report: stopped; no partial file was left behind")
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except MemoryError:
        _say("dsr-report: out of memory; close other programs or use a machine with more memory")
        sys.exit(1)
    except OSError as error:
        if verbose:
            raise
        place = f"{error.filename}: " if error.filename else ""
        _say(f"dsr-report: {place}{error.strerror or type(error).__name__}")
        sys.exit(1)


def _say(line: str) -> None:
    click.echo(" ".join(line.split()), err=True)
