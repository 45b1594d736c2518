"""The tables of the register (SQLAlchemy). The migrations create them; a test compares the two."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from dsr_report.register.entries import OPEN_STATES

IS_OPEN = text("state IN ({})".format(", ".join(f"'{state}'" for state in OPEN_STATES)))


class UtcMoment(TypeDecorator[datetime]):
    """An aware datetime, stored in UTC; SQLite stores no zone, so UTC is put back when it is read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        at = value.astimezone(UTC)
        return at.replace(tzinfo=None) if dialect.name == "sqlite" else at

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base class of the register's tables."""

    type_annotation_map = {datetime: UtcMoment(), str: String()}  # noqa: RUF012 - SQLAlchemy's own declaration


class Setting(Base):
    """One named value of the register itself, such as the key of its lookup hashes."""

    __tablename__ = "settings"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class Head(Base):
    """The end of the hash chain: one row. Whoever writes locks it first, so that writers take turns."""

    __tablename__ = "chain_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    hash: Mapped[str]


class Case(Base):
    """One access request. State and dates are derived from the events; `check` compares them."""

    __tablename__ = "cases"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    subject_type: Mapped[str | None]
    subject_id: Mapped[str | None]
    subject_hash: Mapped[str | None] = mapped_column(index=True)
    country: Mapped[str | None]
    subdivision: Mapped[str | None]
    owner: Mapped[str]
    state: Mapped[str] = mapped_column(index=True)
    received_on: Mapped[date]
    replied_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    is_open: Mapped[bool] = mapped_column(index=True)
    forgotten: Mapped[bool]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class Event(Base):
    """One line of the append-only log."""

    __tablename__ = "events"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    event: Mapped[str]
    data: Mapped[str] = mapped_column(Text)
    personal: Mapped[str | None] = mapped_column(Text)
    salt: Mapped[str | None]
    personal_hash: Mapped[str | None]
    previous_hash: Mapped[str]
    hash: Mapped[str] = mapped_column(unique=True)


class DataRequest(Base):
    """One data request at Copernica; at most one is open for a subject, an API and an account."""

    __tablename__ = "data_requests"
    __table_args__ = (
        Index(
            "one_open_request",
            "api_url",
            "account",
            "subject_type",
            "subject_hash",
            unique=True,
            sqlite_where=IS_OPEN,
            postgresql_where=IS_OPEN,
        ),
        Index("one_request_id", "api_url", "account", "request_id", unique=True),
    )

    number: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    api_url: Mapped[str]
    account: Mapped[str]
    subject_type: Mapped[str | None]
    subject_id: Mapped[str | None]
    subject_hash: Mapped[str | None]
    request_id: Mapped[str | None] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(index=True)
    ticket: Mapped[str | None]
    process: Mapped[str | None]
    intended_at: Mapped[datetime]
    intended_by: Mapped[str]
    changed_at: Mapped[datetime]


class File(Base):
    """A file of a case: an export, a disclosure, a reply."""

    __tablename__ = "files"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    request_number: Mapped[int | None] = mapped_column(ForeignKey("data_requests.number"), index=True)
    kind: Mapped[str]
    sha256: Mapped[str]
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    path: Mapped[str | None]
    counts: Mapped[dict[str, object] | None] = mapped_column(JSON(none_as_null=True))
    noted_at: Mapped[datetime]
    noted_by: Mapped[str]
