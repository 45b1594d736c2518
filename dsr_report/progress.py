"""Progress of work in several steps, reported as one amount done and one total."""

from __future__ import annotations

from collections.abc import Callable, Mapping

Progress = Callable[[int, int], None]


class Steps:
    """Reports consecutive steps to one callback, each weighted by its expected duration.

    The reported share is proportional to time, so that a remaining time can be estimated from it.
    """

    def __init__(self, tell: Progress | None, expected: Mapping[str, float]) -> None:
        """`expected` maps the steps, in order, to their durations in any unit."""
        self._tell = tell
        self._ahead = dict(expected)
        self._behind = 0.0
        self._now = 0.0
        self._share = 0.0

    def begin(self, step: str) -> None:
        """End the current step and begin this one; steps between the two are skipped."""
        self._behind += self._now
        self._now = self._share = 0.0
        while step in self._ahead:
            name = next(iter(self._ahead))
            cost = self._ahead.pop(name)
            if name == step:
                self._now = cost
        self._say()

    def expect(self, step: str, cost: float) -> None:
        """Update the expected duration of a later step."""
        if step in self._ahead:
            self._ahead[step] = cost

    def tell(self, done: int, total: int | None) -> None:
        """Report the progress of the step; a second pass is reported once it exceeds the first."""
        share = min(done / total, 1.0) if total else 0.0
        if share > self._share:
            self._share = share
            self._say()

    def finish(self) -> None:
        """Report that all is done."""
        self._behind += self._now
        self._now = 0.0
        self._ahead.clear()
        self._say()

    def _say(self) -> None:
        if self._tell is not None:
            total = self._behind + self._now + sum(self._ahead.values())
            self._tell(round(self._behind + self._now * self._share), round(total))
