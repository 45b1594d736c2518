"""The member `removed` of profiles: false, true, or the moment of removal."""

from __future__ import annotations

from dsr_report.records.fields import FieldReader, as_flag, as_text
from dsr_report.records.registry import after
from dsr_report.times import is_empty_date, read_moment


@after("profile", "subprofile")
def read_removed(take: FieldReader) -> None:
    """Read `removed` in any of its forms."""
    raw = take.peek("removed")
    if raw is None or isinstance(raw, (dict, list)):
        return
    if as_flag(raw) is not None:
        take.flag("removed", "removed")
    elif read_moment(raw, take.zone) is not None:
        take.moment("removed_at", "removed")
        take.fields["removed"] = True
        take.sources["removed"] = take.sources["removed_at"]
    elif is_empty_date(raw):
        take.text("removed_at_raw", "removed")
        take.fields["removed"] = False
        take.fields["removed_at_raw"] = as_text(raw)
