"""`dsr-report desk`."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from pathlib import Path

import click

from dsr_report.cli.options import config_option, database_option, folder_option, say, verbosity_options
from dsr_report.errors import needs_extra


@click.command()
@click.option(
    "--port", default=0, type=click.IntRange(0, 65535), help="Port on 127.0.0.1. Default: a free one."
)
@click.option(
    "--sandbox", is_flag=True, help="Work on sample data: nothing is asked of Copernica, nothing is kept."
)
@config_option(
    "Controller configuration (TOML); the statements are edited in it. Default: one in the desk's folder."
)
@folder_option("--folder", what="Folder of the desk. Default: in the user's data folder.")
@database_option
@click.option("--no-browser", is_flag=True, help="Print the link instead of opening the browser.")
@verbosity_options
def desk(
    port: int, sandbox: bool, config: Path | None, folder: Path | None, database: str | None, no_browser: bool
) -> None:
    """Answer requests in the browser, on this machine: collect, review, make, reply, close.

    \b
    Example:
        dsr-report desk --sandbox
    """
    with needs_extra("the desk needs the extra 'desk'", "desk"):
        from dsr_report.desk.folders import DeskFolder
        from dsr_report.desk.office import Office
        from dsr_report.desk.server import Desk, open_by_file, running_desk
    from dsr_report.config import load_config
    from dsr_report.fetch.client import Client
    from dsr_report.obtain import desk_place, open_register
    from dsr_report.shipped import shipped
    from dsr_report.temporary import TemporaryFolder

    with ExitStack() as stack:
        if sandbox:
            from dsr_report.sandbox.server import running_sandbox

            server = stack.enter_context(running_sandbox(delay_seconds=1.0))
            root = folder or Path(stack.enter_context(TemporaryFolder())) / "desk"
            exports: Path | None = root / "exports"
            database = f"sqlite:///{root / 'register.sqlite3'}"
        else:
            server = None
            root = folder or desk_place()
            exports = None
        link = running_desk(root)
        if link is not None:
            say("the desk runs already")
            if no_browser or not open_by_file(root, link):
                click.echo(link)
            return
        place = DeskFolder(root)
        if exports is not None:
            exports.mkdir(mode=0o700, exist_ok=True)
        settings = config or root / "controller.toml"
        if sandbox and not settings.is_file():
            shutil.copyfile(shipped("sample_exports") / "controller.toml", settings)
            settings.chmod(0o600)
        register = stack.enter_context(
            open_register(database, load_config(settings) if settings.is_file() else None)
        )
        office = Office(
            place,
            register,
            settings,
            client=(
                (
                    lambda sleep: Client(
                        server.state.token, api_url=server.api_url, auth_url=server.auth_url, sleep=sleep
                    )
                )
                if server is not None
                else (lambda sleep: Client(sleep=sleep))
            ),
            exports=exports,
            poll=0.3 if sandbox else 5.0,
        )
        running = Desk(office, port=port)
        say(f"the desk is at {running.address.origin}; end it with Quit in the browser, or Ctrl-C")
        if server is not None:
            say(
                "Subjects: "
                + ", ".join(sorted(f"{kind} {s.subject_id}" for (kind, _), s in server.state.samples.items()))
            )
        if no_browser or not running.open_browser():
            click.echo(running.link())
        try:
            running.run()
        except KeyboardInterrupt:  # uvicorn raises it again when everything has ended
            say("ended; every decision is on disk")
