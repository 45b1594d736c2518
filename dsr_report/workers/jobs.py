"""Input of worker processes: a value that all jobs share, and portions of similar size."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from dsr_report.temporary import TemporaryFolder

Piece = TypeVar("Piece")
PORTION = 64_000
"""Characters of a portion: a few messages, or some hundred events."""


@contextmanager
def hand_over(value: object) -> Iterator[str]:
    """For a `with` block, a private file from which processes read `value` (`take_over`)."""
    with TemporaryFolder() as folder:
        path = Path(folder) / "job"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            pickle.dump(value, file, protocol=5)
        yield str(path)


@lru_cache(maxsize=1)
def take_over(path: str) -> Any:
    """The value that the parent process handed over; cached."""
    return pickle.loads(Path(path).read_bytes())  # noqa: S301 - written by our own parent process


def portions(
    pieces: Iterable[Piece], weigh: Callable[[Piece], int], most: int = PORTION
) -> Iterator[list[Piece]]:
    """Lists of pieces, in order, each of `most` characters or slightly more."""
    portion: list[Piece] = []
    weight = 0
    for piece in pieces:
        portion.append(piece)
        weight += weigh(piece)
        if weight >= most:
            yield portion
            portion, weight = [], 0
    if portion:
        yield portion
