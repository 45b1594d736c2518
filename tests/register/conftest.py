"""Real databases: SQLite files, and a private PostgreSQL server for the time of the tests."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import psycopg
import pytest

from dsr_report.register import Register

_NUMBERS = count(1)


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 5, 9, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, **time: float) -> None:
        self.at += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Path]:
    """The folder of the socket of a private server; its user is `dsr`, and it asks for no password."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        pytest.skip("NOT TESTED WITH POSTGRESQL: no /usr/lib/postgresql/*/bin (apt-get install postgresql)")
    binaries = found[-1].parent
    folder = Path(tempfile.mkdtemp(prefix="dsr-pg-"))
    who: dict[str, str | int] = {}
    if os.geteuid() == 0:  # the server refuses to run as root
        names = {one.pw_name: one for one in pwd.getpwall()}
        account = names.get("postgres") or names["nobody"]
        os.chown(folder, account.pw_uid, account.pw_gid)
        who = {"user": account.pw_uid, "group": account.pw_gid}
    data = folder / "data"
    quiet = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **who}
    subprocess.run(
        [binaries / "initdb", "-D", data, "-A", "trust", "-U", "dsr", "-N", "-E", "UTF8", "--locale=C"],
        check=True,
        **quiet,
    )
    settings = {"listen_addresses": "", "unix_socket_directories": folder, "fsync": "off"}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    server = subprocess.Popen([binaries / "postgres", "-D", data, *options], **quiet)
    try:
        _wait_for(folder, server)
        yield folder
    finally:
        server.send_signal(signal.SIGQUIT)
        server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(folder: Path, server: subprocess.Popen) -> None:
    for _ in range(300):
        try:
            psycopg.connect(host=str(folder), user="dsr", dbname="postgres").close()
        except psycopg.OperationalError:
            assert server.poll() is None, "PostgreSQL did not start"
            time.sleep(0.1)
        else:
            return
    pytest.fail("PostgreSQL did not answer within 30 seconds")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty register of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/register.sqlite3"
    folder = request.getfixturevalue("postgresql")
    name = f"case_{next(_NUMBERS)}"
    with psycopg.connect(host=str(folder), user="dsr", dbname="postgres", autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")  # much cheaper than a database, and as separate
    return f"postgresql://dsr@/postgres?host={folder}&options=-csearch_path%3D{name}"


@pytest.fixture
def register(url: str, clock: Clock) -> Iterator[Register]:
    with Register.open(url, now=clock, actor="anna") as opened:
        yield opened
