"""`dsr-report reply`."""

from __future__ import annotations

import os
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dsr_report.cli.options import Day, say, verbosity_options
from dsr_report.cli.progress import working
from dsr_report.errors import CheckFailedError, RegisterError, UsageError
from dsr_report.lexicon import LANGUAGES
from dsr_report.temporary import TemporaryFolder

if TYPE_CHECKING:
    pass


@click.command()
@click.argument(
    "disclosure", metavar="DISCLOSURE", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--to", "recipient", required=True, metavar="ADDRESS", help="Address of the recipient.")
@click.option(
    "--from", "sender", metavar="ADDRESS", help="Address of the sender. Default: the controller's address."
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Output file. Default: next to DISCLOSURE, with the extension .eml.",
)
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES, case_sensitive=False),
    help="Language of the letter; the report's by default.",
)
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    envvar="DSR_REPORT_CONFIG",
    show_envvar=True,
    metavar="FILE",
    help="Controller and contact (TOML).",
)
@click.option(
    "--received", type=Day(), metavar="DATE", help="Date on which the request was received (YYYY-MM-DD)."
)
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
@click.option(
    "--database",
    metavar="URL",
    envvar="DSR_REPORT_DATABASE",
    show_envvar=True,
    help="URL of the database with the request register.",
)
@verbosity_options
def reply(
    disclosure: Path,
    recipient: str,
    sender: str | None,
    output: Path | None,
    lang: str | None,
    config: Path | None,
    received: object,
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
    from dsr_report.config import Config, load_config
    from dsr_report.delivery.checks import check_to_send, known_addresses
    from dsr_report.delivery.reply import Reply, address_of, is_known_address, write_reply
    from dsr_report.files import written_whole

    target = output or disclosure.with_suffix(".eml")
    address = address_of(recipient)
    if sender:
        address_of(sender)
    if smtp:
        from dsr_report.delivery.sending import check_server

        check_server(smtp)
    elif yes:
        raise UsageError("--yes needs --smtp", hint="Without it nothing is sent; leave --yes out.")
    with working(f"Checking {disclosure.name}"):
        manifest, parts = check_to_send(disclosure)
    disclosure = parts[0]
    known = known_addresses(disclosure) or _addresses_in_register(disclosure, database)
    if not is_known_address(recipient, known) and not confirm_recipient:
        raise CheckFailedError(
            "the recipient is not an address of the person in the export"
            if known
            else "no address of the person is known from the export, so the recipient cannot be checked",
            where=str(disclosure),
            hint="Check the recipient, then add --confirm-recipient.",
        )
    controller = (load_config(config) if config else Config()).controller
    if controller is None:
        say("warning: no --config with a [controller]: the letter names no company and has no signature")
    with ExitStack() as stack:
        attached = parts
        passphrase = None
        if encrypt:
            from dsr_report.delivery.protection import new_passphrase, write_protected

            folder = Path(stack.enter_context(TemporaryFolder()))
            passphrase = new_passphrase()
            attached = [folder / part.name for part in parts]
            for part, locked in zip(parts, attached, strict=True):
                write_protected(part, locked, passphrase)
        letter = Reply(
            to=recipient,
            controller=controller.name if controller else "",
            language=lang or manifest.language,
            sender=sender or (controller.email if controller else None) or None,
            contact=controller.email if controller else None,
            reference=manifest.reference,
            received=received or None,  # type: ignore[arg-type]
            encrypted=encrypt,
        )
        draft = write_reply(letter, *attached)
    if cover:
        from dsr_report.delivery.cover import cover_letter

        names = [part.name for part in parts]
        printed = target.with_suffix(".docx")
        with written_whole(printed) as file:
            file.write(cover_letter(letter, names, controller, manifest.created))
        say(f"{printed}: the covering letter, to edit and print")
    is_there = target.exists()
    with written_whole(target) as file:
        file.write(draft)
    say(
        f"{target}: a draft to {address} with {' and '.join(part.name for part in parts)} attached"
        f"{', in place of the one that was there' if is_there else ''}; check it before you send it"
    )
    if passphrase is not None:
        click.echo(f"Passphrase (shown once; give it by phone or letter, not by e-mail): {passphrase}")
    if smtp:
        _send(draft, smtp, str(address), yes=yes)
        _note(manifest.reference, disclosure, address.addr_spec, database)


def _addresses_in_register(disclosure: Path, database: str | None) -> frozenset[str]:
    """The subject's addresses, from the export that, as the register knows, a disclosure was made of."""
    from dsr_report.export import read
    from dsr_report.files import sha256_of
    from dsr_report.redact.findings import subject_addresses
    from dsr_report.register import Register

    with Register.open(database) as register:
        case = register.case_of_file(sha256_of(disclosure))
        files = register.files(case.reference) if case else []
    for file in files:
        path = Path(file.path) if file.kind == "export" and file.path else None
        if path is not None and path.is_file() and sha256_of(path) == file.sha256:
            with read(path) as export:
                return subject_addresses(export.found(), export.info.id)
    return frozenset()


def _send(draft: bytes, server: str, recipient: str, *, yes: bool) -> None:
    from dsr_report.delivery.sending import send

    if not yes and not click.confirm(f"Send it to {recipient} now?", err=True):
        raise UsageError("not sent", hint="The draft is there; send it with your own mail program.")
    send(draft, server, password=os.environ.get("SMTP_PASSWORD"))
    say(f"sent to {recipient}")


def _note(reference: str | None, disclosure: Path, recipient: str, database: str | None) -> None:
    """Write into the register that it was sent, where the register knows the case."""
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


COMMANDS: dict[str, click.Command] = {"reply": reply}
