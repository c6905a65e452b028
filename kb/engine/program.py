"""The program: compiled policies as the engine runs them, in memory.

A ``Program`` holds just what answers need: rules as IR trees, code sets with
their days, groupings, what is known of codes, facts and payers.  It is made from
a knowledge base by ``kb.engine.load`` or by hand in a test; engines never change it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Self, TypeVar, overload

from dsl.ir.codec import decode_rule, encode_rule
from dsl.ir.rule import Rule
from kb.claims.facts import NO_CHOICE

Days = tuple[date | None, date | None]
"""First and last day, both inclusive; ``None`` is open."""
Members = Mapping[str, tuple[Days, ...]]
"""The codes of a set, each with the days on which it belongs to it."""
ALWAYS: tuple[Days, ...] = ((None, None),)
_ONE_DAY = timedelta(days=1)

Json = dict[str, Any]
Made = TypeVar("Made")


def holds(days: Days, day: date) -> bool:
    """Whether ``day`` lies within ``days``."""
    first, last = days
    return (first is None or first <= day) and (last is None or day <= last)


def belongs(members: Members, code: str, day: date) -> bool:
    """Whether a code is in a set on a day."""
    spans = members.get(code)
    if spans is None:
        return False
    return spans is ALWAYS or any(holds(days, day) for days in spans)


def turns_in(spans: Iterable[Days]) -> tuple[date, ...]:
    """The days, in order, from which on other spans hold than on the day before."""
    turns: set[date] = set()
    for first, last in spans:
        if first is not None:
            turns.add(first)
        if last is not None and last < date.max:
            turns.add(last + _ONE_DAY)
    return tuple(sorted(turns))


def codes_on(members: Members, day: date) -> tuple[str, ...]:
    """The codes that are in a set on a day, in order."""
    return tuple(code for code in sorted(members) if belongs(members, code, day))


@dataclass(frozen=True)
class CompiledRule:
    """One rule or gap; its tree is told in ``docs/ir.md``."""

    id: str
    policy_version: str
    name: str
    title: str
    tree: Rule
    fix: str = ""
    carried: bool = True
    """False when no payer that defers to its payer follows it."""
    notes: dict[str, object] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """What was worked out from it before; a changed copy begins without."""

    @classmethod
    def of(cls, key: str, version: str, name: str, title: str, ir: Json) -> Self:
        """A rule out of JSON.

        Raises ``dsl.ir.codec.IrError`` when that is no compiled rule.
        """
        return cls(key, version, name, title, decode_rule(ir))

    @property
    def ir(self) -> Json:
        """The tree as JSON."""
        return encode_rule(self.tree)


@dataclass(frozen=True)
class RulesToRead(Sequence[CompiledRule]):
    """The rules of a policy version, read when one of them is first asked for.

    A claim is under few of the policies: a command for one claim reads no others.
    """

    number: int
    read: Callable[[], tuple[CompiledRule, ...]]
    own_only: int = 0
    """How many of them no other payer follows."""
    find: Callable[[str], tuple[CompiledRule, ...]] | None = None
    """Reads only those whose tree has a word in it, where that is less work."""

    @cached_property
    def rules(self) -> tuple[CompiledRule, ...]:
        """The rules in their order."""
        return self.read()

    def __len__(self) -> int:
        return self.number

    def __iter__(self) -> Iterator[CompiledRule]:
        return iter(self.rules)

    @overload
    def __getitem__(self, place: int) -> CompiledRule: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[CompiledRule, ...]: ...
    def __getitem__(
        self, place: int | slice
    ) -> CompiledRule | tuple[CompiledRule, ...]:
        return self.rules[place]

    def with_word(self, word: str) -> Sequence[CompiledRule]:
        """Those whose tree has a word in it as text, or more of them."""
        return self.find(word) if self.find is not None else self.rules


def with_word(rules: Sequence[CompiledRule], word: str) -> Sequence[CompiledRule]:
    """The rules whose tree has a word in it as text, or more of them: no others are read."""
    return rules.with_word(word) if isinstance(rules, RulesToRead) else rules


def carried(rules: Sequence[CompiledRule]) -> Sequence[CompiledRule]:
    """The rules that hold for a payer that defers to theirs too, not yet read."""
    if isinstance(rules, RulesToRead):
        if not rules.own_only:
            return rules
        number = rules.number - rules.own_only
        return RulesToRead(
            number,
            lambda: tuple(r for r in rules if r.carried),
            find=lambda word: tuple(r for r in rules.with_word(word) if r.carried),
        )
    left = tuple(rule for rule in rules if rule.carried)
    return rules if len(left) == len(rules) else left


@dataclass(frozen=True, slots=True)
class CompiledPolicy:
    """One policy version with its scope and rules; never one of status shared."""

    id: str
    policy: str
    title: str
    payer: str
    """Key of its payer; empty when it is for any payer."""
    contractor: str = ""
    states: frozenset[str] = frozenset()
    """Where it holds (a contractor's own states included); empty: everywhere."""
    plans: frozenset[str] = frozenset()
    defers_to: str = ""
    """Key of the payer whose policies hold for this payer's claims too."""
    followed_by: str = ""
    """Row id of the policy that brought this copy by deferring; empty for no copy."""
    coverage: bool = True
    """False when its rules can only object: units, approval, formats."""
    days: Days = (None, None)
    ended: bool = False
    """True when its author says that nothing follows its last day."""
    draft: bool = False
    stand_in: bool = False
    """True when its first day stands in for one that was not found."""
    read_in: date | None = None
    """Day of the version whose text was read, where that is a later one than the first."""
    carried: bool = True
    """False when no payer follows it by deferring to its own."""
    rules: Sequence[CompiledRule] = ()

    def text_of(self, day: date) -> date | None:
        """Day of the later version by whose text a service is answered; ``None`` for its own.

        An answer by it says so: "by the text of 2026-05-07".
        """
        later = self.read_in is not None and day < self.read_in
        return self.read_in if later else None

    @property
    def can_pass(self) -> bool:
        """Whether a line that its rules judge may pass: it covers, for a payer."""
        return self.coverage and bool(self.payer)


@dataclass(frozen=True, slots=True)
class CodeFacts:
    """What counting needs to know of a procedure code, and what to call it."""

    add_on: bool = False
    sides: str = ""
    """``paired``, ``single``, or empty when not known."""
    label: str = ""
    """Its name in our own words; empty where no table gives one."""


@dataclass(frozen=True, slots=True)
class FactWords:
    """Kind, scope and wording of a fact."""

    kind: str
    scope: str
    title: str = ""
    where: str = ""
    ask: str = ""
    choices: tuple[str, ...] = ()

    def says_none(self, value: object) -> bool:
        """Whether a value says that the chart gives none of the choices."""
        return (
            value == NO_CHOICE and self.kind == "choice" and value not in self.choices
        )


@dataclass(frozen=True, slots=True)
class PayerWords:
    """How claims name a payer."""

    key: str
    title: str
    line_of_business: str = ""
    identifiers: frozenset[str] = frozenset()
    filing: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    """Normalised: lower case, letters and digits only."""


@dataclass(frozen=True, slots=True)
class Program:
    """Everything an engine needs to answer claims."""

    policies: tuple[CompiledPolicy, ...] = ()
    sets: Mapping[str, Members] = field(default_factory=dict)
    """Set key -> code -> the days on which it belongs to the set."""
    titles: dict[str, str] = field(default_factory=dict)
    """Set key -> its title; a list that stands inside a rule has none."""
    groupings: dict[str, dict[str, tuple[tuple[str, Days], ...]]] = field(
        default_factory=dict
    )
    """Grouping -> code -> its groups with their days."""
    codes: dict[str, CodeFacts] = field(default_factory=dict)
    facts: dict[str, FactWords] = field(default_factory=dict)
    payers: tuple[PayerWords, ...] = ()
    contractors: dict[str, tuple[str, frozenset[str]]] = field(default_factory=dict)
    """Contractor -> its payer and states."""
    database: str = ""
    """``sha256:...`` of the knowledge base file."""
    language: str = "1.0"
    editions: tuple[tuple[str, str], ...] = ()
    notes: dict[Hashable, Any] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """What was worked out from it before; a changed copy begins without."""

    def once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What ``make`` gives, made once for this program."""
        try:
            found: Made = self.notes[key]
        except KeyError:
            found = self.notes[key] = make()
        return found

    def version(self, key: str) -> CompiledPolicy | None:
        """A policy version by its id, itself rather than a copy that follows it."""
        known: dict[str, CompiledPolicy] = self.once(
            "versions", lambda: {one.id: one for one in reversed(self.policies)}
        )
        return known.get(key)

    def tree(self, rule: str) -> Rule | None:
        """The tree of a rule by its row id; of no policy's rules but its own are any read."""
        version = rule.partition("#")[0]
        known: dict[str, dict[str, Rule]] = self.once("trees by version", dict)
        if version not in known:
            policy = self.version(version)
            own = policy.rules if policy else self.once("made by hand", self._by_hand)
            known[version] = {each.id: each.tree for each in own}
        return known[version].get(rule)

    def _by_hand(self) -> tuple[CompiledRule, ...]:
        """The rules that were read out of no file, whose ids need not begin with a version."""
        return tuple(
            rule
            for policy in self.policies
            if not isinstance(policy.rules, RulesToRead)
            for rule in policy.rules
        )


def with_deferrals(policies: Iterable[CompiledPolicy]) -> tuple[CompiledPolicy, ...]:
    """The policies, and those that a payer follows as policies of its own.

    A policy that defers to another payer brings that payer's policies with it, for its
    own plans and states, on the days that both are in force.  Only what decides
    coverage, and is carried: how the other payer is billed is its own matter.
    """
    given = tuple(policies)
    of_payer: dict[str, list[CompiledPolicy]] = defaultdict(list)
    for policy in given:
        if policy.coverage and policy.carried:
            of_payer[policy.payer].append(policy)
    # Only copies of one policy for one payer can hold where another does.
    copies: dict[tuple[str, str], list[CompiledPolicy]] = defaultdict(list)
    followed: dict[int, CompiledPolicy] = {}
    for deferring in given:
        others = of_payer.get(deferring.defers_to, ()) if deferring.defers_to else ()
        for copy in (c for policy in others for c in followed_by(deferring, policy)):
            alike = copies[copy.id, copy.payer]
            if any(covers(one, copy) for one in alike):
                continue
            for narrower in [one for one in alike if covers(copy, one)]:
                alike.remove(narrower)
                del followed[id(narrower)]
            alike.append(copy)
            followed[id(copy)] = copy
    return (*given, *followed.values())


def covers(one: CompiledPolicy, other: CompiledPolicy) -> bool:
    """Whether one copy of a policy holds wherever another copy of it does."""
    first, last = one.days
    starts, ends = other.days
    return (
        (one.id, one.payer) == (other.id, other.payer)
        and (not one.states or (bool(other.states) and other.states <= one.states))
        and (not one.plans or (bool(other.plans) and other.plans <= one.plans))
        and (first is None or (starts is not None and first <= starts))
        and (last is None or (ends is not None and ends <= last))
    )


def followed_by(
    deferring: CompiledPolicy, policy: CompiledPolicy
) -> Iterator[CompiledPolicy]:
    """A policy as the payer of another follows it; nothing when they never meet."""
    first = max((d for d in (deferring.days[0], policy.days[0]) if d), default=None)
    last = min((d for d in (deferring.days[1], policy.days[1]) if d), default=None)
    states = meeting(deferring.states, policy.states)
    plans = meeting(deferring.plans, policy.plans)
    apart = first is not None and last is not None and last < first
    if apart or states is None or plans is None:
        return
    yield replace(
        policy,
        payer=deferring.payer,
        followed_by=deferring.id,
        rules=carried(policy.rules),
        states=states,
        plans=plans,
        days=(first, last),
        ended=deferring.ended or policy.ended,
    )


def meeting(one: frozenset[str], other: frozenset[str]) -> frozenset[str] | None:
    """What two limits leave, where empty means everything; ``None`` when nothing."""
    if not one or not other:
        return one | other
    return one & other or None
