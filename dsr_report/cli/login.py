"""`dsr-report login`."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import click

from dsr_report.cli.options import say, verbosity_options


@click.command()
@click.option(
    "--file",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Store it in a private file instead of the keyring.",
)
@click.option("--no-check", is_flag=True, help="Store the token without testing it.")
@click.option("--remove", is_flag=True, help="Remove the token from the keyring.")
@verbosity_options
def login(file: Path | None, no_check: bool, remove: bool) -> None:
    """Store the API token in the operating system's keyring, for the other commands to find.

    You are asked for the token, or it is read from standard input; create one in Copernica's dashboard.
    It is tested first and never shown.

    \b
    Example:
        dsr-report login
        dsr-report login --file ~/.config/copernica-token < token.txt
    """
    from dsr_report.errors import AuthError
    from dsr_report.fetch.client import Client
    from dsr_report.fetch.token import Secret, forget_token, store_token
    from dsr_report.files import write_whole

    if remove:
        if file:
            raise click.UsageError("--remove only affects the keyring; delete the file yourself.")
        say("removed" if forget_token() else "no token was stored")
        return
    token = Secret(_ask_for_token())
    if not token:
        raise AuthError("no token was given", hint="Make one in Copernica's dashboard.")
    if not no_check:
        with Client(token) as client:
            client.log_in()
    if file is None:
        say(f"stored in the keyring ({store_token(token)})")
        return
    write_whole(file, token.reveal().encode("utf-8") + b"\n")
    say("stored; to make the other commands use it, run:")
    click.echo(f"export COPERNICA_TOKEN_FILE={shlex.quote(str(file.resolve()))}")


def _ask_for_token() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("API token", hide_input=True, err=True)).strip()
    return sys.stdin.readline().strip()
