"""Idle worker processes, kept for a while because starting them takes seconds."""

from __future__ import annotations

import atexit
import os
import sys
import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Generic, Protocol, TypeVar

from dsr_report.workers import Processes

_SECONDS = 30.0


class _Closed(Protocol):
    def close(self) -> None: ...


Pool = TypeVar("Pool", bound=_Closed)


class Kept(Generic[Pool]):
    """At most one idle pool of processes, closed after a while, or at exit.

    Args:
        seconds: how long an idle pool is kept.
    """

    def __init__(self, seconds: float = _SECONDS) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._kept: tuple[Hashable, Pool, threading.Timer] | None = None
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forget)

    @contextmanager
    def use(self, make: Callable[[], Pool], *key: Hashable) -> Iterator[Pool]:
        """A pool for exclusive use in a `with` block: the kept one if it was made for `key`, or a new one.

        It is kept afterwards, or closed if the block failed.
        """
        whole = (key, *_surroundings())
        pool = self._take(whole)
        if pool is None:
            pool = make()
        try:
            yield pool
        except BaseException:
            pool.close()
            raise
        self._keep(whole, pool)

    def close(self) -> None:
        """Close the kept pool."""
        with self._lock:
            kept, self._kept = self._kept, None
        if kept is not None:
            kept[2].cancel()
            kept[1].close()

    def _take(self, key: Hashable) -> Pool | None:
        with self._lock:
            if self._kept is None or self._kept[0] != key:
                return None
            (_, pool, timer), self._kept = self._kept, None
        timer.cancel()
        return pool

    def _keep(self, key: Hashable, pool: Pool) -> None:
        self.close()
        atexit.unregister(self.close)
        atexit.register(self.close)  # after the pool's own handlers, so that it runs before them
        timer = threading.Timer(self._seconds, self._close_if, (pool,))
        timer.daemon = True
        with self._lock:
            before, self._kept = self._kept, (key, pool, timer)
        timer.start()
        if before is not None:  # another thread finished at the same moment
            before[2].cancel()
            before[1].close()

    def _close_if(self, pool: Pool) -> None:
        with self._lock:
            if self._kept is None or self._kept[1] is not pool:
                return
        self.close()

    def _forget(self) -> None:
        """In a forked child: drop the pool, which belongs to the parent."""
        self._lock = threading.Lock()
        if self._kept is not None:
            _of_parents.append(self._kept[1])
            self._kept = None


_of_parents: list[object] = []
"""Pools of the parent process, referenced so that they are neither closed nor garbage-collected here."""


def _surroundings() -> tuple[Hashable, ...]:
    """The state that a process inherits when it is started."""
    try:
        folder = os.getcwd()  # noqa: PTH109 - a path is not needed
    except OSError:  # it was removed
        folder = ""
    return folder, tuple(sys.path), tuple(sorted(os.environ.items()))


_kept: Kept[Processes] = Kept()


def kept_processes(workers: int | None = None) -> AbstractContextManager[Processes]:
    """Worker processes for a `with` block, kept for a while afterwards for the next one."""
    return _kept.use(lambda: Processes(workers), workers)
