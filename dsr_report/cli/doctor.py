"""`dsr-report doctor`."""

from __future__ import annotations

import json
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, NamedTuple

import click

from dsr_report.cli.options import calendar_option, controller, database_option, verbosity_options

Verdict = Literal["ok", "note", "fault"]
_MARKS: dict[Verdict, str] = {"ok": "ok   ", "note": "note ", "fault": "FAULT"}
_LOW_SPACE = 1 << 30
_NO_FEATURES = frozenset({"all", "dev"})


class CheckResult(NamedTuple):
    """The result of a check, and a hint for what to do about it."""

    subject: str
    verdict: Verdict
    what: str
    hint: str = ""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Machine-readable, one JSON object.")
@click.option("--offline", is_flag=True, help="Do not call the API.")
@database_option
@calendar_option
@verbosity_options
def doctor(as_json: bool, offline: bool, database: str | None) -> int:
    """Check fonts, libraries, token, API, database and permissions; exit code 1 if there is a fault.

    \b
    Example:
        dsr-report doctor --offline
    """
    found: list[CheckResult] = []
    for check in (
        _python,
        _libraries,
        lambda: _extras(database),
        _fonts,
        _samples,
        _temporary_folder,
        lambda: _database(database),
        _exports,
        lambda: _api(offline=offline),
    ):
        for finding in _findings_of(check):
            found.append(finding)
            if not as_json:
                hint = f" {finding.hint}" if finding.hint else ""
                click.echo(f"{_MARKS[finding.verdict]} {finding.subject}: {finding.what}.{hint}")
    is_fine = all(finding.verdict != "fault" for finding in found)
    if as_json:
        click.echo(json.dumps({"ok": is_fine, "checks": [f._asdict() for f in found]}, indent=1))
    return 0 if is_fine else 1


def _findings_of(check: Callable[[], Iterator[CheckResult]]) -> Iterator[CheckResult]:
    """Yield the results of a check; an error in it is a result, too."""
    from dsr_report.errors import DsrReportError

    try:
        yield from check()
    except DsrReportError as error:
        subject = error.where or "set-up"
        yield CheckResult(subject, "fault", error.what, error.hint or "")


def _python() -> Iterator[CheckResult]:
    from importlib.metadata import PackageNotFoundError, version

    number = ".".join(map(str, sys.version_info[:3]))
    try:
        yield CheckResult("dsr-report", "ok", f"{version('dsr-report')} on Python {number}")
    except PackageNotFoundError:
        yield CheckResult(
            "dsr-report", "note", f"run from its folder, not installed, on Python {number}", "Run: make setup"
        )


def _libraries() -> Iterator[CheckResult]:
    import importlib

    missing = [name for name in _requirements().get("", ()) if not _is_installed(name)]
    if missing:
        yield CheckResult(
            "libraries", "fault", f"missing: {', '.join(missing)}", "Run: pip install dsr-report"
        )
        return
    try:
        importlib.import_module("dsr_report.writers.pdf.layout")
    except (ImportError, OSError) as error:
        yield CheckResult(
            "libraries",
            "fault",
            f"PDFs cannot be created ({type(error).__name__})",
            "Install Pango and HarfBuzz: setup/system.sh lists the packages.",
        )
        return
    yield CheckResult("libraries", "ok", "all installed; PDFs can be created")


def _extras(database: str | None) -> Iterator[CheckResult]:
    """Check the extras that the configuration needs, then those that other commands may need."""
    lacking = [
        extra
        for extra, names in _requirements().items()
        if extra and not all(_is_installed(name) for name in names)
    ]
    needed = {"register": "public holidays, without which deadlines may be too early"}
    if (database or "").startswith("postgres"):
        needed["postgresql"] = "the register's database"
    if (settings := controller()) is not None:
        yield CheckResult("configuration", "ok", str(settings.path))
        if "desk" in settings.model_fields_set:
            needed["desk"] = "the configuration has rules for it"
    now = [name for name in lacking if name in needed]
    if now:
        yield CheckResult(
            "needed extras",
            "fault" if "postgresql" in now else "note",
            f"not installed: {', '.join(f'{name} ({needed[name]})' for name in now)}",
            f"Run: pip install 'dsr-report[{','.join(now)}]'",
        )
    if lacking:
        yield CheckResult(
            "extras",
            "note",
            f"not installed: {', '.join(lacking)}",
            f"Where needed: pip install 'dsr-report[{','.join(lacking)}]'",
        )
    else:
        yield CheckResult("extras", "ok", "all installed")


def _requirements() -> dict[str, tuple[str, ...]]:
    """Extra → required distributions, from the installed package's metadata; `""` has the mandatory ones."""
    import re
    from importlib.metadata import PackageNotFoundError, requires

    try:
        lines = requires("dsr-report") or []
    except PackageNotFoundError:
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for line in lines:
        name = re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0]
        extra = re.search(r"""extra == ["']([^"']+)""", line)
        key = extra[1] if extra else ""
        if key not in _NO_FEATURES and name != "dsr-report":
            found[key] = (*found.get(key, ()), name)
    return found


def _is_installed(name: str) -> bool:
    from importlib.metadata import PackageNotFoundError, version

    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True


def _fonts() -> Iterator[CheckResult]:
    from dsr_report.writers import fonts

    place = fonts.folder()
    count = len(fonts.files()) if place.is_dir() else 0
    if not (place / fonts.BODY).is_file():
        yield CheckResult(
            "fonts", "fault", f"{fonts.BODY} is missing in {place}", "Install dsr-report again."
        )
    else:
        yield CheckResult("fonts", "ok", f"{count} files")


def _samples() -> Iterator[CheckResult]:
    from dsr_report.sandbox.samples import load_samples

    yield CheckResult("sample exports", "ok", f"{len(load_samples())} subjects for --sandbox")


def _temporary_folder() -> Iterator[CheckResult]:
    place = tempfile.gettempdir()
    free = shutil.disk_usage(place).free
    if free < _LOW_SPACE:
        yield CheckResult(
            place, "note", f"only {free >> 20:,} MB are free", "Large exports need more; set TMPDIR."
        )
    else:
        yield CheckResult(place, "ok", f"{free >> 30:,} GB are free for temporary files")


def _database(url: str | None) -> Iterator[CheckResult]:
    from dsr_report.register import Register

    with Register.open(url) as register:
        yield CheckResult("register", "ok", register.where)
        path = Path(register.where.removeprefix("sqlite:///"))
        if path.is_file():
            yield from _privacy(path)


def _exports() -> Iterator[CheckResult]:
    from dsr_report.obtain import export_folder

    yield from _privacy(export_folder())


def _privacy(path: Path) -> Iterator[CheckResult]:
    """Check that only its owner can read a path, and that it is writable."""
    if os.name != "posix":
        return
    mode = path.stat().st_mode
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        right = "700" if path.is_dir() else "600"
        yield CheckResult(str(path), "fault", "other users can read it", f"Run: chmod {right} on it.")
    elif not os.access(path, os.W_OK):
        yield CheckResult(str(path), "fault", "you cannot write to it")
    else:
        yield CheckResult(str(path), "ok", "private")


def _api(*, offline: bool) -> Iterator[CheckResult]:
    from dsr_report.errors import AuthError
    from dsr_report.fetch.client import Client
    from dsr_report.fetch.token import find_token

    try:
        token = find_token()
    except AuthError as error:
        yield CheckResult("token", "note" if offline else "fault", error.what, error.hint or "")
        return
    yield CheckResult("token", "ok", "found")
    if bool(os.environ.get("COPERNICA_API_URL")) != bool(os.environ.get("COPERNICA_AUTH_URL")):
        yield CheckResult(
            "API",
            "note",
            "only one of COPERNICA_API_URL and COPERNICA_AUTH_URL is set; the other is Copernica's own",
            "With API v4 the token is sent to COPERNICA_AUTH_URL: set both, or neither.",
        )
    with Client(token) as client:
        if offline:
            yield CheckResult("API", "note", f"{client.api_url} was not tested (--offline)")
            return
        client.log_in()
        yield CheckResult("API", "ok", f"{client.api_url} can be reached, and the token is accepted")
