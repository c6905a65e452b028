"""What is read off a rule's tree is read once, however many pages show the rule.

Rules that say the same have the same tree: a payer's forty contractors share most of
theirs, and the next build most of those of the last.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import TypeVar

from cachetools import LRUCache, cached

from kb.read.records import Rule

MOST_TREES = 50_000
Found = TypeVar("Found")


def once_a_tree(reader: Callable[[Rule], Found]) -> Callable[[Rule], Found]:
    """``reader``, which looks at the tree and nothing else of a rule, asked once for each."""
    kept: LRUCache[str, Found] = LRUCache(maxsize=MOST_TREES)
    return cached(kept, key=_hash_of_tree, lock=Lock())(reader)


def _hash_of_tree(rule: Rule) -> str:
    return rule.ir_sha256
