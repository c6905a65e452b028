"""Domain checks over policies that compile: ``lint(model)``.

A check has a code, a level and a page (``docs/messages/CODE.md``).  A comment line
``# lint: ignore L012 because: reason`` directly above an item silences it there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from dsl.base.diagnostics import Diagnostic, in_order
from dsl.base.model import Model, Place
from dsl.lint import (
    aliases,
    codes,
    duties,
    fixes,
    grounds,
    review_days,
    scenarios,
    sources,
    unknowns,
    words,
)
from dsl.lint.registry import CHECKS, Asked, Check, Finding

__all__ = ["CHECKS", "Ignore", "Linted", "lint"]

FAMILIES = (
    aliases,
    codes,
    duties,
    fixes,
    grounds,
    review_days,
    scenarios,
    sources,
    unknowns,
    words,
)
IGNORE = re.compile(r"\s*#\s*lint:\s*ignore\s+(L\d{3})\s*(?:because:\s*(.*))?$")


@dataclass(frozen=True, slots=True)
class Ignore:
    """A check silenced at a place, with the reason given."""

    code: str
    reason: str
    place: Place


@dataclass(frozen=True, slots=True)
class Linted:
    """What the checks found, and what was silenced."""

    diagnostics: tuple[Diagnostic, ...]
    ignored: tuple[Ignore, ...]


def lint(model: Model, today: date | None = None) -> Linted:
    """Run every check; ``today`` is needed by those that look at the calendar."""
    lines = {file.path: file.text.split("\n") for file in model.files}
    asked = Asked(model, today)
    ignores = list(all_ignores(lines))
    reasoned = {(i.place.file, i.place.line, i.code): i for i in ignores if i.reason}
    found: list[Diagnostic] = []
    used: list[Ignore] = []
    for check in sorted(CHECKS.values(), key=lambda c: c.code):
        for finding in check.run(asked):
            silenced = silencer(check, finding, reasoned, lines)
            if silenced is None:
                found.append(diagnostic(check, finding, lines))
            else:
                used.append(silenced)
    found += [unreasoned(ignore, lines) for ignore in ignores if not ignore.reason]
    return Linted(in_order(found), tuple(dict.fromkeys(used)))


def all_ignores(lines: dict[str, list[str]]) -> Iterator[Ignore]:
    """Every ignore comment of the files."""
    for path, texts in sorted(lines.items()):
        for number, text in enumerate(texts, 1):
            if match := IGNORE.match(text):
                place = Place(path, number, number)
                yield Ignore(match[1], (match[2] or "").strip(), place)


def silencer(
    check: Check,
    finding: Finding,
    reasoned: dict[tuple[str, int, str], Ignore],
    lines: dict[str, list[str]],
) -> Ignore | None:
    """The reasoned ignore in the comments directly above the item, if there is one."""
    texts = lines.get(finding.place.file, [])
    above = finding.place.line - 1
    while above > 0 and texts[above - 1].lstrip().startswith("#"):
        above -= 1
    places = range(above + 1, finding.place.line + 1)
    found = (reasoned.get((finding.place.file, at, check.code)) for at in places)
    return next(filter(None, found), None)


def diagnostic(
    check: Check, finding: Finding, lines: dict[str, list[str]]
) -> Diagnostic:
    """A finding as a diagnostic of its line."""
    texts = lines.get(finding.place.file, [])
    line = finding.place.line
    source = texts[line - 1] if 0 < line <= len(texts) else ""
    return Diagnostic(
        code=check.code,
        message=finding.message,
        file=finding.place.file,
        line=line,
        column=1 + len(source) - len(source.lstrip()),
        width=max(1, len(source.strip())),
        fix=finding.fix,
        severity=check.level,
        source=source,
        trail=(check.name,),
    )


def unreasoned(ignore: Ignore, lines: dict[str, list[str]]) -> Diagnostic:
    """An ignore without a reason."""
    source = lines[ignore.place.file][ignore.place.line - 1]
    return Diagnostic(
        code="L000",
        message="An ignore gives its reason.",
        file=ignore.place.file,
        line=ignore.place.line,
        fix=f"# lint: ignore {ignore.code} because: ...",
        source=source,
        width=len(source),
        trail=("ignore-without-reason",),
    )
