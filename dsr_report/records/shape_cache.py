"""What is known of objects by their names."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")
_MOST_NAMES = 100_000
"""Names in all: about 10 MB. Real exports have fewer than a thousand."""


class Shapes(dict[K, V]):
    """What was worked out for objects of the same names; forgotten where these have become many in all."""

    def __init__(self) -> None:
        super().__init__()
        self._names = 0

    def keep(self, shape: K, names: Collection[str], known: V) -> None:
        """Remember what holds for a shape, which has these names."""
        self._names += len(names) + 1
        if self._names > _MOST_NAMES:
            self.clear()
            self._names = len(names) + 1
        self[shape] = known
