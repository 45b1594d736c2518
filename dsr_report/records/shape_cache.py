"""A bounded cache keyed by the shape of objects."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")
_MOST_NAMES = 100_000
"""Maximum names in a cache: about 10 MB. Real exports have fewer than a thousand."""


class Shapes(dict[K, V]):
    """A cache by shape; it is cleared when its shapes have too many names in all."""

    def __init__(self) -> None:
        super().__init__()
        self._names = 0

    def keep(self, shape: K, names: Collection[str], known: V) -> None:
        """Cache a value for a shape, which has these names."""
        self._names += len(names) + 1
        if self._names > _MOST_NAMES:
            self.clear()
            self._names = len(names) + 1
        self[shape] = known
