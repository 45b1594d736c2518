"""The ids of an event and of its message, in statistics, logs, webhooks and the events API alike."""

from __future__ import annotations

from dsr_report.records.fields import FieldReader, as_id


def read_ids(reader: FieldReader) -> None:
    """Read the ids of an event and of its message.

    `destination` is an id, a hash, or (SMTPeter) the web address that a click led to. `id` is the event's own
    in statistics, and the message's in logs.
    """
    destination = as_id(reader.peek("destination"))
    leads_away = destination is not None and ("://" in destination or reader.has("url"))
    if leads_away:
        destination = None
        if reader.found.kind == "click":
            reader.text("target", "destination")
    if destination is not None:
        reader.id("message_id", "destination")
        reader.id("event_id", "id")
    elif as_id(reader.peek("messageid")) is not None:
        reader.id("message_id", "messageid")
        reader.id("event_id", "id")
    elif (own := as_id(reader.peek("id"))) is not None:
        reader.id("event_id" if own.isdigit() else "message_id", "id")
    else:
        reader.id("message_id", *(() if leads_away else ("destination",)), "messageid", "message")
        reader.id("event_id", "id")
