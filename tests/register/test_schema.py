"""Opening a register: from nothing, from an older version, and where it cannot be."""

from __future__ import annotations

import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from dsr_report.errors import DsrReportError, MissingExtraError, RegisterError, UsageError
from dsr_report.register import Register, chain, database
from dsr_report.register.database import Database, database_url
from dsr_report.register.models import Base


def test_the_migrations_make_exactly_the_tables_that_the_models_declare(url, register):
    engine = sa.create_engine(database_url(url, {}))
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    engine.dispose()


def test_the_known_revision_is_the_newest_migration():
    migrations = Path(database.__file__).with_name("migrations")
    assert ScriptDirectory(migrations).get_heads() == [database.REVISION]


def test_a_register_of_the_first_version_is_brought_up_to_date_with_all_it_holds(url, clock):
    older = Database(database_url(url, {}))
    older.bring_up_to_date("0001")
    older.dispose()
    engine = sa.create_engine(database_url(url, {}))
    at, data = (
        datetime(2026, 1, 2, 3, 4, 5, 678, UTC),
        chain.canonical({"reference": "DSR 7", "received_on": "2026-01-02"}),
    )
    digest = chain.event_hash(
        number=1,
        case_id=1,
        at=at,
        actor="anna",
        event="received",
        data=data,
        personal=None,
        previous=chain.GENESIS,
    )
    tables = sa.MetaData()
    with engine.begin() as connection:
        tables.reflect(connection)
        assert "files" not in tables.tables
        connection.execute(
            tables.tables["cases"].insert(),
            {
                "id": 1,
                "reference": "DSR 7",
                "owner": "anna",
                "country": "NL",
                "state": "received",
                "received_on": date(2026, 1, 2),
                "is_open": True,
                "forgotten": False,
                "created_at": at,
                "changed_at": at,
            },
        )
        connection.execute(
            tables.tables["events"].insert(),
            {
                "number": 1,
                "case_id": 1,
                "at": at,
                "actor": "anna",
                "event": "received",
                "data": data,
                "previous_hash": chain.GENESIS,
                "hash": digest,
            },
        )
        connection.execute(tables.tables["chain_head"].update(), {"number": 1, "hash": digest})
    engine.dispose()
    with Register.open(url, now=clock) as register:
        assert [case.reference for case in register.cases()] == ["DSR 7"]
        register.note_disclosure("DSR 7", sha256="cd" * 32)
        assert register.check().findings == ()
        assert register.check().events == 2


def test_a_register_of_a_newer_version_is_left_alone(url, register):
    engine = sa.create_engine(database_url(url, {}))
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(RegisterError, match=r"newer dsr-report.*Update dsr-report"):
        Register.open(url)


def test_the_default_is_a_private_file_in_the_users_data_directory(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    with Register.open(environment={}) as register:
        register.add()
        path = tmp_path / "dsr-report" / "register.sqlite3"
        files = sorted(path.parent.iterdir())
        assert path in files
        assert len(files) > 1, "the write-ahead log is a file too"
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_environment_says_where_and_an_argument_goes_before_it(tmp_path):
    environment = {"DSR_REPORT_DATABASE": f"sqlite:///{tmp_path}/a.sqlite3"}
    with Register.open(environment=environment) as register:
        assert register.where.endswith("a.sqlite3")
    with Register.open(f"sqlite:///{tmp_path}/b.sqlite3", environment=environment) as register:
        assert register.where.endswith("b.sqlite3")


def test_a_register_in_memory_works_and_leaves_nothing(clock, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with Register.open("sqlite://", now=clock) as register:
        assert register.claim("profile", 1).standing == "ours"
        assert register.check().findings == ()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("written", ["postgres://u@h/d", "postgresql://u@h/d", "postgresql+psycopg://u@h/d"])
def test_all_spellings_of_postgresql_mean_psycopg(written):
    assert database_url(written, {}).drivername == "postgresql+psycopg"


@pytest.mark.parametrize(
    "written",
    [
        "register.db",
        "mysql://u@h/d",
        "sqlite+nonsense:///x.db",
        "sqlite:///file:x.db?uri=true",
        "postgresql://h:x/d",
    ],
)
def test_a_url_that_cannot_be_used_is_a_usage_error_and_leaves_nothing(written, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError):
        Register.open(written, environment={})
    assert list(tmp_path.iterdir()) == []


def test_an_unreachable_server_is_said_without_the_password(tmp_path):
    with pytest.raises(RegisterError) as caught:
        Register.open(f"postgresql://anna:s3cret@/d?host={tmp_path}")
    assert "s3cret" not in str(caught.value)
    assert "DSR_REPORT_DATABASE" in str(caught.value)


def test_without_psycopg_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingExtraError, match=r"dsr-report\[postgresql\]"):
        Register.open("postgresql://anna@localhost/d")


def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path):
    path = tmp_path / "register.sqlite3"
    path.write_bytes(b"this is a letter, not a database" * 100)
    with pytest.raises(RegisterError, match=r"register\.sqlite3.*not a database"):
        Register.open(f"sqlite:///{path}")
    assert path.read_bytes().startswith(b"this is a letter")


def test_a_folder_that_cannot_be_made_is_said_in_one_line(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(DsrReportError, match="file"):
        Register.open(f"sqlite:///{tmp_path}/file/register.sqlite3")


def test_importing_the_wing_loads_no_database_library():
    heavy = "{'sqlalchemy', 'alembic', 'holidays', 'psycopg', 'platformdirs'}"
    program = (
        "import sys, dsr_report.register as register, dsr_report.cli.register\n"
        f"assert not {heavy} & set(sys.modules), {heavy} & set(sys.modules)\n"
        "register.Register.open('sqlite://')\n"
        "assert 'sqlalchemy' in sys.modules and 'psycopg' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize("kept", [True, False], ids=["kept", "in memory"])
def test_threads_share_a_register(url, kept):
    with Register.open(url if kept else "sqlite://") as register, ThreadPoolExecutor(8) as pool:
        entries = list(pool.map(lambda number: register.claim("profile", number % 5), range(40)))
        assert sorted(one.standing for one in entries) == ["being-created"] * 35 + ["ours"] * 5
        assert register.check().findings == ()
