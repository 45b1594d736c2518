"""The vocabulary of kinds: words on containers, in `type` and `event` members, and in names of logs.

Separators, case, prefixes of products and words such as "log" are ignored. The words are declared with
the kinds (`kinds`).
"""

from __future__ import annotations

import re

from dsr_report.records.kinds import KIND_OF_WORD, kinds_cache
from dsr_report.records.names import word_set

_PREFIXES = (
    "px",
    "cdm",
    "pom",
    "ms",
    "publisher",
    "marketingsuite",
    "smtpeter",
    "old",
    "html",
    "draganddrop",
)
_NOISE = word_set(
    "log logs logfile logfiles event events record records row rows list lists data table old new json csv "
    "xml all lijst"
)
_CAMEL = re.compile(r"(?<=[a-zà-ÿ])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = re.compile(r"[^\W\d_]+")

_LONGEST = 80
"""Maximum characters of a word; a longer text names no kind."""


def _words(label: str) -> list[str]:
    found = [word.lower() for word in _WORD.findall(_CAMEL.sub(" ", label))]
    return [word for word in found if word not in _NOISE]


def _kind_of_words(words: list[str]) -> str | None:
    """The kind that the words name together, with or without a product's prefix."""
    for start in range(len(words) + 1):
        rest = "".join(words[start:])
        if rest in KIND_OF_WORD:
            return KIND_OF_WORD[rest]
        if start < len(words) and words[start] not in _PREFIXES:
            break
    rest = "".join(words)
    for prefix in _PREFIXES:  # written without a separator: PxPomClick in lower case, msclicks
        if (
            rest.startswith(prefix)
            and len(rest) > len(prefix) + 2
            and (kind := _kind_of_words([rest[len(prefix) :]]))
        ):
            return kind
    return None


@kinds_cache(4096)
def kind_named(name: str) -> str | None:
    """The kind that a discriminator's value names (`open`, `cdm-click`, `Klikken`), or None."""
    if len(name) > _LONGEST:
        return None
    return _kind_of_words(_words(name))


@kinds_cache(4096)
def kind_labelled(name: str) -> str | None:
    """The kind that a container's name gives to what it holds: as `kind_named`, and also `profile files`."""
    if len(name) > _LONGEST:
        return None
    words = _words(name)
    return _kind_of_words(words) or (KIND_OF_WORD.get(words[-1]) if 1 < len(words) <= 4 else None)
