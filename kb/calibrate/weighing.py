"""What the weighing of rules shares: cells, what may speak against a rule, a denial's rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from kb.calibrate.fates import Fate
from kb.calibrate.kinds import Kind, of_its_kind
from kb.calibrate.tally import Done, Said

WEIGHT = 200
"""Lines of all payers that stand beside a payer's own: few lines are no base rate."""

KindOf = Callable[[str], Kind]
"""How a rule says why it denies, by its row id."""


class Suspicion(NamedTuple):
    """What speaks against one rule."""

    alarms: float = 0.0
    """Strength of the false alarms."""
    usual_alarms: float = 0.0
    """Share of what other rules deny that its payers pay."""
    misses: float = 0.0
    """Strength of the denials that it did not foretell."""
    missed: int = 0
    """How many of them are held against it."""
    silent: int = 0
    """On how many lines it stood so, and nothing else foretold a denial."""
    usual_misses: float = 0.0
    """Share of such denials on all lines of its payers that nothing foretold."""

    @property
    def strength(self) -> float:
        """Both together."""
        return self.alarms + self.misses


class Lines(NamedTuple):
    """A cell as it is weighed."""

    said: Said
    done: Done
    lines: int


def explains(done: Done, rule: str, kind: KindOf) -> bool:
    """Whether a denial may be a rule's."""
    return done.denied and is_of(done, kind(rule))


def is_of(done: Done, kind: Kind) -> bool:
    """Whether a denial is of a rule's kind."""
    return of_its_kind(fate_of(done), kind)


def fate_of(done: Done) -> Fate:
    """A denial as the payer tells it."""
    return Fate("denied", done.carcs, done.rarcs)
