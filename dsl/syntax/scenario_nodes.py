"""Nodes of a scenario's lines: its claim, its chart, what is billed, what is expected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dsl.base.source import Word

Words = tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """``pain-duration 30 weeks``."""

    name: Word
    values: Words


@dataclass(frozen=True, slots=True)
class Pairs:
    """``claim:`` or ``chart:``."""

    label: Literal["claim", "chart"]
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Billed:
    """``line 1: 64483-RT, dx M54.16``; ``lines 1-3:`` are three of them."""

    number: Word
    code: Word
    pairs: tuple[Pair, ...]
    unmatched: Words = ()
    """The codes of ``lines 1-3:`` where they are not as many as the lines."""


@dataclass(frozen=True, slots=True)
class EarlierLine:
    """``earlier: 64483-RT on 2025-04-02, 2025-06-10, pain-relief 60 percent``."""

    code: Word
    dates: Words
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Expect:
    """``line 1 deny CO-151 by rule under policy about fact``, ``counted 4``, ``next date D``."""

    line: Word | None
    result: str
    carc: Word | None
    by: Words
    """Rules of which the same is expected; none for the whole line."""
    about: Words
    under: Word | None = None
    counted: Word | None = None
    next_date: Word | None = None
    every: Word | None = None
    """The first word of ``every line``: of each line of the claim."""
