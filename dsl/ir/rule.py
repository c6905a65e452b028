"""A compiled rule or gap as a typed tree."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from dsl.ir.duties import Duty
from dsl.ir.parts import GROUPS, SET, Clock, Days, Role, role
from dsl.ir.tests import Test

OutcomeName = Literal[
    "deny", "fix", "needs-auth", "needs-evidence", "review", "unknown", "note", "pass"
]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows, with its kind of reason, CARC (``CO-151``) and RARCs."""

    outcome: OutcomeName
    reason: str
    carc: str
    rarc: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InForce:
    """The overlap of the policy's and the rule's own days, on one clock."""

    days: Days
    clock: Clock
    ended: bool
    """Nothing follows the last day."""


@dataclass(frozen=True, slots=True)
class Last:
    """Whose procedure facts a rule looks at: the latest earlier session of a set."""

    set: str = field(metadata=SET)
    same: tuple[str, ...] = field(metadata=GROUPS)
    modifier: str | None = field(
        default=None, metadata=role(Role.MODIFIER, optional=True)
    )
    without: str | None = field(
        default=None, metadata=role(Role.MODIFIER, optional=True)
    )


@dataclass(frozen=True, slots=True)
class Exemption:
    """A way out of a rule, or of another exception."""

    name: str
    days: Days
    when: Test
    exceptions: tuple[Exemption, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, or a gap: what a claim cannot show, without a duty."""

    ir: str
    policy: str
    version: str
    rule: str
    kind: Literal["rule", "gap"]
    in_force: InForce
    scope: str | None
    claims: Literal["professional", "facility"] | None
    last: Last | None
    when: Test | None
    unless: Test | None
    exceptions: tuple[Exemption, ...]
    duty: Duty | None
    otherwise: Outcome
    if_unknown: Outcome | None
    if_when_unknown: Outcome | None
    advisory: bool
