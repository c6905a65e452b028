"""Checks of what rules ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from dsl.base.model import Policy, Rule
from dsl.ir.duties import Duty, Interval, Limit
from dsl.ir.forms import parts_of
from dsl.ir.parts import Amounts, Role, Rolling
from dsl.ir.rule import Outcome
from dsl.ir.rule import Rule as Tree
from dsl.ir.tests import And, AtLeast, Choice, Field, Or, Test
from dsl.ir.walk import Node, find, kind_of, mapped, nodes
from dsl.lint.registry import Asked, Finding, check
from dsl.lint.trees import codes_of, deciding, own_rules

Counted = tuple[object, ...]
"""What a limit counts, apart from how long and how many."""
DAYS_OF = {"day": 1, "week": 7, "month": 30, "year": 365}


@check("L020", "deny-without-fix", "note", "A denial does not say what to do")
def deny_without_fix(asked: Asked) -> Iterator[Finding]:
    """Denials that leave a biller alone."""
    for _policy, rule in own_rules(asked.model):
        if rule.outcome in ("deny", "fix") and not rule.fix:
            yield Finding(
                rule.place,
                f"`{rule.name}` gives no `fix:`. Say what would help.",
                "fix: Send the records that show ...",
            )


@check("L037", "denial-without-code", "note", "A denial has no reason code")
def denial_without_code(asked: Asked) -> Iterator[Finding]:
    """Reasons for which neither the rule nor the payer's table gives a code; once a policy."""
    businesses = {payer.key: payer.line_of_business for payer in asked.model.payers}
    for policy in deciding(asked.model):
        told: set[str] = set()
        for rule in policy.rules:
            bare = rule.outcome == "deny" and rule.reason and not rule.carc
            if not bare or rule.origin != policy.path or rule.reason in told:
                continue
            told.add(rule.reason)
            business = businesses.get(policy.payer, "its line of business")
            yield Finding(
                rule.place,
                f"`deny for {rule.reason}` finds no reason code (CARC). Write it in the rule, as "
                f"`deny for {rule.reason} CO-50`, or for every rule in an item `reasons "
                f"{business}: Title` with a line `{rule.reason}: CO-50`.",
            )


@check(
    "L021", "next-date-without-count", "error", "A fix names a date that nothing counts"
)
def next_date_without_count(asked: Asked) -> Iterator[Finding]:
    """``{next-date}`` in a rule that has none."""
    for _policy, rule in own_rules(asked.model):
        counts = rule.duty in ("limit", "limit-by", "interval")
        if "{next-date}" in rule.fix and not counts:
            yield Finding(
                rule.place,
                f"`{rule.name}` is no limit and no interval, so it has no next date to "
                "put into its fix.",
            )


@check("L022", "rule-for-no-code", "error", "A rule is for no code")
def rule_for_no_code(asked: Asked) -> Iterator[Finding]:
    """Rules whose scope is empty."""
    for policy, rule in own_rules(asked.model):
        if rule.scope and not codes_of(policy, rule, asked):
            yield Finding(rule.place, f"`{rule.name}` is for no code on any day.")


def meaning(rule: Rule) -> Tree:
    """What a rule does, without its name."""
    return replace(rule.tree, rule="", advisory=False)


@check("L023", "rule-twice", "warning", "Two rules do the same")
def rule_twice(asked: Asked) -> Iterator[Finding]:
    """Rules of one policy with the same scope, tests, duty and outcome."""
    for policy in deciding(asked.model):
        seen: dict[Tree, str] = {}
        for rule in policy.rules:
            same = seen.setdefault(meaning(rule), rule.name)
            if same != rule.name and rule.duty != "gap" and rule.origin == policy.path:
                yield Finding(rule.place, f"`{rule.name}` does what `{same}` does.")


@check("L024", "limit-never-decides", "warning", "A limit that another always precedes")
def limit_never_decides(asked: Asked) -> Iterator[Finding]:
    """A limit that can only be exceeded when a tighter one is already."""
    for policy in deciding(asked.model):
        for rule, other in preceded(policy.rules):
            if rule.origin == policy.path:
                yield Finding(
                    rule.place,
                    f"`{rule.name}` never decides: `{other.name}` is exceeded first.",
                )


def preceded(rules: Iterable[Rule]) -> Iterator[tuple[Rule, Rule]]:
    """Each limit that can only be exceeded with another, and the tightest of such.

    That other counts the same, over as long or longer, to no more.
    """
    alike: dict[Counted, list[tuple[int, float, Rule]]] = {}
    for rule in rules:
        duty, window = rule.tree.duty, getattr(rule.tree.duty, "window", None)
        plain = rule.tree.when is None and rule.tree.unless is None
        if plain and isinstance(duty, Limit) and isinstance(window, Rolling):
            counted = (rule.scope, duty.unit, duty.per, duty.counting, window.unit)
            if len(duty.count) == 1:
                limit = (window.n, size(duty.count), rule)
                alike.setdefault(counted, []).append(limit)
    for limits in alike.values():
        yield from preceded_of(limits)


def preceded_of(
    limits: list[tuple[int, float, Rule]],
) -> Iterator[tuple[Rule, Rule]]:
    """The same of limits that count alike: their windows, their numbers, their rules."""
    tightest: list[tuple[float, Rule]] = []
    longest_first = sorted(limits, key=lambda limit: -limit[0])
    for _window, equal in groupby(longest_first, key=lambda limit: limit[0]):
        together = list(equal)
        for _n, most, rule in together:
            tightest = two_tightest([*tightest, (most, rule)])
        for _n, most, rule in together:
            for least, other in tightest:
                if other.name != rule.name and least <= most:
                    yield rule, other
                    break


def two_tightest(limits: list[tuple[float, Rule]]) -> list[tuple[float, Rule]]:
    """The two tightest limits of different names; of equal ones the first."""
    ordered = sorted(limits, key=lambda limit: limit[0])
    names: dict[str, tuple[float, Rule]] = {}
    for most, rule in ordered:
        names.setdefault(rule.name, (most, rule))
    return list(names.values())[:2]


def size(amounts: Amounts) -> float:
    """The number of an amount that holds on every day, times in days."""
    (amount,) = amounts
    return float(amount.amount) * DAYS_OF.get(amount.unit, 1)


@check("L025", "tests-contradict", "error", "Tests that can never hold together")
def tests_contradict(asked: Asked) -> Iterator[Finding]:
    """One `all of` that asks a field or choice to be two things."""
    for _policy, rule in own_rules(asked.model):
        for node in find(rule.tree, And):
            if name := contradiction(node):
                yield Finding(
                    rule.place, f"`{rule.name}` asks `{name}` to be two things at once."
                )


def contradiction(group: And) -> str:
    """The field or choice that the parts of an `and` want to be different things."""
    wanted: dict[str, set[str]] = {}
    for part in group.of:
        match part:
            case Field(set=None, name=name) | Choice(fact=name):
                values = set(part.values)
            case _:
                continue
        wanted[name] = wanted[name] & values if name in wanted else values
        if not wanted[name]:
            return name
    return ""


@check("L026", "test-repeated", "warning", "A test stands twice in a group")
def test_repeated(asked: Asked) -> Iterator[Finding]:
    """The same test twice in one group."""
    for _policy, rule in own_rules(asked.model):
        for node in nodes(rule.tree):
            if isinstance(node, And | Or | AtLeast) and repeats(node.of):
                yield Finding(
                    rule.place, f"`{rule.name}` has one test twice in a group."
                )


def repeats(parts: tuple[Test, ...]) -> bool:
    """Whether two of the parts are the same."""
    return len(set(parts)) < len(parts)


@check(
    "L027",
    "exception-repeats-unless",
    "warning",
    "An exception says what `unless` says",
)
def exception_repeats_unless(asked: Asked) -> Iterator[Finding]:
    """Exceptions whose condition the rule's own `unless` has already."""
    for _policy, rule in own_rules(asked.model):
        places = {e.name: e.place for e in rule.exceptions}
        for way_out in rule.tree.exceptions:
            if way_out.when == rule.tree.unless:
                place = places[way_out.name]
                yield Finding(place, f"`{way_out.name}` repeats the rule's `unless:`.")


@check("L028", "limit-looser-than-base", "note", "An overlay allows more than its base")
def limit_looser_than_base(asked: Asked) -> Iterator[Finding]:
    """Changed limits that are looser than those of the text they come from."""
    for policy, base in overlays(asked):
        theirs = {rule.name: rule for rule in base.rules}
        for rule in policy.rules:
            old = theirs.get(rule.name)
            if (
                old
                and rule.name in policy.changed
                and looser(rule.tree.duty, old.tree.duty)
            ):
                yield Finding(
                    rule.place, f"`{rule.name}` allows more than `{base.path}` does."
                )


def overlays(asked: Asked) -> Iterator[tuple[Policy, Policy]]:
    """Each overlay with the policy that it is based on."""
    by_path = {policy.path: policy for policy in asked.model.policies}
    for policy in asked.model.policies:
        if policy.based_on in by_path:
            yield policy, by_path[policy.based_on]


def looser(new: Duty | None, old: Duty | None) -> bool:
    """Whether a limit counts to more, or an interval is shorter."""
    match new, old:
        case Limit(), Limit() if len(new.count) == len(old.count) == 1:
            return new.window == old.window and size(new.count) > size(old.count)
        case Interval(), Interval() if len(new.least) == len(old.least) == 1:
            return size(new.least) < size(old.least)
    return False


@check("L029", "change-of-nothing", "warning", "A change that changes nothing")
def change_of_nothing(asked: Asked) -> Iterator[Finding]:
    """Overlay changes after which the rule is as it was."""
    for policy, base in overlays(asked):
        theirs = {rule.name: rule for rule in base.rules}
        for rule in policy.rules:
            old = theirs.get(rule.name)
            if old is None or rule.name not in policy.changed:
                continue
            same = said(rule.tree) == said(old.tree) and codes_of(
                policy, rule, asked
            ) == codes_of(base, old, asked)
            if same and rule.fix == old.fix and rule.title == old.title:
                yield Finding(rule.place, f"`change {rule.name}` leaves it as it was.")


def said(rule: Tree) -> tuple[object, ...]:
    """What a rule says, but for the keys of its sets and the codes of the payer's table."""
    tests = (without_sets(top) for top in (rule.duty, rule.when, rule.unless))
    outcomes = (rule.otherwise, rule.if_unknown, rule.if_when_unknown)
    return (*tests, *map(without_codes, outcomes))


def without_sets(top: Node | None) -> Node | None:
    """A test or a duty without the keys of its sets."""
    return mapped(top, without_set) if top else None


def without_set(node: Node) -> Node:
    """A node, its own set's key left out."""
    emptied: Callable[..., Node] = replace
    named = {p.name: "" for p in parts_of(kind_of(node)) if p.role is Role.SET}
    return emptied(node, **named) if named else node


def without_codes(outcome: Outcome | None) -> Outcome | None:
    """An outcome without its CARC and RARCs."""
    return replace(outcome, carc="", rarc=()) if outcome else None
