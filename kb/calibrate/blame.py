"""Denials that nothing foretold, and against which rule each is held.

They are held against a rule of their kind that was silent, where such denials are more
frequent than on other lines of the payer; each against one suspect only.  A suspect may be
a rule that nobody wrote.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from kb.calibrate.kinds import Kind, in_its_remarks
from kb.calibrate.statistics import excess
from kb.calibrate.tally import Done, Silence, Stance
from kb.calibrate.weighing import (
    WEIGHT,
    KindOf,
    Lines,
    Suspicion,
    explains,
    fate_of,
    is_of,
)


def quiet_lines(
    cells: Iterable[Lines], doubted: frozenset[str], kind: KindOf
) -> list[Lines]:
    """The lines of which no rule said that they would be denied, or one in doubt.

    A denial for the reason of a rule in doubt is that rule's nevertheless; one of the kind
    of a rule that could not decide says nothing of any other.
    """
    return [
        cell
        for cell in cells
        if not cell.said.foretelling - doubted
        and not any(
            explains(cell.done, rule, kind)
            for rule in cell.said.foretelling | cell.said.undecided
        )
    ]


class Unwritten(NamedTuple):
    """A rule that may stand nowhere: a payer denies a code for a reason, whoever was asked."""

    payer: str
    code: str
    carcs: tuple[str, ...]


class Group(NamedTuple):
    """Denials of one kind that nothing foretold, and the rules of that kind that were silent."""

    unwritten: Unwritten
    silent: frozenset[Silence]


Suspect = str | Unwritten
"""A rule by its row id, or one that nobody wrote."""


def suspects_of(group: Group) -> list[Suspect]:
    """All that some denials may be held against."""
    return [group.unwritten, *(one.rule for one in group.silent)]


@dataclass(slots=True)
class Blame:
    """Denials that nothing foretold, as they are held against rules."""

    kind: KindOf
    stood: dict[str, Counter[tuple[str, Stance]]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    """Of each rule: how it stood to lines that nothing foretold, by payer."""
    left: Counter[Group] = field(default_factory=Counter)
    """Denials that are not yet held against anything."""
    of_suspect: dict[Suspect, set[Group]] = field(
        default_factory=lambda: defaultdict(set)
    )
    quiet: Counter[str] = field(default_factory=Counter)
    """Lines that nothing foretold, by payer; all of them as ``""``."""
    of_code: Counter[tuple[str, str]] = field(default_factory=Counter)
    """The same by payer and code."""
    denials: Counter[tuple[str, Done]] = field(default_factory=Counter)
    """Those that were denied, by payer."""
    bases: dict[tuple[Kind | tuple[str, ...], str], float] = field(default_factory=dict)

    def usual(self, kind: Kind | tuple[str, ...], payer: str) -> float:
        """Which share of a payer's lines that nothing foretold is denied for a reason."""
        found = self.bases.get((kind, payer))
        if found is None:
            found = self.bases[kind, payer] = self._usual(kind, payer)
        return found

    def _usual(self, kind: Kind | tuple[str, ...], payer: str) -> float:
        denied = sum(
            lines
            for (at, done), lines in self.denials.items()
            if payer in ("", at) and is_like(done, kind)
        )
        if not payer:
            return (denied + 0.5) / (self.quiet[""] + 1)
        everywhere = self.usual(kind, "")
        return (denied + WEIGHT * everywhere) / (self.quiet[payer] + WEIGHT)


def is_like(done: Done, kind: Kind | tuple[str, ...]) -> bool:
    """Whether a denial is of a rule's kind, or gives just these CARCs."""
    if isinstance(kind, Kind):
        return is_of(done, kind)
    return done.carcs == kind


def with_misses(
    found: Mapping[str, Suspicion], quiet: Iterable[Lines], kind: KindOf
) -> dict[str, Suspicion]:
    """The same with what unforetold denials say against rules.

    The likeliest suspect comes first.  Where a payer denies a code whatever the rules said,
    it is a rule that nobody wrote, and none that stands.
    """
    blame = blame_of(quiet, kind)
    done = dict(found)
    heap = [entry(one, misses_of(one, blame, found)) for one in blame.of_suspect]
    heapify(heap)
    while heap:
        _order, worst, before = heappop(heap)
        if before.misses <= 0:
            continue
        # What others explained meanwhile only lessens what speaks against it.
        now = misses_of(worst, blame, found)
        if now != before:
            heappush(heap, entry(worst, now))
            continue
        if isinstance(worst, str):
            done[worst] = now
        hold_against(worst, blame)
    return done


Entry = tuple[tuple[float, bool, Suspect], Suspect, Suspicion]


def entry(suspect: Suspect, suspicion: Suspicion) -> Entry:
    """A suspect in its place: of two that explain as much, one that nobody wrote is first."""
    written = isinstance(suspect, str)
    return (-suspicion.strength, written, suspect), suspect, suspicion


def blame_of(quiet: Iterable[Lines], kind: KindOf) -> Blame:
    """All that may be held against silent rules."""
    blame = Blame(kind)
    for said, done, lines in quiet:
        blame.quiet[""] += lines
        blame.quiet[said.payer] += lines
        blame.of_code[said.payer, said.code] += lines
        open_reasons = {kind(rule).reason for rule in said.undecided}
        own = []
        for one in said.silent:
            if kind(one.rule).reason in open_reasons:
                continue
            blame.stood[one.rule][said.payer, one.stance] += lines
            if explains(done, one.rule, kind) and in_its_remarks(
                fate_of(done), kind(one.rule)
            ):
                own.append(one)
        if done.denied:
            blame.denials[said.payer, done] += lines
            unwritten = Unwritten(said.payer, said.code, done.carcs)
            group = Group(unwritten, frozenset(own))
            blame.left[group] += lines
            for suspect in suspects_of(group):
                blame.of_suspect[suspect].add(group)
    return blame


def misses_of(
    suspect: Suspect, blame: Blame, found: Mapping[str, Suspicion]
) -> Suspicion:
    """What the denials that are left say against one suspect."""
    if isinstance(suspect, Unwritten):
        return unwritten_misses(suspect, blame)
    missed: Counter[Stance] = Counter()
    for group in blame.of_suspect[suspect]:
        for one in group.silent:
            if one.rule == suspect:
                missed[one.stance] += blame.left[group]
    kind = blame.kind(suspect)
    lines: Counter[Stance] = Counter()
    expected: dict[Stance, float] = defaultdict(float)
    # Sums of fractions hang on their order: it is always the same.
    for (payer, stance), number in sorted(blame.stood[suspect].items()):
        lines[stance] += number
        expected[stance] += number * blame.usual(kind, payer)
    strong = {
        stance: excess(missed[stance], lines[stance], expected[stance] / lines[stance])
        for stance in sorted(missed)
    }
    telling = [stance for stance, strength in strong.items() if strength > 0]
    silent = sum(lines[stance] for stance in telling)
    return found.get(suspect, Suspicion())._replace(
        misses=sum(strong.values()),
        missed=sum(missed[stance] for stance in telling),
        silent=silent,
        usual_misses=sum(expected[s] for s in telling) / silent if silent else 0.0,
    )


def unwritten_misses(suspect: Unwritten, blame: Blame) -> Suspicion:
    """How far the denials that are left look like a rule that nobody wrote."""
    missed = sum(blame.left[group] for group in blame.of_suspect[suspect])
    lines = blame.of_code[suspect.payer, suspect.code]
    usual = blame.usual(suspect.carcs, suspect.payer)
    return Suspicion(
        misses=excess(missed, lines, usual),
        missed=missed,
        silent=lines,
        usual_misses=usual,
    )


def hold_against(suspect: Suspect, blame: Blame) -> None:
    """Hold what is left of a suspect's denials against it alone."""
    for group in list(blame.of_suspect[suspect]):
        for other in suspects_of(group):
            blame.of_suspect[other].discard(group)
        del blame.left[group]
