"""Who is being answered, so that nothing that an answer is made from is closed too early."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count


@dataclass(slots=True)
class Visits:
    """Requests that are being answered, and what waits for them to be closed.

    A time would not do in place of them: on a busy machine a request takes as long as it
    takes, and whoever closes a database that is being read waits for it with all others.
    """

    _numbers: Iterator[int] = field(default_factory=count)
    _under_way: set[int] = field(default_factory=set)
    _replaced: list[tuple[int, Callable[[], None]]] = field(default_factory=list)

    @contextmanager
    def one(self) -> Iterator[None]:
        """A request, from its first byte to the last of its answer."""
        number = next(self._numbers)
        self._under_way.add(number)
        try:
            yield
        finally:
            self._under_way.remove(number)
            self._close()

    def close_after(self, close: Callable[[], None]) -> None:
        """Call ``close`` when every request that is under way now has its answer."""
        self._replaced.append((next(self._numbers), close))
        self._close()

    def _close(self) -> None:
        oldest = min(self._under_way, default=None)
        while self._replaced and (oldest is None or self._replaced[0][0] < oldest):
            self._replaced.pop(0)[1]()
