"""The ids of an event and of its message, in statistics, logs, webhooks and the events API alike."""

from __future__ import annotations

from dsr_report.records.fields import FieldReader, as_id


def read_ids(take: FieldReader) -> None:
    """Read the ids of an event and of its message.

    `destination` is an id, a hash, or (SMTPeter) the web address that a click led to. `id` is the event's own
    in statistics, and the message's in logs.
    """
    destination = as_id(take.peek("destination"))
    leads_away = destination is not None and ("://" in destination or take.has("url"))
    if leads_away:
        destination = None
        if take.found.kind == "click":
            take.text("target", "destination")
    if destination is not None:
        take.id("message_id", "destination")
        take.id("event_id", "id")
    elif as_id(take.peek("messageid")) is not None:
        take.id("message_id", "messageid")
        take.id("event_id", "id")
    elif (own := as_id(take.peek("id"))) is not None:
        take.id("event_id" if own.isdigit() else "message_id", "id")
    else:
        take.id("message_id", *(() if leads_away else ("destination",)), "messageid", "message")
        take.id("event_id", "id")
