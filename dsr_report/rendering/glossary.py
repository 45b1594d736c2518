"""The glossary: each term is explained once, and linked from the chapter that uses it first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from dsr_report.sentences import translatable as _


class Term(NamedTuple):
    """A term: kinds of records that need it, name, meaning, and the first chapter that uses it."""

    key: str
    kinds: tuple[str, ...]
    name: str
    meaning: str
    chapter: str

    @property
    def anchor(self) -> str:
        """The id of its entry."""
        return f"word-{self.key}"


_TERMS: tuple[Term, ...] = (
    Term("pixel", ("impression", "open_or_click"), _("Tracking pixel"), _("The hidden image in an e-mail. When it is loaded, the sender learns that the message was shown."), "noticed"),
    Term("bounce", ("error", "bounce"), _("Returned message (bounce)"), _("A message that could not be delivered and was returned."), "problems"),
    Term("complaint", ("abuse",), _("Spam complaint"), _("Someone pressed “spam” or “unwanted” in a mail program, and the mail provider told the sender."), "problems"),
    Term("profile", ("profile", "subprofile"), _("Profile"), _("The data that the e-mail system keeps about one person. Orders or other addresses, for example, can be parts of it."), "you"),
    Term("mailing", ("message",), _("Mailing"), _("One message that went to many people at the same time."), "sent"),
    Term("sha-256", ("message",), _("SHA-256"), _("A fingerprint of a file: a long code that changes whenever the file changes."), "annex-a"),
)  # fmt: skip


def terms_in(kinds: Mapping[str, int]) -> list[Term]:
    """The terms that a report with these kinds of records uses."""
    return [term for term in _TERMS if any(kinds.get(kind) for kind in term.kinds)]


def terms_of(chapter: str, kinds: Mapping[str, int]) -> list[Term]:
    """The terms that a chapter is the first to use."""
    return [term for term in terms_in(kinds) if term.chapter == chapter]
