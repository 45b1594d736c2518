"""What is closed at the end of a `with` block."""

from __future__ import annotations

from typing import Self


class Closing:
    """An object that is used in a `with` block, and closed at its end."""

    def close(self) -> None:
        """Give back what it holds."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
