"""Grounds: which rules a pass may stand on.

A rule covers where it *asks* for something that speaks for the service (a diagnosis of a
list, a finding of the chart, an earlier service that helped, the payer's own approval) and
was answered.  A
prohibition that does not bite, a cap, a pair, a rule about who bills or how it is coded
says nothing of coverage, however well it is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Never

from dsl.ir import duties as d
from dsl.ir import tests as t
from dsl.ir.forms import TESTS
from dsl.ir.reading import read
from dsl.ir.rule import Rule
from kb.engine.judge.answer import RuleResult
from kb.engine.program import CompiledPolicy, CompiledRule

COVERAGE = frozenset({"necessity", "diagnosis", "documentation", "authorization", ""})
"""The kinds of reason that speak of coverage; others tell how a service is billed."""
UPWARD = frozenset({">=", ">"})

Wanted = Literal[1, -1]
"""Whether a test is to be met, or its opposite."""
Asks = Callable[[Never, Wanted], bool]


def asks(test: t.Test, wanted: Wanted = 1) -> bool:
    """Whether a test asks for something that speaks for a service."""
    return read(ASKS[type(test)], test, wanted)


def any_part(test: t.And | t.Or | t.AtLeast, wanted: Wanted) -> bool:
    """A group asks where one of its parts does."""
    return any(asks(part, wanted) for part in test.of)


def opposite(test: t.Not, wanted: Wanted) -> bool:
    """Of a negation the opposite is wanted."""
    return asks(test.of[0], -1 if wanted > 0 else 1)


def one_branch(test: t.If, wanted: Wanted) -> bool:
    """The case only chooses: the branches ask."""
    return any(asks(part, wanted) for part in test.of[1:])


def itself(_test: t.Test, wanted: Wanted) -> bool:
    """It asks where it is wanted; its absence is a prohibition that does not bite."""
    return wanted > 0


def at_least_so_much(test: t.Compare, wanted: Wanted) -> bool:
    """A floor asks; a ceiling only forbids."""
    return (test.cmp in UPWARD) == (wanted > 0)


def another_day(test: t.Elapsed, wanted: Wanted) -> bool:
    """The day of a fact asks; a day of the claim is about filing."""
    return wanted > 0 and test.fact is not None


def earlier_service(test: t.Earlier, wanted: Wanted) -> bool:
    """An earlier service asked for; one too many is a cap."""
    return test.count.least > 0 if wanted > 0 else test.count.least == 0


def approval(test: t.Field, wanted: Wanted) -> bool:
    """The payer's approval speaks for the service; place, plan and person do not."""
    return wanted > 0 and test.name == "authorization"


def never(_test: t.Test, _wanted: Wanted) -> bool:
    """What the claim is billed with speaks for no service."""
    return False


ASKS: dict[type[t.Test], Asks] = {
    # A form speaks for no service until it says so: no pass stands on it by chance.
    **dict.fromkeys((form.kind for form in TESTS), never),
    t.And: any_part,
    t.Or: any_part,
    t.Not: opposite,
    t.If: one_branch,
    t.AtLeast: any_part,
    t.Always: itself,
    t.Yes: itself,
    t.Documented: itself,
    t.Compare: at_least_so_much,
    t.Choice: itself,
    t.Field: approval,
    t.Elapsed: another_day,
    t.Diagnosis: itself,
    t.Earlier: earlier_service,
}


def of_require(duty: d.Require) -> bool:
    """What is required covers where it asks for something."""
    return asks(duty.test)


def of_none(_duty: d.Duty) -> bool:
    """What forbids, limits or keeps apart never covers."""
    return False


def of_covers(_duty: d.Covers) -> bool:
    """What is declared covered without a policy of its own covers by itself."""
    return True


COVERS: dict[type[d.Duty], Callable[[Never], bool]] = {
    d.Require: of_require,
    d.NeverCovered: of_none,
    d.Covers: of_covers,
    d.BillAs: of_none,
    d.Limit: of_none,
    d.LimitBy: of_none,
    d.Interval: of_none,
    d.NotWith: of_none,
}
"""By form of duty: whether keeping it is a ground."""


def may_ground(policy: CompiledPolicy, rule: CompiledRule) -> bool:
    """Whether a pass may stand on a rule of a policy; kept with the rule."""
    found = rule.notes.get("covers")
    if found is None:
        found = rule.notes["covers"] = covers(rule.tree)
    return bool(found) and policy.can_pass


def covers(tree: Rule) -> bool:
    """Whether a rule asks for something that speaks for the services of its scope.

    A declaration from memory alone may only advise: no pass stands on it.
    """
    if isinstance(tree.duty, d.Covers) and tree.advisory:
        return False
    return (
        tree.kind == "rule"
        and tree.scope is not None
        and tree.duty is not None
        and tree.otherwise.reason in COVERAGE
        and read(COVERS[type(tree.duty)], tree.duty)
    )


def grounds(rule: CompiledRule, result: RuleResult) -> bool:
    """Whether a rule that may ground a pass does so on this line."""
    if result.status == "exempt":
        return excuses_ask(rule)
    return result.status == "met"


def excuses_ask(rule: CompiledRule) -> bool:
    """Whether each way out of a rule asks for something; kept with the rule.

    A way out by place or by modifier would leave a pass on nothing, and so would any
    from a declaration that the code is covered.
    """
    found = rule.notes.get("excuses ask")
    if found is None:
        tree = rule.tree
        ways = [tree.unless] if tree.unless is not None else []
        ways += [one.when for one in tree.exceptions]
        found = rule.notes["excuses ask"] = not isinstance(tree.duty, d.Covers) and all(
            asks(way) for way in ways
        )
    return bool(found)
