"""What a parser does for a kind beside what the kind's declaration says."""

from __future__ import annotations

from collections.abc import Callable

from dsr_report.records.fields import FieldReader

Step = Callable[[FieldReader], None]

BEFORE: dict[str, Step] = {}
"""Kind → what is done before its declared fields are read; filled when `records.parser` is imported."""
AFTER: dict[str, Step] = {}
"""Kind → what is done when they were read, likewise."""


def before(*kinds: str) -> Callable[[Step], Step]:
    """Do a step before the declared fields are read: it claims what names alone cannot tell."""
    return _claim(BEFORE, kinds)


def after(*kinds: str) -> Callable[[Step], Step]:
    """Do a step after the declared fields of these kinds were read: it works out more of them."""
    return _claim(AFTER, kinds)


def _claim(steps: dict[str, Step], kinds: tuple[str, ...]) -> Callable[[Step], Step]:
    def claim(step: Step) -> Step:
        for kind in kinds:
            if kind in steps:
                raise RuntimeError(f"two steps claim the kind {kind!r}")
            steps[kind] = step
        return step

    return claim
