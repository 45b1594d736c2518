"""Derived fields of text messages, files, logs and unrecognised records."""

from __future__ import annotations

from dsr_report.records import sniff
from dsr_report.records.classify import DISCRIMINATORS
from dsr_report.records.fields import FieldReader, as_text
from dsr_report.records.key_signatures import by_names
from dsr_report.records.kinds import kind_of
from dsr_report.records.names import normalised_key
from dsr_report.records.registry import after, before
from dsr_report.records.vocabulary import kind_labelled


@after("sms")
def tell_error(reader: FieldReader) -> None:
    """Set `is_error` for an error with a text message."""
    told = " ".join((*(clue.name for clue in reader.found.rule.clues), *reader.found.labels)).lower()
    only_errors_have = reader.names - set(DISCRIMINATORS) == {"mailing", "timestamp", "profile", "subprofile"}
    if only_errors_have or any(word in told for word in kind_of("error").words):
        reader.fields["is_error"] = True


@after("file")
def tell_size_and_type(reader: FieldReader) -> None:
    """Set the size as a number, and the media type by the content where no member names it."""
    size, content = reader.fields.get("size_raw"), reader.fields.get("content")
    if size is not None and size.isascii() and size.isdigit() and len(size) < 19:
        reader.fields["size_bytes"] = int(size)
    if content is not None and reader.fields.get("media_type") is None:
        head = sniff.decoded_head(content)
        told = sniff.media_type_of_uri(content) or (sniff.media_type_of(head) if head else None)
        if told:
            reader.fields["media_type"] = told


@before("log")
def read_rows(reader: FieldReader) -> None:
    """Read the rows of a log that is one text."""
    content = reader.text("content", "")
    if content is not None:
        columns, rows = sniff.csv_rows(content)
        reader.fields["columns"], reader.fields["rows"] = columns, tuple(rows)
        labelled = next(
            (kind for label in reversed(reader.found.labels) if (kind := kind_labelled(label))), None
        )
        keyed = by_names(frozenset(map(normalised_key, columns))) if columns else None
        reader.fields["row_kind"] = labelled or (keyed[0] if keyed else None)


@after("unrecognised")
def tell_reason(reader: FieldReader) -> None:
    """Set the reason why it was not recognised."""
    reader.fields["reason"] = as_text(reader.found.rule)
