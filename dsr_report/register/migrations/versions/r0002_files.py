"""Files of a case, and a log that the database itself keeps append-only.

Revision ID: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_SEALED = ("number", "case_id", "at", "actor", "event", "data", "personal_hash", "previous_hash", "hash")
_MESSAGE = "the log of the register is append-only"


def upgrade() -> None:
    """Add the files, and triggers that refuse to change or delete what the log's hashes cover."""
    op.create_table(
        "files",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("case_id", sa.Integer(), sa.ForeignKey("cases.id"), nullable=False, index=True),
        sa.Column("request_number", sa.Integer(), sa.ForeignKey("data_requests.number"), index=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger()),
        sa.Column("path", sa.String()),
        sa.Column("counts", sa.JSON()),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_by", sa.String(), nullable=False),
    )
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)


_SQLITE = (
    f"CREATE TRIGGER events_stay BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END",
    (
        f"CREATE TRIGGER events_keep BEFORE UPDATE OF {', '.join(_SEALED)} ON events "
        f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
    ),
    (
        "CREATE TRIGGER events_forget BEFORE UPDATE OF personal, salt ON events "
        "WHEN NEW.personal IS NOT NULL OR NEW.salt IS NOT NULL "
        f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
    ),
)
_POSTGRESQL = (
    (
        "CREATE FUNCTION events_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION '{_MESSAGE}'; END $$"
    ),
    "CREATE TRIGGER events_stay BEFORE DELETE ON events FOR EACH ROW EXECUTE FUNCTION events_keep()",
    "CREATE TRIGGER events_empty BEFORE TRUNCATE ON events EXECUTE FUNCTION events_keep()",
    (
        f"CREATE TRIGGER events_keep BEFORE UPDATE OF {', '.join(_SEALED)} ON events "
        "FOR EACH ROW EXECUTE FUNCTION events_keep()"
    ),
    (
        "CREATE TRIGGER events_forget BEFORE UPDATE OF personal, salt ON events FOR EACH ROW "
        "WHEN (NEW.personal IS NOT NULL OR NEW.salt IS NOT NULL) EXECUTE FUNCTION events_keep()"
    ),
)
