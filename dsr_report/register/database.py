"""The register's database: private files, migrations, and transactions that take turns."""

from __future__ import annotations

import logging
import os
import re
import sqlite3
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from threading import RLock

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from dsr_report import files
from dsr_report.errors import MissingExtraError, RegisterError, UsageError
from dsr_report.register.models import Head
from dsr_report.sentences import Sentence, reason_of

VARIABLE = "DSR_REPORT_DATABASE"
REVISION = "0002"  # the newest migration; kept here so that opening an up-to-date register needs no Alembic
_BUSY_SECONDS = 60.0
"""Time that SQLite waits for another process's transaction."""
_OUTAGE = re.compile(
    "refused|no such file|starting up|shutting down|not yet accepting|terminat|closed|time.?out|reset|broken",
    re.IGNORECASE,
)
_LOCK = 0x6473722D726570  # "dsr-rep": PostgreSQL's advisory lock of our migrations
_WRITES = "dsr_report_writes"
_log = logging.getLogger(__name__)


class OutageError(RegisterError):
    """The database is unreachable; it may be back in a moment.

    `is_undone` says whether the transaction is certainly rolled back: a connection can also break while it
    commits.
    """

    is_undone = True


class Database:
    """A register's database. SQLite files are private to their owner; SQL errors are translated to ours."""

    def __init__(self, url: URL) -> None:
        self.where = url.render_as_string(hide_password=True)
        self._engine = _engine(url)
        in_memory = isinstance(self._engine.pool, StaticPool)  # one connection, which threads take turns with
        self._turn: AbstractContextManager[object] = RLock() if in_memory else nullcontext()

    def dispose(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session with a consistent snapshot of the register."""
        with self._translate_errors(), self._turn, Session(self._engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[tuple[Session, Head]]:
        """A session that commits if the block succeeds; the writers of all processes take turns."""
        is_committing = False
        try:
            with (
                self._translate_errors(),
                self._turn,
                self._engine.connect().execution_options(**{_WRITES: True}) as connection,
                Session(connection, expire_on_commit=False) as session,
                session.begin(),
            ):
                head = session.scalars(sa.select(Head).with_for_update()).one()
                yield session, head
                session.flush()
                is_committing = True
        except OutageError as error:
            error.is_undone = not is_committing
            raise

    def compact(self) -> None:
        """Empty SQLite's write-ahead log, so that forgotten data does not linger in it (pages are zeroed)."""
        if self._engine.dialect.name != "sqlite":
            return
        with self._translate_errors(), self._engine.connect() as connection:
            raw = connection.connection.dbapi_connection
            if raw is not None:
                connection.rollback()
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def bring_up_to_date(self, revision: str = REVISION) -> None:
        """Run missing migrations; of two processes that try, one waits for the other."""
        with self._translate_errors(), self._engine.connect() as connection:
            if _revision(connection) == revision:
                return
        with (
            self._translate_errors(),
            self._engine.connect().execution_options(**{_WRITES: True}) as connection,
            connection.begin(),
        ):
            if connection.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
            if _revision(connection) != revision:
                _migrate(connection, revision, self.where)

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            # The statement's values are personal data, and PostgreSQL repeats them in its details.
            reason = str(error.orig).strip().splitlines()[:1] if _is_about_access(error) else []
            is_away = self._engine.dialect.name != "sqlite" and (
                error.connection_invalidated or bool(_OUTAGE.search(" ".join(reason)))
            )
            raise (OutageError if is_away else RegisterError)(
                f"the register cannot be used ({(reason or [type(error.orig).__name__])[0]})",
                where=self.where,
                hint=f"Check {VARIABLE} or --database.",
            ) from (error if reason else None)
        except SQLAlchemyError as error:
            raise RegisterError(
                Sentence("the register failed ({error})", error=type(error).__name__), where=self.where
            ) from error


def database_url(url: str | None, environment: Mapping[str, str]) -> URL:
    """The database to use: `url`, else `DSR_REPORT_DATABASE`, else a file in the user's data directory."""
    text = url or environment.get(VARIABLE)
    if not text:
        return URL.create("sqlite", database=str(default_folder() / "register.sqlite3"))
    try:
        made = make_url(
            text.replace("postgres://", "postgresql://", 1) if text.startswith("postgres:") else text
        )
    except (ArgumentError, ValueError) as error:
        raise UsageError(
            "this is not the URL of a database",
            where=VARIABLE if url is None else "--database",
            hint="Write sqlite:////folder/register.sqlite3 or postgresql://user@host/name.",
        ) from error
    if made.drivername == "postgresql":
        made = made.set(drivername="postgresql+psycopg")
    if made.get_backend_name() not in {"sqlite", "postgresql"}:
        raise UsageError(
            Sentence("a register cannot be kept in {made}", made=repr(made.get_backend_name())),
            hint="SQLite and PostgreSQL are tested and supported.",
        )
    return made


def default_folder() -> Path:
    """The tool's own folder among the user's data."""
    import platformdirs  # noqa: PLC0415 - only needed for the default

    return Path(platformdirs.user_data_dir("dsr-report", appauthor=False))


def _engine(url: URL) -> Engine:
    try:
        if url.get_backend_name() == "sqlite":
            return _sqlite(url)
        return sa.create_engine(url, hide_parameters=True, pool_pre_ping=True)
    except NoSuchModuleError as error:
        raise UsageError(
            Sentence("the database driver {drivername} is not known", drivername=repr(url.drivername))
        ) from error
    except ImportError as error:
        raise MissingExtraError(
            "PostgreSQL needs the package 'psycopg'", hint="pip install 'dsr-report[postgresql]'"
        ) from error


def _sqlite(url: URL) -> Engine:
    if url.query.get("uri"):
        raise UsageError("a register cannot be given as a SQLite URI", hint="Write sqlite:////folder/name.")
    options: dict[str, object] = {"connect_args": {"timeout": _BUSY_SECONDS}}
    path = Path(url.database) if url.database and url.database != ":memory:" else None
    if path is None:
        options["poolclass"] = StaticPool
        options["connect_args"] = {"check_same_thread": False}
    engine = sa.create_engine(url, hide_parameters=True, **options)
    if path is not None:
        _make_private(path)

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late: see `begin`
        connection.execute("PRAGMA foreign_keys = ON")
        _write_ahead(connection)
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA synchronous = FULL")  # an intent must survive a loss of power

    @sa.event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to the write-ahead log, with retries: SQLite does not wait for a process that does the same."""
    if connection.execute("PRAGMA journal_mode").fetchone()[0] in {"wal", "memory"}:
        return
    for attempt in range(50):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            time.sleep(0.01 * (attempt + 1))
        else:
            return


def _make_private(path: Path) -> None:
    if path.parent != Path():
        files.private_folder(path.parent)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, stat.S_IRUSR | stat.S_IWUSR))
    except OSError as error:
        raise RegisterError(
            Sentence("the register cannot be opened ({reason})", reason=reason_of(error)),
            where=str(path),
            hint=Sentence("Choose another place with {variable}.", variable=VARIABLE),
        ) from error
    if os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        _log.warning("%s can be read by others than its owner: chmod 600 is advised", path)


def _revision(connection: Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return version


def _migrate(connection: Connection, revision: str, where: str) -> None:
    from alembic import command  # noqa: PLC0415 - heavy, and only needed when tables change
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    folder = str(Path(__file__).with_name("migrations"))
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, revision)
    except CommandError as error:
        raise RegisterError(
            "this register was written by a newer dsr-report", where=where, hint="Update dsr-report."
        ) from error


def _is_about_access(error: DBAPIError) -> bool:
    """Whether the driver's message is about reaching the database, and so cannot quote its content."""
    return isinstance(error, sa.exc.OperationalError) or type(error.orig) is sqlite3.DatabaseError
