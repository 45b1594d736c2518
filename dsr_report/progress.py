"""Work of several steps, told as one: how much is done, and how much there is in all."""

from __future__ import annotations

from collections.abc import Callable, Mapping

Progress = Callable[[int, int], None]


class Steps:
    """Tells one listener of steps that follow each other, each weighed by how long it is expected to take.

    What share of the whole is done is so in step with time, and an estimate made of it is honest.
    """

    def __init__(self, tell: Progress | None, expected: Mapping[str, float]) -> None:
        """`expected` has the steps in their order, and how long each takes, in any unit."""
        self._tell = tell
        self._ahead = dict(expected)
        self._behind = 0.0
        self._now = 0.0
        self._share = 0.0

    def begin(self, step: str) -> None:
        """The step before has ended; steps between the two are left out."""
        self._behind += self._now
        self._now = self._share = 0.0
        while step in self._ahead:
            name = next(iter(self._ahead))
            cost = self._ahead.pop(name)
            if name == step:
                self._now = cost
        self._say()

    def expect(self, step: str, cost: float) -> None:
        """It is known better how long a step to come will take."""
        if step in self._ahead:
            self._ahead[step] = cost

    def tell(self, done: int, total: int | None) -> None:
        """So much of the step is done; where it goes over its work again, what was told stands until then."""
        share = min(done / total, 1.0) if total else 0.0
        if share > self._share:
            self._share = share
            self._say()

    def finish(self) -> None:
        """All is done."""
        self._behind += self._now
        self._now = 0.0
        self._ahead.clear()
        self._say()

    def _say(self) -> None:
        if self._tell is not None:
            total = self._behind + self._now + sum(self._ahead.values())
            self._tell(round(self._behind + self._now * self._share), round(total))
