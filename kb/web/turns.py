"""How many answers of a costly kind are made at a time, and how many may wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from kb.web.page import PageProblem

LONGEST = 1.0
"""Seconds of a pause."""
BUSY = PageProblem(
    503,
    "Busy",
    "Too many costly questions wait for their answer. Ask again in some seconds.",
)


@dataclass(slots=True)
class Turns:
    """Turns that are taken one after the other, so that one kind starves no other."""

    at_once: int
    may_wait: int
    pause: float = 0.0
    """For how long of its own time each one leaves the processor to others after it."""
    _waiting: int = 0
    _gates: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = field(
        default_factory=WeakKeyDictionary
    )

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn and hold it; a ``PageProblem`` where too many wait already."""
        loop = asyncio.get_running_loop()
        gate = self._gates.setdefault(loop, asyncio.Semaphore(self.at_once))
        if self._waiting >= self.may_wait:
            raise BUSY
        self._waiting += 1
        try:
            await gate.acquire()
        finally:
            self._waiting -= 1
        begun = loop.time()
        try:
            yield
            if self.pause:
                # Who asked has the answer already: only the next one waits.
                await asyncio.sleep(min((loop.time() - begun) * self.pause, LONGEST))
        finally:
            gate.release()
