"""`dsr-report receive`."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click
from click.core import ParameterSource

from dsr_report.cli.options import (
    configuration,
    file_option,
    folder_option,
    form_options,
    language_chosen,
    say,
    verbosity_options,
)
from dsr_report.errors import FileError, UsageError, needs_extra

if TYPE_CHECKING:
    from dsr_report.config import Config
    from dsr_report.receive.inbox import Received
    from dsr_report.register.store import Register


@click.command()
@click.option("--url", required=True, metavar="URL", help="The endpoint's public address, https://HOST/PATH.")
@click.option(
    "--account", metavar="NUMBER", help="Your Copernica account's number; calls of others are refused."
)
@click.option(
    "--unsigned",
    is_flag=True,
    help="Accept unsigned calls, on a path that cannot be guessed (it is printed).",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8043, show_default=True, type=click.IntRange(0, 65535), help="Port to listen on."
)
@file_option("--certificate", "Serve TLS itself, with this certificate chain (PEM).")
@file_option("--key", "The certificate's private key (PEM).")
@click.option(
    "--behind-proxy",
    is_flag=True,
    help="A TLS-terminating proxy on another machine forwards to --host.",
)
@folder_option("-o", "--output", what="Folder for the exports. Default: the user's data folder.")
@click.option(
    "--max-bytes",
    default=2 << 30,
    show_default=True,
    type=click.IntRange(1),
    help="Largest request body that is accepted.",
)
@click.option(
    "--max-age",
    default=60,
    show_default=True,
    type=click.IntRange(1, 3600),
    metavar="SECONDS",
    help="How old a signed call may be.",
)
@folder_option("--render", "reports", what="Render a report of each export into this folder, too.")
@form_options("pdf")
@verbosity_options
def receive(
    url: str,
    account: str | None,
    unsigned: bool,
    host: str,
    port: int,
    certificate: Path | None,
    key: Path | None,
    behind_proxy: bool,
    output: Path | None,
    max_bytes: int,
    max_age: int,
    reports: Path | None,
    config: Path | None,
    **choices: Any,
) -> None:
    """Run the endpoint for Copernica's HTTP POST of a finished export, until Ctrl-C.

    Prints the address to give to `fetch --report`. docs/receiving.md shows it behind a reverse proxy.

    \b
    Example:
        dsr-report receive --url https://dsr.example.org/copernica --account 1234
    """
    public = urlsplit(url)
    if public.scheme != "https" or not public.hostname or public.query or public.fragment or public.username:
        raise UsageError("--url must be an address such as https://dsr.example.org/copernica")
    if (certificate is None) != (key is None):
        raise UsageError("--certificate and --key go together", hint="Give both, or neither behind a proxy.")
    if reports is None:
        for name in ("format_", "timezone", *choices):
            if click.get_current_context().get_parameter_source(name) is ParameterSource.COMMANDLINE:
                raise UsageError(
                    f"--{name.rstrip('_')} only applies to reports, and none are rendered",
                    hint="Give a folder with --render.",
                )
    if unsigned == bool(account):
        raise UsageError(
            "choose between --account (signed calls of that account) and --unsigned", hint="Use one of them."
        )
    from dsr_report.addresses import LOOPBACK

    if host not in LOOPBACK and certificate is None and not behind_proxy:
        raise UsageError(
            "exports would travel unencrypted", where=f"--host {host}",
            hint="Listen on 127.0.0.1 behind a proxy, or give --certificate and --key, or --behind-proxy.",
        )  # fmt: skip
    with needs_extra("the endpoint needs the extra 'receive'", "receive"):
        from dsr_report.receive.app import CallLimits, Door, Endpoint
        from dsr_report.receive.inbox import Inbox
        from dsr_report.receive.keys import DnsKeys
        from dsr_report.receive.server import check_port, make_server
        from dsr_report.receive.signatures import RejectedError, Rules, identity
    from dsr_report.obtain import export_folder, open_register
    from dsr_report.register.requests import DEFAULT_API_URL

    if account is not None:
        try:
            identity(account)
        except RejectedError:
            raise UsageError(
                "--account must be a number", hint="You find it in the dashboard, or with GET /identity."
            ) from None
    check_port(host, port)
    folder = output or export_folder()
    path = public.path if public.path not in {"", "/"} else "/copernica"
    if unsigned:
        path = f"{path.rstrip('/')}/{_secret(folder)}"
    rules = None if account is None else Rules(public.netloc, account, timedelta(seconds=max_age))
    settings = configuration(config)
    with open_register(None, settings) as register:
        inbox = Inbox(
            folder,
            register,
            api_url=os.environ.get("COPERNICA_API_URL") or DEFAULT_API_URL,
            hands_on=reports is not None,
        )
        endpoint = Endpoint(
            Door(path, rules, DnsKeys(), limits=CallLimits(body_bytes=max_bytes)),
            inbox,
            on_received=_renderer(reports, settings, register, **choices) if reports else None,
            say=lambda line: say(f"{datetime.now():%H:%M:%S} {line}"),  # noqa: DTZ005 - as the clock on the wall
        )
        server = make_server(endpoint.application(), host=host, port=port, certificate=certificate, key=key)
        click.echo(f"https://{public.netloc}{path}")
        say(f"listening on {host} port {port}; press Ctrl-C to stop")
        try:
            server.run()
        except KeyboardInterrupt:  # uvicorn raises it again when everything is settled
            say("stopped; every accepted export is on disk")


def _secret(folder: Path) -> str:
    """The secret part of the path, kept in a private file across restarts."""
    from dsr_report.files import private_folder, write_whole

    file = private_folder(folder) / "receive-path"
    if not file.exists():
        write_whole(file, secrets.token_urlsafe(32).encode("ascii"))
    if file.stat().st_mode & 0o077:
        raise FileError("others can read the secret path", where=str(file), hint="Remove it and start again.")
    return file.read_text(encoding="ascii").strip()


def _renderer(
    folder: Path,
    settings: Config | None,
    register: Register,
    *,
    format_: str,
    lang: str | None,
    timezone: str,
    **choices: Any,
) -> Callable[[Received], str]:
    """Return a callback that renders each received export, named with the number of its data request."""
    from dsr_report.export import zone_named
    from dsr_report.files import private_folder

    zone_named(timezone)
    lang = language_chosen(lang, settings)
    private_folder(folder)

    def render(received: Received) -> str:
        import dsr_report
        from dsr_report.choices import default_name, format_of
        from dsr_report.files import day_of
        from dsr_report.obtain import note_written

        with ExitStack() as stack:
            export = stack.enter_context(dsr_report.read(received.path, timezone=timezone, config=settings))
            asked = dict(choices)
            if asked["collected"] is None:
                asked["collected"] = day_of(received.path, export.zone)
            report = stack.enter_context(
                dsr_report.Report(export, lang, settings, reference=received.reference, **asked)
            )
            # a later request of the same person must not overwrite an earlier answer
            name = Path(default_name(export.info.type, export.info.id, format_))
            target = folder / f"{name.stem}-request-{received.number}{name.suffix}"
            written = report.to(target, format_of(target))
        note_written(register, received.reference, written, lang)
        return f"rendered as {target}"

    return render
