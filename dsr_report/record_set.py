"""The records of an export as an iterable, of all kinds or of some."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Literal, TypeVar, overload
from zoneinfo import ZoneInfo

from dsr_report.errors import unknown_name
from dsr_report.records.base import Record
from dsr_report.records.kinds import KINDS
from dsr_report.records.parser import parse
from dsr_report.records.raw_record import RawRecord
from dsr_report.show import display

if TYPE_CHECKING:
    from dsr_report import models

R = TypeVar("R", bound=Record)


class Records:
    """The records of an export, in its order; each iteration reads the export anew and keeps nothing."""

    def __init__(
        self,
        found: Callable[[], Iterable[RawRecord]],
        zone: ZoneInfo,
        count: Callable[[], int],
        counts: Callable[[], str],
        custom: Sequence[str] = (),
    ) -> None:
        self._found = found
        self._zone = zone
        self._count = count
        self._counts = counts
        self._custom = frozenset(custom)

    def __iter__(self) -> Iterator[Record]:
        return (parse(found, self._zone) for found in self._found())

    def __len__(self) -> int:
        return self._count()

    @overload
    def of_kind(self, kind: Literal["profile"], /) -> Iterator[models.Profile]: ...
    @overload
    def of_kind(self, kind: Literal["subprofile"], /) -> Iterator[models.Subprofile]: ...
    @overload
    def of_kind(self, kind: Literal["interest"], /) -> Iterator[models.InterestRecord]: ...
    @overload
    def of_kind(self, kind: Literal["change"], /) -> Iterator[models.Change]: ...
    @overload
    def of_kind(self, kind: Literal["message"], /) -> Iterator[models.Message]: ...
    @overload
    def of_kind(self, kind: Literal["mailing"], /) -> Iterator[models.Mailing]: ...
    @overload
    def of_kind(self, kind: Literal["snapshot"], /) -> Iterator[models.Snapshot]: ...
    @overload
    def of_kind(self, kind: Literal["document"], /) -> Iterator[models.Document]: ...
    @overload
    def of_kind(self, kind: Literal["statistics"], /) -> Iterator[models.Statistics]: ...
    @overload
    def of_kind(self, kind: Literal["attempt"], /) -> Iterator[models.Attempt]: ...
    @overload
    def of_kind(self, kind: Literal["retry"], /) -> Iterator[models.Retry]: ...
    @overload
    def of_kind(self, kind: Literal["delivery"], /) -> Iterator[models.Delivery]: ...
    @overload
    def of_kind(self, kind: Literal["error"], /) -> Iterator[models.Error]: ...
    @overload
    def of_kind(self, kind: Literal["bounce"], /) -> Iterator[models.Bounce]: ...
    @overload
    def of_kind(self, kind: Literal["response"], /) -> Iterator[models.Response]: ...
    @overload
    def of_kind(self, kind: Literal["impression"], /) -> Iterator[models.Impression]: ...
    @overload
    def of_kind(self, kind: Literal["open_or_click"], /) -> Iterator[models.OpenOrClick]: ...
    @overload
    def of_kind(self, kind: Literal["click"], /) -> Iterator[models.Click]: ...
    @overload
    def of_kind(self, kind: Literal["unsubscribe"], /) -> Iterator[models.Unsubscribe]: ...
    @overload
    def of_kind(self, kind: Literal["abuse"], /) -> Iterator[models.Abuse]: ...
    @overload
    def of_kind(self, kind: Literal["survey"], /) -> Iterator[models.Survey]: ...
    @overload
    def of_kind(self, kind: Literal["form"], /) -> Iterator[models.Form]: ...
    @overload
    def of_kind(self, kind: Literal["sms_mailing"], /) -> Iterator[models.SmsMailing]: ...
    @overload
    def of_kind(self, kind: Literal["sms"], /) -> Iterator[models.Sms]: ...
    @overload
    def of_kind(self, kind: Literal["fax"], /) -> Iterator[models.Fax]: ...
    @overload
    def of_kind(self, kind: Literal["file"], /) -> Iterator[models.UploadedFile]: ...
    @overload
    def of_kind(self, kind: Literal["coupon"], /) -> Iterator[models.Coupon]: ...
    @overload
    def of_kind(self, kind: Literal["coupon_campaign"], /) -> Iterator[models.CouponCampaign]: ...
    @overload
    def of_kind(self, kind: Literal["todo"], /) -> Iterator[models.Todo]: ...
    @overload
    def of_kind(self, kind: Literal["contact"], /) -> Iterator[models.Contact]: ...
    @overload
    def of_kind(self, kind: Literal["note"], /) -> Iterator[models.Note]: ...
    @overload
    def of_kind(self, kind: Literal["history"], /) -> Iterator[models.History]: ...
    @overload
    def of_kind(self, kind: Literal["feedback_error"], /) -> Iterator[models.FeedbackError]: ...
    @overload
    def of_kind(self, kind: Literal["log"], /) -> Iterator[models.Log]: ...
    @overload
    def of_kind(self, kind: Literal["unrecognised"], /) -> Iterator[models.Unrecognised]: ...
    @overload
    def of_kind(self, kind: Literal["envelope"], /) -> Iterator[models.Envelope]: ...
    @overload
    def of_kind(self, kind: type[R], /) -> Iterator[R]: ...
    @overload
    def of_kind(self, *kinds: str | type[Record]) -> Iterator[Record]: ...
    def of_kind(self, *kinds: str | type[Record]) -> Iterator[Record]:
        """The records of these kinds alone, by name (`"click"`) or class; the others are not parsed.

        Raises:
            UnknownNameError: there is no such kind; the nearest is named.
        """
        names = {kind if isinstance(kind, str) else getattr(kind, "kind", "") for kind in kinds}
        known = KINDS.keys() | self._custom
        for name in names - known:
            raise unknown_name("kind of record", name, known)
        return (parse(found, self._zone) for found in self._found() if found.kind in names)

    def __repr__(self) -> str:
        return f"<Records: {self._counts()}>"

    def _repr_html_(self) -> str:
        return display(repr(self)[1:-1])
