"""Claims answered by the policies as they were known on the day when each was sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import click

from kb.build.compiler import BuildError, build_folder
from kb.calibrate.calibrating import Reader, sending_day
from kb.calibrate.kinds import Kind
from kb.claims.model import Claim
from kb.cli.progress import Progress
from kb.engine import Engine
from kb.engine.rule_words import RuleWords
from kb.proofs.revisions import RevisionError, export_revision, revision_known_on

MOST_STATES = 12
"""States of the policies that are built at most, each in some seconds."""
Opened = Callable[[Path], Engine]
"""Opens the engine of a database."""


@dataclass(slots=True)
class WhenSent:
    """The engine for each claim, by the day on which it was sent."""

    today: Reader
    by_day: dict[date, Reader] = field(default_factory=dict)
    by_today: Counter[str] = field(default_factory=Counter)
    """Claims that are answered by today's policies, by the reason."""
    why_today: dict[date | None, str] = field(default_factory=dict)
    kinds: dict[str, Kind] = field(default_factory=dict)

    def reader(self, claim: Claim) -> Reader:
        """The engine that answers a claim."""
        day = sending_day(claim)
        if day is not None and day in self.by_day:
            return self.by_day[day]
        self.by_today[self.why_today.get(day, "")] += 1
        return self.today

    def of_rule(self, rule: str) -> Reader:
        """The engine that knows a rule: today's, where it still has it."""
        readers = (self.today, *self.by_day.values())
        return next((one for one in readers if one.knows(rule)), self.today)

    def kind(self, rule: str) -> Kind:
        """How a rule says why it denies."""
        if rule not in self.kinds:
            self.kinds[rule] = self.of_rule(rule).kind(rule)
        return self.kinds[rule]

    def words(self, rule: str) -> RuleWords:
        """The words of a rule."""
        return self.of_rule(rule).words(rule)

    def say(self) -> None:
        """Say how many claims are answered by today's policies, and why."""
        for why, number in sorted(self.by_today.items()):
            if why:
                claims = "1 claim" if number == 1 else f"{number:,} claims"
                click.echo(f"{claims} answered by today's policies: {why}", err=True)


def when_sent(
    days: Iterable[date | None],
    today: Reader,
    policies: Path,
    scratch: Path,
    opened: Opened,
    progress: Progress,
) -> WhenSent:
    """The engines for claims that were sent on these days.

    Where git has more states of the policies than may be built, a claim is answered by
    the last one that is built and not younger than the claim.
    """
    found = WhenSent(today)
    of_day: dict[date, str] = {}
    for day in sorted({day for day in days if day is not None}):
        try:
            of_day[day] = revision_known_on(policies, day)
        except RevisionError:
            found.why_today[day] = "git holds no state of the policies from that day."
    revisions = list(dict.fromkeys(of_day.values()))
    chosen = spread(revisions, MOST_STATES)
    built: dict[str, Reader | str] = {}
    for number, revision in enumerate(chosen):
        progress("building the policies of earlier days", number, len(chosen))
        built[revision] = state_of(revision, policies, scratch / str(number), opened)
    for day, revision in of_day.items():
        reader = built[last_of(chosen, revisions, revision)]
        if isinstance(reader, str):
            found.why_today[day] = reader
        else:
            found.by_day[day] = reader
    return found


def spread(revisions: list[str], most: int) -> list[str]:
    """The first revision and others evenly after it, at most so many."""
    if len(revisions) <= most:
        return revisions
    return [revisions[at * len(revisions) // most] for at in range(most)]


def last_of(chosen: list[str], revisions: list[str], revision: str) -> str:
    """The last of the chosen revisions up to one."""
    upto = revisions[: revisions.index(revision) + 1]
    return next(one for one in reversed(upto) if one in chosen)


def state_of(
    revision: str, policies: Path, place: Path, opened: Opened
) -> Reader | str:
    """The engine of a revision, or why it cannot be had."""
    try:
        folder = export_revision(policies, revision, place / "policies")
        report = build_folder(folder, place / "kb.db")
    except (RevisionError, BuildError):
        report = None
    if report is None or report.errors:
        return "the policies of then cannot be built by this version of the language."
    return Reader(opened(place / "kb.db"))
