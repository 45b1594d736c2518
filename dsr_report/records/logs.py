"""Copernica's log files: their columns in order, and recognition of a row without names by its cells."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from dsr_report.jsonstream.items import JsonValue
from dsr_report.records.names import normalised_key, word_set

_CDM_END = "email tags senderdomain profile subprofile template"
_POM_END = "email tags senderdomain groupid profile subprofile template document"
_GEO = "countrycode countryname regioncode city"

# log, kind: columns in order. Where two logs have the same columns, the first is meant. CDM, POM and GEO
# stand for the columns above.
_TABLE = """
cdm-attempts attempt: id time mailingid profileid subprofileid databaseid collectionid senderdomain
    templateid tags email
cdm-delivery delivery: id time attempts CDM
cdm-retry retry: id time attempt CDM
cdm-impression impression: id time ip header email tags GEO senderdomain profile subprofile template
cdm-click click: id senderdomain time linkinfo ip header email tags GEO profile subprofile template
cdm-error error: id time type status description code CDM
cdm-abuse abuse: id time mail CDM
cdm-unsubscribe unsubscribe: id time CDM
pom-attempts attempt: id time groupid mailingid profileid subprofileid databaseid collectionid senderdomain
    templateid documentid tags email
pom-deliveries delivery: id time attempts POM
pom-retries retry: id time attempts POM
pom-impressions impression: id time ip header email tags GEO senderdomain groupid profile subprofile template
    document
pom-clicks click: id time ip header email tags GEO linkinfo senderdomain groupid profile subprofile template
    document
pom-clicks-old click: id time ip header email tags GEO senderdomain groupid profile subprofile template
    document
pom-errors error: id time type status description code content POM
pom-abuses abuse: id time mail POM
pom-unsubscribes unsubscribe: id time POM
feedback-loop-errors feedback_error: time response recipient header
attempts attempt: id time envelope recipient properties tags templateid
deliveries delivery: id time envelope recipient from to attempt tags templateid
failures error: id time envelope recipient attempt from to type code status description state tags
    templateid
bounces bounce: id time envelope recipient mime tags templateid
responses response: id time envelope recipient mime tags templateid
opens impression: id time headers ip protocol tags recipient city countryname countrycode regioncode
    templateid
clicks click: id time headers ip url destination tags recipient city countryname countrycode
    regioncode templateid
abuses abuse: id time envelope recipient tags templateid
"""


def _read_table() -> dict[str, tuple[str, tuple[str, ...]]]:
    logs = {}
    for line in _TABLE.replace("\n    ", " ").strip().splitlines():
        head, _, columns = line.partition(": ")
        name, kind = head.split()
        for short, full in (("CDM", _CDM_END), ("POM", _POM_END), ("GEO", _GEO)):
            columns = columns.replace(short, full)
        logs[name] = (kind, tuple(columns.split()))
    return logs


LOGS = _read_table()
"""Log → (kind, its columns in order)."""
KINDS = frozenset(kind for kind, _ in LOGS.values())
"""The kinds that have a log."""
_EITHER = frozenset({"pom-impressions", "pom-clicks-old"})
_KNOWN_COLUMNS = frozenset(name for _, columns in LOGS.values() for name in columns) | word_set(
    "timestamp link linkid linktitle useragent referer device emailing mailing destination errorcode "
    "errortype errortypedescription smtpresponse messageid internal timestampsent subject html text "
    "mime fields interests secret created modified removed database collection name directory author "
    "size question answer survey source success report details recognizedas feedbacktype validfrom "
    "validuntil group value number"
)

_TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d\S*|\d{9,10}", re.ASCII)
_IP = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}|[0-9a-fA-F:]*:[0-9a-fA-F:.]*", re.ASCII)
_NUMBER = re.compile(r"\d*", re.ASCII)
_COUNTRY = re.compile(r"(?:[A-Za-z]{2})?", re.ASCII)
_HEADER_ROW_SHARE = 0.5
"""Minimum share of known names in a header row."""

_CHECKS: dict[str, re.Pattern[str]] = {
    "time": _TIME,
    "ip": _IP,
    "countrycode": _COUNTRY,
    **dict.fromkeys(
        word_set(
            "attempts attempt mailingid profileid subprofileid databaseid collectionid templateid documentid "
            "groupid profile subprofile template document"
        ),
        _NUMBER,
    ),
    **dict.fromkeys(("email", "recipient"), re.compile(r"(?:.*@.*)?", re.DOTALL)),
}


@lru_cache(maxsize=1024)
def is_header(cells: tuple[str, ...]) -> bool:
    """Whether a row of texts is a header rather than values."""
    names = [normalised_key(cell) for cell in cells]
    known = sum(name in _KNOWN_COLUMNS for name in names)
    return len(names) >= 2 and known >= 2 and known >= len(names) * _HEADER_ROW_SHARE


def known_names(names: Iterable[str]) -> int:
    """Number of names that are known as Copernica's columns or members."""
    return sum(normalised_key(name) in _KNOWN_COLUMNS for name in names)


def logs_fitting(row: list[JsonValue]) -> list[str]:
    """The logs whose columns match a row without names, by number and format of its cells."""
    texts = ["" if cell is None else str(cell) for cell in row]
    return [
        name
        for name, (_, columns) in LOGS.items()
        if len(columns) == len(texts)
        and all(
            column not in _CHECKS or _CHECKS[column].fullmatch(text) or (column == "ip" and not text)
            for column, text in zip(columns, texts, strict=True)
        )
    ]


def log_of_row(row: list[JsonValue], kind: str | None) -> tuple[str, str, tuple[str, ...]] | None:
    """Name, kind and columns of the log of a row without names; `kind` is the kind of a label, or None."""
    fitting = logs_fitting(row)
    if kind is not None:
        fitting = [name for name in fitting if LOGS[name][0] == kind or name in _EITHER] or fitting
    if not fitting:
        return None
    name = fitting[0]
    found, columns = LOGS[name]
    if kind is None and name in _EITHER:  # old-style clicks have the same columns
        found = "open_or_click"
    elif kind is not None and name in _EITHER and kind in {"impression", "click"}:
        found = kind
    return name, found, columns


def columns_of_log(name: str) -> tuple[str, tuple[str, ...]] | None:
    """Kind and columns of the log of that name (`cdm-click`, `cdm_click.2019-01-02.log`), or None."""
    return _by_key().get(_log_key(name)) if len(name) <= _LONGEST_NAME else None


_LONGEST_NAME = 200
"""Maximum characters of a log's name; a longer text names no log."""
_STEM = re.compile(r"[.\-_]?\d{4}-\d\d-\d\d.*\Z|\.(?:log|csv|json|xml)\Z")
_NO_LETTERS = re.compile(r"[^a-z]+")


@lru_cache(maxsize=1)
def _by_key() -> dict[str, tuple[str, tuple[str, ...]]]:
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for name, log in LOGS.items():
        found.setdefault(_log_key(name), log)
    return found


@lru_cache(maxsize=4096)
def _log_key(name: str) -> str:
    words = _NO_LETTERS.split(_STEM.sub("", name.lower()))
    return "-".join(word.removesuffix("s") for word in words if word).replace("ie-", "y-")
