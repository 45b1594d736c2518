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


class PostgreSql:
    """A private server; its user is `dsr`, and it asks for no password."""

    def __init__(self) -> None:
        self._binaries = max(Path("/usr/lib/postgresql").glob("*/bin/initdb")).parent
        self.folder = Path(tempfile.mkdtemp(prefix="dsr-pg-"))
        who: dict[str, str | int] = {}
        if os.geteuid() == 0:  # the server refuses to run as root
            names = {one.pw_name: one for one in pwd.getpwall()}
            account = names.get("postgres") or names["nobody"]
            os.chown(self.folder, account.pw_uid, account.pw_gid)
            who = {"user": account.pw_uid, "group": account.pw_gid}
        self._quiet = {"cwd": self.folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **who}
        subprocess.run(
            [
                self._binaries / "initdb", "-D", self.folder / "data", "-A", "trust", "-U", "dsr",
                "-N", "-E", "UTF8", "--locale=C",
            ],
            check=True,
            **self._quiet,
        )  # fmt: skip
        self.start()

    def start(self) -> None:
        settings = {"listen_addresses": "", "unix_socket_directories": self.folder, "fsync": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = [self._binaries / "postgres", "-D", self.folder / "data", *options]
        self.server = subprocess.Popen(command, **self._quiet)
        for _ in range(300):
            try:
                psycopg.connect(host=str(self.folder), user="dsr", dbname="postgres").close()
            except psycopg.OperationalError:
                assert self.server.poll() is None, "PostgreSQL did not start"
                time.sleep(0.1)
            else:
                return
        pytest.fail("PostgreSQL did not answer within 30 seconds")

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT ends all transactions, and writes what was committed; SIGQUIT does not even do that."""
        self.server.send_signal(how)
        self.server.wait(30)

    def schema(self) -> str:
        """The URL of an empty register."""
        name = f"case_{next(_NUMBERS)}"
        host = str(self.folder)
        with psycopg.connect(host=host, user="dsr", dbname="postgres", autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}")  # much cheaper than a database, and as separate
        return f"postgresql://dsr@/postgres?host={host}&options=-csearch_path%3D{name}"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSql]:
    if not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        pytest.skip("NOT TESTED WITH POSTGRESQL: no /usr/lib/postgresql/*/bin (apt-get install postgresql)")
    running = PostgreSql()
    yield running
    running.stop(signal.SIGQUIT)
    shutil.rmtree(running.folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty register of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/register.sqlite3"
    return request.getfixturevalue("postgresql").schema()


@pytest.fixture
def register(url: str, clock: Clock) -> Iterator[Register]:
    with Register.open(url, now=clock, actor="anna") as opened:
        yield opened
