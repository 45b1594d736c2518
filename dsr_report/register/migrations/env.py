"""Alembic's environment: runs migrations in the connection and transaction of the register."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from dsr_report.register.models import Base

connection: Connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, transaction_per_migration=False)
context.run_migrations()
