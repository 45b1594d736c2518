"""What was written stays as it was written, and a change is found."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from dsr_report.errors import RegisterError
from dsr_report.register import Register, chain
from dsr_report.register.database import database_url
from dsr_report.register.models import Base, Event, Head, UtcMoment

SEALS = ("events_stay", "events_keep", "events_forget")


@pytest.fixture
def raw(url, register):
    """A connection past the register, as an intruder has it, to a register with two cases."""
    for number in (1, 2):
        entry = register.claim("profile", number)
        register.attach_request_id(entry.number, f"id-{number}")
        register.note_file(entry.number, sha256=f"{number}" * 64, path="/x/export.json")
        register.note_sent(entry.reference, sha256="cd" * 32, address="jan@example.org")
    engine = sa.create_engine(database_url(url, {}))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def _without_seals(raw):
    on = " ON events" if raw.dialect.name == "postgresql" else ""
    for name in SEALS:
        raw.execute(sa.text(f"DROP TRIGGER {name}{on}"))


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM events WHERE number = 3",
        "UPDATE events SET actor = 'nobody' WHERE number = 3",
        "UPDATE events SET data = '{}'",
        "UPDATE events SET hash = 'x' WHERE number = 1",
        "UPDATE events SET personal = '{}' WHERE number = 1",
    ],
)
def test_the_database_itself_refuses_to_change_the_log(raw, statement):
    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        raw.execute(sa.text(statement))


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("UPDATE events SET actor = 'nobody' WHERE number = 3", "event 3: it was altered"),
        ("UPDATE events SET case_id = 2 WHERE number = 3", "event 3: it was altered"),
        ("UPDATE events SET at = '2026-01-01 00:00:00+00:00' WHERE number = 2", "event 2: it was altered"),
        ("UPDATE events SET data = '{' WHERE number = 3", "event 3: it cannot be read"),
        (
            "UPDATE events SET data = replace(data, '2026', '2025') WHERE number = 1",
            "case 2026-0001: its state or dates are not as the log says",
        ),
        ("DELETE FROM events WHERE number = 3", "event 4: events 3 to 3 are missing"),
        ("DELETE FROM events WHERE number > 8", "the log does not end where it was last written"),
        ("UPDATE events SET personal = '{}' WHERE number = 5", "event 5: its personal part was altered"),
        (
            "UPDATE events SET personal = NULL, salt = NULL WHERE number = 5",
            "event 5: its personal part was removed",
        ),
        ("UPDATE events SET salt = NULL WHERE number = 3", "event 3: its personal part was altered"),
        (
            "UPDATE events SET personal_hash = NULL WHERE number = 3",
            "event 3: a personal part was added",
        ),
        ("UPDATE chain_head SET id = 2", "the log does not end where it was last written"),
        ("UPDATE settings SET value = '9' WHERE name LIKE 'references%'", "the settings of the register"),
        ("DELETE FROM settings WHERE name LIKE 'references%'", "the settings of the register"),
        ("UPDATE cases SET received_on = '2026-03-04' WHERE id = 1", "case 2026-0001: its state or dates"),
        ("UPDATE cases SET state = 'received' WHERE id = 2", "case 2026-0002: its state or dates"),
        ("UPDATE cases SET reference = 'other' WHERE id = 2", "case other: its state or dates"),
        ("UPDATE cases SET subject_id = '3' WHERE id = 2", "case 2026-0002: its subject was altered"),
        (
            "UPDATE cases SET subject_hash = 'x' WHERE id = 2",
            "case 2026-0002: its subject is not as the log says",
        ),
        (
            "UPDATE data_requests SET request_id = 'x' WHERE number = 1",
            "data request 1: it is not as the log says",
        ),
        ("UPDATE files SET sha256 = 'x' WHERE id = 1", "file 1: the log knows no such file"),
    ],
    ids=lambda value: value if value.split(" ")[0] in {"UPDATE", "DELETE"} else "",
)
def test_what_was_altered_is_named(raw, register, statement, finding):
    assert register.check().findings == ()
    _without_seals(raw)
    raw.execute(sa.text(statement))
    raw.commit()
    assert [one for one in register.check().findings if one.startswith(finding)]


def _another(column, before):
    """A value of the column's type that it does not have."""
    if isinstance(column.type, sa.Boolean):
        return not before
    if isinstance(column.type, UtcMoment):
        return datetime(2020, 1, 1, tzinfo=UTC)
    if isinstance(column.type, sa.Date):
        return date(2020, 1, 1)
    if isinstance(column.type, sa.JSON):
        return {"x": 1}
    return (before or 0) + 1000 if isinstance(column.type, sa.Integer) else f"{before}x"


def test_a_change_of_any_column_of_any_table_is_found(url, register, raw):
    """Of each table, in each row, each column alone; and each row removed."""
    assert register.check().findings == ()
    if raw.dialect.name == "postgresql":
        raw.execute(sa.text("SET session_replication_role = replica"))  # neither triggers nor foreign keys
    else:
        _without_seals(raw)
        raw.execute(sa.text("PRAGMA foreign_keys = OFF"))
    raw.commit()
    tables = {table.name: table for table in Base.metadata.sorted_tables}
    missed, tried = [], 0

    def seen(statement):
        nonlocal tried
        tried += 1
        raw.execute(statement)
        raw.commit()
        try:
            return bool(register.check().findings)
        except (RegisterError, sa.exc.SQLAlchemyError):
            return True  # it cannot even be read

    for table in tables.values():
        key = next(iter(table.primary_key))
        for row in raw.execute(sa.select(table)).mappings().all():
            this = key == row[key.name]
            for column in table.columns:
                other = _another(column, row[column.name])
                where = key == (other if column is key else row[key.name])
                if not seen(sa.update(table).where(this).values({column.name: other})):
                    missed.append((table.name, row[key.name], column.name))
                raw.execute(sa.update(table).where(where).values({column.name: row[column.name]}))
            if not seen(sa.delete(table).where(this)):
                missed.append((table.name, row[key.name], "the whole row"))
            raw.execute(sa.insert(table).values(dict(row)))
            raw.commit()
    assert missed == []
    assert register.check().findings == ()
    assert tried > 150


def test_what_a_check_cannot_prove_is_said(register):
    register.add(reference="DSR 7")
    report = register.check()
    assert "--head" in report.not_proven[0]
    assert register.check(report.head).not_proven == ()


def test_a_register_of_an_older_version_is_no_finding_and_its_unsealed_cases_are_named(register, raw):
    _without_seals(raw)
    previous = chain.GENESIS  # the log as an older version wrote it: without the hashes of rows
    rows = raw.execute(sa.select(Event).order_by(Event.number)).mappings().all()
    for number, row in enumerate(rows, 1):
        data = {k: v for k, v in json.loads(row["data"]).items() if k not in {"rows", "settings"}}
        personal = {k: v for k, v in json.loads(row["personal"] or "{}").items() if k != "rows"}
        text = chain.canonical(data)
        private = chain.canonical(personal) if personal else None
        sealed = chain.personal_hash(private, row["salt"]) if private else None
        digest = chain.event_hash(
            number=number, case_id=row["case_id"], at=row["at"], actor=row["actor"], event=row["event"],
            data=text, personal=sealed, previous=previous,
        )  # fmt: skip
        values = {
            "data": text, "personal": private, "salt": row["salt"] if private else None,
            "personal_hash": sealed, "previous_hash": previous, "hash": digest,
        }  # fmt: skip
        raw.execute(sa.update(Event).where(Event.number == number).values(values))
        previous = digest
    raw.execute(sa.update(Head).values(hash=previous))
    raw.commit()
    report = register.check()
    assert report.findings == ()
    assert "2026-0001, 2026-0002" in report.not_proven[1]
    register.note("2026-0001", text="from now on it is sealed")
    assert "2026-0001" not in register.check().not_proven[1]


def test_an_intruder_who_computes_all_hashes_again_is_found_by_a_noted_head(url, clock, tmp_path):
    with Register.open(url, now=clock) as register:
        register.add(reference="DSR 7")
        noted = register.check().head
        register.note("DSR 7", text="later")
        assert register.check(noted).findings == ()
    with Register.open(f"sqlite:///{tmp_path}/forged.sqlite3", now=clock) as forged:
        forged.add(reference="DSR 7", channel="invented")
        assert forged.check().findings == ()
        assert forged.check(noted).findings == (
            "the noted head is not in the log: what was written before it has changed",
        )


def test_an_error_of_the_database_names_no_person_and_no_password(raw, register):
    raw.execute(sa.text("DROP TABLE files"))
    raw.commit()
    with pytest.raises(RegisterError) as caught:
        register.case_of_file("ab" * 32)
    assert "ab" * 32 not in str(caught.value)
