"""The errors that dsr-report raises, and the exit code each one leads to.

    DsrReportError                 1
    ├── UsageError                 2   wrong options or configuration (also ValueError)
    │   ├── ConfigError            2   one or more faults in a configuration file
    │   └── UnknownNameError       2   no table, column or kind of that name (also KeyError)
    ├── NotReadyError              3   the export is still being collected (also TimeoutError)
    ├── NotAnExportError           4   the input is not a data-request export (also ValueError)
    │   └── BrokenJsonError        4   not JSON, or cut off; gives the byte offset
    ├── CheckFailedError           5   `verify` or `--strict` found something
    ├── LedgerError                1   a value of the export is unaccounted for (our mistake, never hidden)
    ├── RedactionError             1   a value that must not appear would appear
    ├── MissingExtraError          1   an optional library is not installed
    ├── FileError                  1   a file cannot be read or written (also OSError)
    ├── RegisterError              1   the register cannot be used, or knows no such case
    └── FetchError                 1   the API refused, failed or could not be reached
        ├── AuthError              1   the token was refused
        ├── UnknownIdError         1   the API knows no such id, or its export expired
        └── WrongSubjectError      4   the download is not provably about the requested subject

Messages say what is wrong, where, and what to do next; they quote no personal data. `what` and `hint` are
messages of the catalogues; those with values are `Sentence`s, which the desk translates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches

from dsr_report.sentences import Sentence

_MOST_QUOTED = 80
"""Maximum characters of input that a message quotes: enough to recognise it, too few for an export."""
_LONGEST_PATH = 255
"""Maximum characters of `where`; anything longer is content that was passed in place of a path."""
_QUOTED_OR_LONG = re.compile(
    rf"(?<!\w)'[^\n]*?(?:'(?!\w)|$)|(?<!\w)\"[^\n]*?(?:\"(?!\w)|$)|\S{{{_MOST_QUOTED + 1},}}", re.MULTILINE
)


_OPTION = re.compile(r"(?<![\w-])--([a-z][a-z-]*[a-z])(?![\w-])(?: ((?=[\w-]*\d)[\w-]+|[A-Z]{2,}\b))?")
_FLAGS = frozenset({
    "accept-subject", "attachments", "combine", "confirm-recipient", "encrypt", "force", "masked", "original",
    "salvage", "strict",
})  # fmt: skip
"""Options that take no value."""


def _as_argument(found: re.Match[str]) -> str:
    """Convert a command-line option to Python: `--workers 1` is `workers=1`, `--strict` is `strict=True`."""
    name, value = found[1], found[2]
    return f"{name.replace('-', '_')}={value or ('True' if name in _FLAGS else '')}"


class DsrReportError(Exception):
    """Base of all errors that dsr-report raises on purpose."""

    exit_code = 1

    def __init__(self, what: str, *, where: str | None = None, hint: str | None = None) -> None:
        self.what = shorten_message(what)
        self.where = None if where is None else _place(where)
        self.hint = hint
        super().__init__(self.what)

    def __str__(self) -> str:
        """The message for users of Python, with options written as arguments."""
        return _OPTION.sub(_as_argument, self.for_command_line())

    def for_command_line(self) -> str:
        """The message for users of the command line, with options as the source writes them."""
        text = f"{self.where}: {self.what}" if self.where else self.what
        end = "" if text.endswith(("?", ".", "!")) else "."
        return f"{text}{end} {self.hint}" if self.hint else text

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.what, self.where, self.hint)


def _rebuild(kind: type[DsrReportError], what: str, where: str | None, hint: str | None) -> DsrReportError:
    return kind(what, where=where, hint=hint)


def shorten_message(message: str) -> str:
    """Replace each long quotation or word in a message by its length."""
    if isinstance(message, Sentence):
        return message.mapped(shorten_message)
    return _QUOTED_OR_LONG.sub(_short_form, message)


def quoted(value: object) -> str:
    """Quote a value in a message: a short text verbatim, anything else by its type or length."""
    if not isinstance(value, str):
        return f"a {type(value).__name__}"
    is_short = len(value) <= _MOST_QUOTED and "\n" not in value and not _STRUCTURED.search(value)
    return repr(value) if is_short else f"a text of {len(value):,} characters"


_STRUCTURED = re.compile(r"[{}\[\]]")
"""Brackets of JSON: a text with them may be an export, and is not quoted."""


def _short_form(found: re.Match[str]) -> str:
    """The matched text if it is short, else its length."""
    text = found.group()
    return text if len(text.strip("'\"")) <= _MOST_QUOTED else f"a text of {len(text):,} characters"


def _place(where: str) -> str:
    """The place of an error; content that was passed in place of a path is replaced by its length."""
    if len(where) > _LONGEST_PATH or "\n" in where or where.lstrip()[:1] in {"{", "["}:
        return f"a text of {len(where):,} characters"
    return where


class UsageError(DsrReportError, ValueError):
    """Options that cannot be used, alone or together."""

    exit_code = 2


class ConfigError(UsageError):
    """A configuration file has faults; all of them are named at once."""


class UnknownNameError(UsageError, KeyError):
    """There is no table, column or kind of that name; the hint names the nearest one."""


def unknown_name(what: str, name: object, known: Iterable[str]) -> UnknownNameError:
    """Build the error for an unknown name, with the nearest known names as its hint."""
    there = sorted(known)
    near = get_close_matches(str(name), there, n=3, cutoff=0.5) if isinstance(name, str) else []
    hint = f"Did you mean {' or '.join(near)}?" if near else f"Choose one of: {', '.join(there)}."
    return UnknownNameError(Sentence("there is no {what} {name}", what=what, name=quoted(name)), hint=hint)


class NotReadyError(DsrReportError, TimeoutError):
    """The export is not ready yet; `where` holds the request id to take it up with."""

    exit_code = 3


class NotAnExportError(DsrReportError, ValueError):
    """The input is readable, but is not a data-request export."""

    exit_code = 4


class BrokenJsonError(NotAnExportError):
    """The input is not JSON, or ends in the middle; `where` gives the byte offset."""


class CheckFailedError(DsrReportError):
    """A check that was asked for (`verify`, `--strict`) found something."""

    exit_code = 5


class LedgerError(DsrReportError):
    """A value of the export would neither be disclosed nor withheld."""


class RedactionError(DsrReportError):
    """A value that is masked or withheld would still appear somewhere."""


class MissingExtraError(DsrReportError, ImportError):
    """An optional library is not installed; the hint names the extra."""


@contextmanager
def needs_extra(what: str, extra: str) -> Iterator[None]:
    """Context for importing an optional library: an `ImportError` becomes an error that names the extra."""
    try:
        yield
    except ImportError as error:
        hint = Sentence("Install it: pip install 'dsr-report[{extra}]'.", extra=extra)
        raise MissingExtraError(what, hint=hint) from error


class FileError(DsrReportError, OSError):
    """A file cannot be read or written."""


class RegisterError(DsrReportError):
    """The register cannot be used, knows no such case, or the case is past what was asked."""


class FetchError(DsrReportError):
    """The API refused, failed or could not be reached."""


class AuthError(FetchError):
    """The API token was refused."""


class UnknownIdError(FetchError):
    """The API knows no such id, or its export has expired."""


class WrongSubjectError(FetchError):
    """A download that is not provably about the requested subject; it was not kept."""

    exit_code = 4
