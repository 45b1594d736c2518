"""Messages → rows of the tables about messages."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from typing import Any

from dsr_report.jsonstream.items import JsonValue
from dsr_report.mime.anchors import anchors
from dsr_report.mime.links import purpose_of
from dsr_report.mime.message import MimeMessage, parse
from dsr_report.records.kinds import kind_of
from dsr_report.records.members import with_unique_names
from dsr_report.records.models.mail import Message
from dsr_report.records.sniff import record_in_json
from dsr_report.tables.cells import cells_of
from dsr_report.tables.exact import json_text
from dsr_report.tables.ids import mailing_key
from dsr_report.tables.schema import table
from dsr_report.tables.store import row_key


def rows_of_message(record: Message, only: Collection[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows of one message in `messages`, and in those tables of `only` that are about messages."""
    row = cells_of(record, kind_of("message"))
    row["mailing_key"] = mailing_key(record.mailing_id, record.family)
    if record.attachments is not None:
        row["other"] = json_text(with_unique_names([("attachments", record.attachments), *_others(row)]))
    mime = None if record.mime is None else parse(record.mime)
    if mime is not None:
        row |= _of_mime(mime, row)
    key = record.message_id or (f"{record.family or ''}:{record.internal_id}" if record.internal_id else None)
    if key is None:
        bodies = "\x1f".join(body or "" for body in (record.html, record.text, record.amp))
        key = hashlib.blake2b(
            f"{row_key(table('messages'), row)}{bodies}".encode("utf-8", "surrogatepass"), digest_size=8
        ).hexdigest()
    row["message_key"] = key
    yield "messages", row
    shared = {"message_key": key, "pointer": record.pointer}
    if mime is not None and "message_headers" in only:
        for position, field in enumerate(mime.header, 1):
            yield (
                "message_headers",
                shared
                | {
                    "position": position,
                    "name": field.name,
                    "value": field.value,
                    "value_raw": _raw_text(field.raw),
                },
            )
    for position, part in enumerate(_parts(mime, record) if "message_parts" in only else (), 1):
        yield "message_parts", shared | {"position": position} | part
    if "links" not in only:
        return
    htmls = [] if mime is None or mime.html is None else [mime.html]
    if record.html is not None:
        htmls.append(record.html)
    position = 0
    for html in htmls:
        for anchor in anchors(html):
            position += 1
            purpose = purpose_of(anchor.url, anchor.label)
            yield (
                "links",
                shared | {"position": position, "url": anchor.url, "label": anchor.label, "purpose": purpose},
            )


def _of_mime(mime: MimeMessage, row: dict[str, Any]) -> dict[str, Any]:
    leaves = [part for part in mime.walk() if not part.is_container]
    return {
        "subject": row.get("subject", mime.subject),
        "sender": row.get("sender", mime.sender),
        "recipients": "\n".join(mime.recipients) or None,
        "header_message_id": mime.message_id,
        "date_raw": mime.get("Date"),
        "size_bytes": len(mime.raw),
        "sha256": hashlib.sha256(mime.raw).hexdigest(),
        "part_count": len(leaves),
        "attachment_count": len(mime.attachments),
        "defects": "\n".join(map(str, mime.defects)) or None,
    }


def _parts(mime: MimeMessage | None, record: Message) -> Iterator[dict[str, Any]]:
    files = {id(part) for message in _all_messages(mime) for part in message.attachments}
    for part in mime.walk() if mime is not None else ():
        if part.is_container:
            continue
        is_text = part.media_type.startswith("text/")
        yield {
            "path": part.path,
            "media_type": part.media_type,
            "charset": part.charset,
            "charset_used": part.charset_used if is_text else None,
            "transfer_encoding": part.transfer_encoding,
            "disposition": part.disposition,
            "file_name": part.file_name,
            "content_id": part.content_id,
            "is_attachment": id(part) in files,
            "size_bytes": part.size_bytes,
            "sha256": part.sha256,
            "text": part.text if is_text else None,
        }
    for name, media_type in (("html", "text/html"), ("text", "text/plain"), ("amp", "text/x-amp-html")):
        body = getattr(record, name)
        if body is not None:
            content = body.encode("utf-8", "surrogatepass")
            yield {
                "path": name,
                "media_type": media_type,
                "size_bytes": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
                "is_attachment": False,
                "text": body,
            }


def _all_messages(mime: MimeMessage | None) -> Iterator[MimeMessage]:
    """A message, and those attached to it at any depth."""
    if mime is not None:
        yield mime
        for part in mime.walk():
            if part.nested is not None and not part.is_opened:
                yield part.nested


def _others(row: dict[str, Any]) -> list[tuple[str, JsonValue]]:
    """The members in the cell `other` of a row."""
    other = row.get("other")
    return list((record_in_json(other) or {}).items()) if other else []


def _raw_text(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace")


def merge_rows(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Merge the rows of a message with several records: the first cell that is not null counts.

    What another record says in a column of the export's own members is in `other`, under the column's name.
    """
    fields = [one for one in kind_of("message").fields if one.column]
    stored = {f"{one.column}_raw" if one.how == "moment" else one.column for one in fields}
    moments = {
        one.column: [f"{one.column}{ending}" for ending in ("", "_local", "_raw", "_certainty")]
        for one in fields
        if one.how == "moment"
    }
    first = rows[0]
    others = _others(first)
    for row in rows[1:]:
        others += _others(row)
        for column, with_text in moments.items():
            if first.get(column) is None and row.get(column) is not None:
                for name in with_text:
                    first[name], row[name] = row.get(name), first.get(name)
        for name, cell in row.items():
            if first.get(name) is None:
                first[name] = cell
            elif name in stored and cell not in {None, "", first[name]}:
                others.append((name, cell))
    different = {(name, json_text(value)): (name, value) for name, value in others}
    first["other"] = json_text(with_unique_names(different.values())) if different else None
    first["other_pointers"] = " ".join(row["pointer"] for row in rows[1:]) or None
    return first
