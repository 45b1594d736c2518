"""Alembic's entry: runs the steps on the connection, and in the transaction, that the register hands in."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from dsr_report.register.models import Base

connection: Connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, transaction_per_migration=False)
context.run_migrations()
