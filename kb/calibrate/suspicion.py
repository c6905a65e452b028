"""Which rules the outcomes speak against, and how strongly.

Two things speak against a rule: lines that it denies and the payer pays, more often than
the payer pays what other rules deny; and denials of its kind that nothing foretold on
lines where it was silent, more often than such denials are on other lines of the payer.

Several rules may deny one line, and several may be silent on it.  The most suspicious rule
is found first; what it explains is then held against no other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import itemgetter

from kb.calibrate.blame import quiet_lines, with_misses
from kb.calibrate.statistics import excess
from kb.calibrate.tally import Tally
from kb.calibrate.weighing import WEIGHT, KindOf, Lines, Suspicion

SURE = 15.1
"""An excess that chance alone gives one rule in ten thousand."""
LEAST_USUAL = 0.05
"""Share of denied lines that any payer pays by accident: fewer speak against no rule."""
UNKNOWN, FEW = 0.1, 10
"""The share that is taken for usual where nothing is known, and how many lines it counts."""
ENOUGH = 10
"""Lines that a rule must have denied alone, else those that others denied too count."""


def suspicions(tally: Tally, kind: KindOf) -> dict[str, Suspicion]:
    """What speaks against each rule that was asked."""
    cells = [Lines(*key, cell.lines) for key, cell in tally.cells.items()]
    found = false_alarms(cells)
    doubted = frozenset(rule for rule, one in found.items() if one.alarms > SURE)
    return with_misses(found, quiet_lines(cells, doubted, kind), kind)


# ---------- false alarms ----------


@dataclass(slots=True)
class Paid:
    """Lines that were foretold as denied, and those of them that were paid."""

    lines: int = 0
    paid: int = 0

    def add(self, cell: Lines) -> None:
        """Count a cell."""
        self.lines += cell.lines
        self.paid += 0 if cell.done.denied else cell.lines


def false_alarms(cells: Iterable[Lines]) -> dict[str, Suspicion]:
    """What false alarms say against each rule.

    A rule is judged by the lines that it denied alone; once a rule is in doubt, lines that
    it denied with one other were denied by that other alone.
    """
    foretold = [cell for cell in cells if cell.said.foretelling]
    found: dict[str, Suspicion] = {}
    doubted: frozenset[str] = frozenset()
    while True:
        tried = alarms_but_for(foretold, doubted)
        worst = max(sorted(tried), key=lambda rule: tried[rule].alarms, default="")
        if not worst or tried[worst].alarms <= SURE:
            return {**tried, **found}
        found[worst] = tried[worst]
        doubted |= {worst}


def alarms_but_for(
    cells: Iterable[Lines], doubted: frozenset[str]
) -> dict[str, Suspicion]:
    """The same where some rules are in doubt already; these are left out."""
    everywhere, here = Paid(), defaultdict[str, Paid](Paid)
    alone: dict[str, dict[str, Paid]] = defaultdict(lambda: defaultdict(Paid))
    shared: dict[str, dict[str, Paid]] = defaultdict(lambda: defaultdict(Paid))
    for cell in cells:
        by = cell.said.foretelling - doubted
        if not by:
            continue
        payer = cell.said.payer
        everywhere.add(cell)
        here[payer].add(cell)
        for rule in by:
            shared[rule][payer].add(cell)
            if len(by) == 1:
                alone[rule][payer].add(cell)
    found = {}
    for rule, all_own in shared.items():
        own = alone[rule]
        if sum(at.lines for at in own.values()) < ENOUGH:
            own = all_own
        found[rule] = alarms_of(own, here, everywhere)
    return found


def alarms_of(
    own: Mapping[str, Paid], here: Mapping[str, Paid], everywhere: Paid
) -> Suspicion:
    """What false alarms say against one rule, by its own lines at each payer."""
    lines = sum(at.lines for at in own.values())
    paid = sum(at.paid for at in own.values())
    others = (everywhere.paid - paid + FEW * UNKNOWN) / (everywhere.lines - lines + FEW)
    expected = 0.0
    for payer, at in sorted(own.items(), key=itemgetter(0)):
        beside = here[payer]
        usual = (beside.paid - at.paid + WEIGHT * others) / (
            beside.lines - at.lines + WEIGHT
        )
        expected += at.lines * usual
    usual = max(expected / lines, LEAST_USUAL)
    return Suspicion(excess(paid, lines, usual), usual)
