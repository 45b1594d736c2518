"""Cases, their log and their data requests.

Revision ID: 0001
"""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_MOMENT = sa.DateTime(timezone=True)
_OPEN = sa.text("state IN ('intended', 'posting', 'pending', 'available')")


def upgrade() -> None:
    """Make the first tables, the key of the lookup hashes, and the start of the chain."""
    settings = op.create_table(
        "settings",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("value", sa.String(), nullable=False),
    )
    head = op.create_table(
        "chain_head",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
    )
    op.create_table(
        "cases",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("reference", sa.String(), nullable=False, unique=True),
        sa.Column("subject_type", sa.String()),
        sa.Column("subject_id", sa.String()),
        sa.Column("subject_hash", sa.String(), index=True),
        sa.Column("country", sa.String()),
        sa.Column("subdivision", sa.String()),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False, index=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("replied_on", sa.Date()),
        sa.Column("closed_on", sa.Date()),
        sa.Column("is_open", sa.Boolean(), nullable=False, index=True),
        sa.Column("forgotten", sa.Boolean(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
    )
    op.create_table(
        "events",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("case_id", sa.Integer(), sa.ForeignKey("cases.id"), nullable=False, index=True),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("personal", sa.Text()),
        sa.Column("salt", sa.String()),
        sa.Column("personal_hash", sa.String()),
        sa.Column("previous_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False, unique=True),
    )
    op.create_table(
        "data_requests",
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("case_id", sa.Integer(), sa.ForeignKey("cases.id"), nullable=False, index=True),
        sa.Column("api_url", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("subject_type", sa.String()),
        sa.Column("subject_id", sa.String()),
        sa.Column("subject_hash", sa.String()),
        sa.Column("request_id", sa.String(), index=True),
        sa.Column("state", sa.String(), nullable=False, index=True),
        sa.Column("ticket", sa.String()),
        sa.Column("process", sa.String()),
        sa.Column("intended_at", _MOMENT, nullable=False),
        sa.Column("intended_by", sa.String(), nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
    )
    op.create_index(
        "one_open_request",
        "data_requests",
        ["api_url", "account", "subject_type", "subject_hash"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index("one_request_id", "data_requests", ["api_url", "account", "request_id"], unique=True)
    op.bulk_insert(settings, [{"name": "lookup-key", "value": secrets.token_hex(32)}])
    op.bulk_insert(head, [{"id": 1, "number": 0, "hash": "0" * 64}])
