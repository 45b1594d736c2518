"""The same records, laid out in every way that an export may have."""

from __future__ import annotations

from typing import Any

from .shapes import Record


def labelled(record: Record) -> dict[str, Any]:
    """A record in a wrapper that names its kind: logs as the events API does, others by `type`."""
    if record.kind == "unrecognised":
        return record.value
    return {"event" if record.log else "type": record.kind, "data": record.value}
