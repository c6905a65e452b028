"""How values of the model are written in columns: days, JSON, names, hashes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from datetime import date
from typing import TypeVar

from dsl.base.model import Citation, File

_Row = TypeVar("_Row")

_encode = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
).encode


def canonical_json(value: object) -> str:
    """The one way to write ``value``: keys sorted, no spaces, text as it is."""
    return _encode(value)


def sha256_of(text: str) -> str:
    """The hash of ``text`` in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def day_text(day: date | None) -> str | None:
    """``YYYY-MM-DD``, or ``None`` for an open end."""
    return None if day is None else day.isoformat()


def later_day(one: str | None, other: str | None) -> str | None:
    """The later of two first days; an open one is before every other."""
    if one is None or other is None:
        return one or other
    return max(one, other)


def earlier_day(one: str | None, other: str | None) -> str | None:
    """The earlier of two last days; an open one is after every other."""
    if one is None or other is None:
        return one or other
    return min(one, other)


def citation_rows(
    make: Callable[..., _Row], owner: str, citations: Iterable[Citation]
) -> list[_Row]:
    """Rows of one of the citation tables, in the order of the ``cite:`` lines."""
    return [
        make(owner, position, cited.source, cited.passage, cited.quote)
        for position, cited in enumerate(citations, 1)
    ]


def content_hash(files: Iterable[File]) -> str:
    """One hash for all files: their paths and the hashes of their texts."""
    return content_hash_of((file.path, file.sha256) for file in files)


def content_hash_of(files: Iterable[tuple[str, str]]) -> str:
    """The same from pairs of path and hash, in any order."""
    digest = hashlib.sha256()
    for path, sha256 in sorted(files):
        digest.update(f"{path}\0{sha256}\n".encode())
    return digest.hexdigest()
