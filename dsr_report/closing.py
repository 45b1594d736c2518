"""Base class for what is closed at the end of a `with` block."""

from __future__ import annotations

from typing import Self


class Closing:
    """A context manager whose exit calls `close`."""

    def close(self) -> None:
        """Release what it holds."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
