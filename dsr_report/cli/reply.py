"""`dsr-report reply`."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import date
from pathlib import Path

import click

from dsr_report.cli.options import (
    config_option,
    database_option,
    day_option,
    output_option,
    say,
    verbosity_options,
)
from dsr_report.cli.progress import show_work
from dsr_report.errors import RegisterError, UsageError
from dsr_report.lexicon import LANGUAGES


@click.command()
@click.argument(
    "disclosure", metavar="DISCLOSURE", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--to", "recipient", required=True, metavar="ADDRESS", help="Address of the recipient.")
@click.option(
    "--from", "sender", metavar="ADDRESS", help="Address of the sender. Default: the controller's address."
)
@output_option(". Default: next to DISCLOSURE, with the extension .eml.")
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES, case_sensitive=False),
    help="Language of the letter; the report's by default.",
)
@config_option("Controller and contact (TOML).")
@day_option("--received", "Date on which the request was received (YYYY-MM-DD).")
@click.option(
    "--encrypt", is_flag=True, help="Attach a copy protected with a passphrase, which is shown once."
)
@click.option(
    "--cover",
    type=click.Choice(["docx"]),
    help="Also write the covering letter as a Word document, to edit and print.",
)
@click.option(
    "--confirm-recipient",
    is_flag=True,
    help="Confirm that the address is right although it is not in the export.",
)
@click.option(
    "--smtp",
    metavar="URL",
    help="Send it through this server: smtps://user@host or smtp://user@host; password in SMTP_PASSWORD.",
)
@click.option("--yes", is_flag=True, help="Send without asking.")
@database_option
@verbosity_options
def reply(
    disclosure: Path,
    recipient: str,
    sender: str | None,
    output: Path | None,
    lang: str | None,
    config: Path | None,
    received: date | None,
    encrypt: bool,
    cover: str | None,
    confirm_recipient: bool,
    smtp: str | None,
    yes: bool,
    database: str | None,
) -> None:
    """Create a ready-to-send .eml reply with DISCLOSURE attached.

    Annexes that are a file of their own are attached, too. Refuses if the recipient's address is not one of
    the person's in the export.

    \b
    Example:
        dsr-report reply disclosure.pdf --to someone@example.org --config controller.toml -o reply.eml
    """
    from dsr_report.reply_draft import reply as write_reply

    target = output or disclosure.with_suffix(".eml")
    is_there = target.exists()
    if smtp:
        from dsr_report.delivery.smtp import check_server

        check_server(smtp)
    elif yes:
        raise UsageError("--yes needs --smtp", hint="Without it nothing is sent; leave --yes out.")
    with show_work(f"Checking {disclosure.name}"):
        draft = write_reply(
            disclosure,
            recipient,
            output=target,
            sender=sender,
            lang=lang,
            config=config,
            received=received,
            encrypt=encrypt,
            cover="docx" if cover else None,
            confirm_recipient=confirm_recipient,
            database=database,
        )
    if not draft.has_controller:
        say("warning: no --config with a [controller]: the letter names no company and has no signature")
    if draft.cover is not None:
        say(f"{draft.cover}: the covering letter, to edit and print")
    say(
        f"{target}: a draft to {draft.address} with {' and '.join(file.name for file in draft.files)} attached"
        f"{', in place of the one that was there' if is_there else ''}; check it before you send it"
    )
    if draft.passphrase is not None:
        click.echo(f"Passphrase (shown once; give it by phone or letter, not by e-mail): {draft.passphrase}")
    if smtp:
        _send(draft.content, smtp, str(draft.address), yes=yes)
        _note(draft.reference, draft.files[0], draft.address.addr_spec, database)


def _send(draft: bytes, server: str, recipient: str, *, yes: bool) -> None:
    from dsr_report.delivery.smtp import send

    if not yes and not click.confirm(f"Send it to {recipient} now?", err=True):
        raise UsageError("not sent", hint="The draft is there; send it with your own mail program.")
    send(draft, server, password=os.environ.get("SMTP_PASSWORD"))
    say(f"sent to {recipient}")


def _note(reference: str | None, disclosure: Path, recipient: str, database: str | None) -> None:
    """Record in the register that a disclosure was sent, if its case is known."""
    from dsr_report.files import sha256_of
    from dsr_report.register import Register

    digest = sha256_of(disclosure)
    with Register.open(database) as register:
        found = register.case_of_file(digest)
        case = found if isinstance(found, str) else getattr(found, "reference", None)
        case = case or reference
        if case is None:
            say(
                "the register knows no case of this disclosure; note it there with `dsr-report register sent`"
            )
            return
        with suppress(RegisterError):
            register.note_sent(case, sha256=digest, channel="email", address=recipient)
            return
        say(f"the register could not record that {case} was sent; use `dsr-report register sent`")
