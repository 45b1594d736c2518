"""The member `removed` of profiles: false, true, or the moment of removal."""

from __future__ import annotations

from dsr_report.records.fields import FieldReader, as_flag, as_text
from dsr_report.records.registry import after
from dsr_report.times import is_empty_date, read_moment


@after("profile", "subprofile")
def read_removed(reader: FieldReader) -> None:
    """Read `removed` in any of its forms."""
    raw = reader.peek("removed")
    if raw is None or isinstance(raw, (dict, list)):
        return
    if as_flag(raw) is not None:
        reader.flag("removed", "removed")
    elif read_moment(raw, reader.zone) is not None:
        reader.moment("removed_at", "removed")
        reader.fields["removed"] = True
        reader.sources["removed"] = reader.sources["removed_at"]
    elif is_empty_date(raw):
        reader.text("removed_at_raw", "removed")
        reader.fields["removed"] = False
        reader.fields["removed_at_raw"] = as_text(raw)
