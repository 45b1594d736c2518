"""What a language's lexicon holds."""

from __future__ import annotations

from dataclasses import dataclass

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """The words of one language, in lower case; a word may be the beginning or a part of what is meant.

    No field has a default: a language that lacks one fails when it is loaded. How spaces, apostrophes and
    accents match is said at `dsr_report.lexicon.any_of`.
    """

    passwords: Words
    """Names of fields that hold a password, a PIN or the like."""
    password_repeats: Words
    """Words that stand before or after such a name: "repeat", "new"."""
    access_codes: Words
    """Names of fields that hold a code with which a person's data can be read or changed."""
    keys: Words
    """Names of fields that hold the key of a program or the number of a session."""
