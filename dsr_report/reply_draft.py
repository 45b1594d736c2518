"""The reply to a disclosure: checked, addressed to the person alone, and written as a draft."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from email.headerregistry import Address
from pathlib import Path
from typing import Literal

from dsr_report.config import Config, Controller, given_config
from dsr_report.delivery.checks import check_to_send, known_addresses
from dsr_report.delivery.protection import new_passphrase, write_protected
from dsr_report.delivery.reply import Reply, address_of, is_known_address, write_reply
from dsr_report.errors import CheckFailedError, UsageError
from dsr_report.export import read
from dsr_report.files import path_named, sha256_of, write_whole
from dsr_report.records.kinds import kind_of
from dsr_report.redact.findings import subject_addresses
from dsr_report.register import Register
from dsr_report.sentences import Sentence
from dsr_report.temporary import TemporaryFolder
from dsr_report.writers.manifest import Manifest

Cover = Literal["docx"]


@dataclass(frozen=True, slots=True)
class Draft:
    """A written draft of a reply, to be reviewed before it is sent.

    Attributes:
        path: the `.eml` file.
        address: the recipient.
        files: the disclosure, or its letter and its annexes.
        reference: of the request.
        has_controller: whether the letter names the company.
        cover: the covering letter as a document, where that was asked for.
        passphrase: of protected files; it is stored nowhere else.
        content: of the `.eml` file.
    """

    path: Path
    address: Address = field(repr=False)
    files: tuple[Path, ...]
    reference: str | None
    has_controller: bool
    cover: Path | None = None
    passphrase: str | None = field(default=None, repr=False)
    content: bytes = field(default=b"", repr=False)


def reply(
    disclosure: str | os.PathLike[str],
    to: str,
    *,
    output: str | os.PathLike[str] | None = None,
    sender: str | None = None,
    lang: str | None = None,
    config: Config | str | os.PathLike[str] | None = None,
    received: date | None = None,
    encrypt: bool = False,
    cover: Cover | None = None,
    confirm_recipient: bool = False,
    database: str | None = None,
) -> Draft:
    """Write a reply with a disclosure attached, as a draft (`.eml`) for any mail program; nothing is sent.

    Args:
        disclosure: the PDF, HTML or ZIP file; annexes that are a file of their own are attached, too.
        to: the recipient's address.
        output: the draft; beside the disclosure by default.
        sender: the sender's address; the controller's by default.
        lang: of the letter; the report's by default.
        config: the controller and contact, or the path of their TOML file.
        received: the day the request arrived.
        encrypt: attach a copy that is protected with a passphrase.
        cover: also write the covering letter as a Word document, beside the draft.
        confirm_recipient: accept a recipient who is not in the export.
        database: of the register, which may know the person's addresses.

    Raises:
        CheckFailedError: the disclosure did not pass, or the recipient is not known to be the person.
        UsageError: an address cannot be used.
    """
    for given, what in ((to, "to"), (sender, "sender")):
        if not isinstance(given, str) and (given is not None or what == "to"):
            raise UsageError(
                Sentence("{what} cannot be a {kind}", what=what, kind=type(given).__name__),
                hint="Pass an address.",
            )
    address = address_of(to)
    if sender:
        address_of(sender)
    manifest, parts = check_to_send(path_named(disclosure, "disclosure"))
    known = known_addresses(parts[0]) or _addresses_in_register(parts[0], database)
    if not is_known_address(to, known) and not confirm_recipient:
        raise CheckFailedError(
            "the recipient is not an address of the person in the export"
            if known
            else "no address of the person is known from the export, so the recipient cannot be checked",
            where=str(parts[0]),
            hint="Check the recipient, then add --confirm-recipient.",
        )
    settings = given_config(config) or Config()
    controller = settings.controller
    letter, draft, passphrase = draft_of(
        parts, manifest, controller, to=to, language=lang, sender=sender, received=received, encrypt=encrypt
    )
    target = Path(output) if output is not None else Path(disclosure).with_suffix(".eml")
    printed = None
    if cover:
        from dsr_report.delivery.cover import cover_letter  # noqa: PLC0415 - needs a library of its own

        printed = target.with_suffix(".docx")
        write_whole(
            printed, cover_letter(letter, [part.name for part in parts], controller, manifest.created)
        )
    write_whole(target, draft)
    return Draft(
        target, address, tuple(parts), manifest.reference, controller is not None, printed, passphrase, draft
    )


def draft_of(
    parts: Sequence[Path],
    manifest: Manifest,
    controller: Controller | None,
    *,
    to: str,
    language: str | None = None,
    sender: str | None = None,
    received: date | None = None,
    encrypt: bool = False,
) -> tuple[Reply, bytes, str | None]:
    """What a reply with a disclosure says, its draft, and the passphrase of its files, if they have one."""
    passphrase = new_passphrase() if encrypt else None
    letter = Reply(
        to=to,
        controller=controller.name if controller else "",
        language=language or manifest.language,
        sender=sender or (controller.email if controller else None) or None,
        contact=controller.email if controller else None,
        reference=manifest.reference,
        received=received,
        encrypted=encrypt,
        found=any(not kind_of(kind).is_packaging for kind in manifest.records),
    )
    with TemporaryFolder() as folder:
        attached = parts
        if passphrase is not None:
            attached = [Path(folder) / part.name for part in parts]
            for part, locked in zip(parts, attached, strict=True):
                write_protected(part, locked, passphrase)
        return letter, write_reply(letter, *attached), passphrase


def _addresses_in_register(disclosure: Path, database: str | None) -> frozenset[str]:
    """The subject's addresses in the export of a disclosure, which the register locates."""
    with Register.open(database) as register:
        case = register.case_of_file(sha256_of(disclosure))
        files = register.files(case.reference) if case else []
    for file in files:
        path = Path(file.path) if file.kind == "export" and file.path else None
        if path is not None and path.is_file() and sha256_of(path) == file.sha256:
            with read(path) as export:
                return subject_addresses(export.found(), export.info.id)
    return frozenset()
