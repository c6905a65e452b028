"""The registry of checks: one function a check, with its code, level and title."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from dsl.base.diagnostics import Severity
from dsl.base.model import Model, Place


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a check found."""

    place: Place
    message: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a check looks at."""

    model: Model
    today: date | None = None


Run = Callable[[Asked], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Check:
    """One check of the linter; its page is ``docs/messages/CODE.md``."""

    code: str
    name: str
    level: Severity
    title: str
    run: Run


CHECKS: dict[str, Check] = {}


def check(code: str, name: str, level: Severity, title: str) -> Callable[[Run], Run]:
    """Register a function as a check."""

    def register(run: Run) -> Run:
        assert code not in CHECKS, code
        CHECKS[code] = Check(code, name, level, title, run)
        return run

    return register
