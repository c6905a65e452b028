"""Parts of pages as HTML: made once for a build where nothing that is asked changes them.

A template wraps such a part in ``{% call kept("sources", today) %}``, with a name and all
that the part depends on besides the build.  Nothing of what somebody wrote may stand in one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Protocol

from cachetools import LRUCache
from markupsafe import Markup

from kb.read.knowledge_base import KnowledgeBase
from kb.web.carried import marked

MOST_LETTERS = 12_000_000
"""Of all parts of a build together, in at most two bytes each."""


class Kept(Protocol):
    """What gives a part of a page by its name and what it depends on."""

    def __call__(self, *key: Hashable, caller: Callable[[], Markup]) -> Markup:
        """The part; ``caller`` makes it."""


class Parts:
    """The parts of one build, for every thread; those last asked for are kept.

    Their links are marked for ``carrying``, which every page that has one must pass.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._made: LRUCache[tuple[Hashable, ...], Markup] = LRUCache(
            MOST_LETTERS, getsizeof=len
        )

    def kept(self, *key: Hashable, caller: Callable[[], Markup]) -> Markup:
        """The part that was made before, else the one that is made now."""
        with self._lock:
            found = self._made.get(key)
        if found is None:
            found = Markup(marked(caller()))  # noqa: S704  (as a template made it)
            if len(found) <= MOST_LETTERS:
                with self._lock:
                    self._made[key] = found
        return found


def parts_of(kb: KnowledgeBase) -> Parts:
    """The parts of a build: another build has its own."""
    return kb.once(_no_parts)


def _no_parts(_kb: KnowledgeBase) -> Parts:
    return Parts()


def made_anew(*_key: Hashable, caller: Callable[[], Markup]) -> Markup:
    """A part where none is kept."""
    return caller()
