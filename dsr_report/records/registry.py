"""The registry of parsing steps that complement the declarations of kinds."""

from __future__ import annotations

from collections.abc import Callable

from dsr_report.records.fields import FieldReader

Step = Callable[[FieldReader], None]

BEFORE: dict[str, Step] = {}
"""Steps before the declared fields are read, by kind; filled when `records.parser` is imported."""
AFTER: dict[str, Step] = {}
"""Steps after the declared fields are read, by kind; filled likewise."""


def before(*kinds: str) -> Callable[[Step], Step]:
    """Register a step before the declared fields are read: it claims what names alone do not decide."""
    return _claim(BEFORE, kinds)


def after(*kinds: str) -> Callable[[Step], Step]:
    """Register a step after the declared fields are read: it derives further fields."""
    return _claim(AFTER, kinds)


def _claim(steps: dict[str, Step], kinds: tuple[str, ...]) -> Callable[[Step], Step]:
    def claim(step: Step) -> Step:
        for kind in kinds:
            if kind in steps:
                raise RuntimeError(f"two steps claim the kind {kind!r}")
            steps[kind] = step
        return step

    return claim
