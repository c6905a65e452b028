"""Whether two claims under one member id are one person's.  ``docs/history.md`` tells why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from kb.claims.identity import patient_token
from kb.claims.model import PayerNamed
from kb.engine.payers import by_names
from kb.engine.program import PayerWords

_TOKEN = re.compile(r"P-[0-9a-f]{16}\Z")
_PERSON = re.compile(r"T-[0-9a-f]{16}\Z")
"""The token of a table that numbers persons, one number for each."""


class Likeness(Enum):
    """What is known of two claims under one member id."""

    SAME = "one person for certain"
    ALIKE = "nothing speaks against it"
    OPEN = "a family shares the id, and not both tell who of it they are"
    OTHER = "two people"


@dataclass(frozen=True, slots=True)
class Person:
    """What a claim tells of its patient beside the member id."""

    brands: frozenset[int] = frozenset()
    """The brands that its payer may be; none when nothing loaded goes by its name."""
    birth: date | None = None
    patient: str = ""
    dependant: bool | None = None
    """Whether the token has a given name in it; ``None`` when nothing tells."""


def person(
    member: str, birth: date | None, patient: str, brands: frozenset[int]
) -> Person:
    """What a claim tells of its patient."""
    dependant = None
    if _TOKEN.match(patient):
        day = f"{birth:%Y%m%d}" if birth else ""
        dependant = patient not in (
            patient_token(member, day),
            patient_token(member, ""),
        )
    return Person(brands, birth, patient, dependant)


def likeness(one: Person, other: Person) -> Likeness:
    """What is known of two claims under one member id."""
    if one.birth and other.birth and one.birth != other.birth:
        return Likeness.OTHER
    if one.brands and other.brands and not one.brands & other.brands:
        return Likeness.OTHER
    if one.patient and one.patient == other.patient:
        return Likeness.SAME
    if _PERSON.match(one.patient) and _PERSON.match(other.patient):
        return Likeness.OTHER
    told = (one.dependant, other.dependant)
    if not (one.birth and other.birth):
        return Likeness.OPEN if True in told else Likeness.ALIKE
    if told == (True, True):
        return Likeness.OTHER
    # Two systems may name one patient differently, or two patients be born on a day.
    named_apart = one.patient and other.patient and told in _TOLD_APART
    return Likeness.OPEN if named_apart else Likeness.ALIKE


_TOLD_APART = {(True, False), (False, True), (None, None)}


def is_of(claim: Person, past: Person, everyone: Iterable[Person]) -> bool | None:
    """Whether an earlier claim is the claim's patient's; ``None``: nobody can say.

    ``everyone`` are all that are known under the member id.
    """
    alike = likeness(claim, past)
    if alike in (Likeness.SAME, Likeness.OTHER):
        return alike is Likeness.SAME
    if alike is Likeness.OPEN:
        return None
    for third in everyone:
        if _may_be(past, third) and _may_be_another(claim, third):
            return None
        if _may_be(claim, third) and _may_be_another(past, third):
            return None
    return True


def _may_be(one: Person, third: Person) -> bool:
    return likeness(one, third) is not Likeness.OTHER


def _may_be_another(one: Person, third: Person) -> bool:
    return likeness(one, third) in (Likeness.OTHER, Likeness.OPEN)


@dataclass(frozen=True, slots=True)
class Brands:
    """The payers of a knowledge base, those of one brand under one number."""

    payers: tuple[PayerWords, ...] = ()
    numbers: dict[str, int] = field(default_factory=dict)
    found: dict[PayerNamed, frozenset[int]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def of(self, named: PayerNamed) -> frozenset[int]:
        """The brands that a payer as named may be; none when nothing loaded goes by it."""
        if named not in self.found:
            self.found[named] = self._of(named)
        return self.found[named]

    def _of(self, named: PayerNamed) -> frozenset[int]:
        if named.key in self.numbers:
            return frozenset({self.numbers[named.key]})
        called = by_names(named, self.payers)
        if isinstance(called, str):
            return frozenset()
        if not called and not named.key:
            filed = [
                p for p in self.payers if named.filing and named.filing in p.filing
            ]
            called = filed if len(filed) == 1 else []
        return frozenset(self.numbers[payer.key] for payer in called)


def brands_of(payers: Sequence[PayerWords]) -> Brands:
    """Payers that share a name or an id are one brand."""
    numbers = {payer.key: number for number, payer in enumerate(payers)}
    first: dict[tuple[str, str], str] = {}
    for payer in payers:
        said = [("name", each) for each in payer.names]
        said += [("id", each) for each in payer.identifiers]
        for each in said:
            other = first.setdefault(each, payer.key)
            one, two = sorted((numbers[other], numbers[payer.key]))
            if one != two:
                numbers = {k: one if n == two else n for k, n in numbers.items()}
    return Brands(tuple(payers), numbers)
