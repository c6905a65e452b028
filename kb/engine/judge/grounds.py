"""Grounds: which rules a pass may stand on.

A rule covers where it *asks* for something that speaks for the service (a diagnosis of a
list, a finding of the chart, an earlier service that helped) and was answered.  A
prohibition that does not bite, a cap, a pair, a rule about who bills or how it is coded
says nothing of coverage, however well it is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dsl.ir import duties as d
from dsl.ir import tests as t
from dsl.ir.rule import Exemption, Rule
from kb.engine.judge.answer import RuleResult
from kb.engine.program import CompiledPolicy, CompiledRule

COVERAGE = frozenset({"necessity", "diagnosis", "documentation", ""})
"""The kinds of reason that speak of coverage; others tell how a service is billed."""
UPWARD = frozenset({">=", ">"})

Asks = Callable[[Any, bool], bool]
"""Whether a test asks for something; ``False`` where its opposite is wanted."""


def asks(test: t.Test, *, wanted: bool = True) -> bool:
    """Whether a test asks for something that speaks for a service."""
    return ASKS[type(test)](test, wanted)


def any_part(test: t.And | t.Or | t.AtLeast, wanted: bool) -> bool:
    """A group asks where one of its parts does."""
    return any(asks(part, wanted=wanted) for part in test.of)


def opposite(test: t.Not, wanted: bool) -> bool:
    """Of a negation the opposite is wanted."""
    return asks(test.of[0], wanted=not wanted)


def one_branch(test: t.If, wanted: bool) -> bool:
    """The case only chooses: the branches ask."""
    return any(asks(part, wanted=wanted) for part in test.of[1:])


def itself(_test: t.Test, wanted: bool) -> bool:
    """It asks where it is wanted; its absence is a prohibition that does not bite."""
    return wanted


def at_least_so_much(test: t.Compare, wanted: bool) -> bool:
    """A floor asks; a ceiling only forbids."""
    return (test.cmp in UPWARD) == wanted


def another_day(test: t.Elapsed, wanted: bool) -> bool:
    """The day of a fact asks; a day of the claim is about filing."""
    return wanted and test.fact is not None


def earlier_service(test: t.Earlier, wanted: bool) -> bool:
    """An earlier service asked for; one too many is a cap."""
    return test.count.least > 0 if wanted else test.count.least == 0


def never(_test: t.Test, _wanted: bool) -> bool:
    """What the claim is billed with speaks for no service."""
    return False


ASKS: dict[type[t.Test], Asks] = {
    t.And: any_part,
    t.Or: any_part,
    t.Not: opposite,
    t.If: one_branch,
    t.AtLeast: any_part,
    t.Always: never,
    t.Never: never,
    t.Yes: itself,
    t.Documented: itself,
    t.Compare: at_least_so_much,
    t.Choice: itself,
    t.Field: never,
    t.DateOfService: never,
    t.Elapsed: another_day,
    t.SameNpi: never,
    t.Diagnosis: itself,
    t.Modifier: never,
    t.Earlier: earlier_service,
    t.SameDay: never,
}
"""Each takes the form of its key, which the type of a dict cannot say."""


def of_require(duty: d.Require) -> bool:
    """What is required covers where it asks for something."""
    return asks(duty.test)


def of_none(_duty: d.Duty) -> bool:
    """What forbids, limits or keeps apart never covers."""
    return False


# A duty that declares a code covered without a policy of its own covers by itself.
COVERS: dict[type[d.Duty], Callable[[Any], bool]] = {
    d.Require: of_require,
    d.NeverCovered: of_none,
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
    """Whether a rule asks for something that speaks for the services of its scope."""
    return (
        tree.kind == "rule"
        and tree.scope is not None
        and tree.duty is not None
        and not tree.advisory
        and tree.otherwise.reason in COVERAGE
        and COVERS[type(tree.duty)](tree.duty)
    )


def grounds(rule: CompiledRule, result: RuleResult) -> bool:
    """Whether a rule that may ground a pass does so on this line.

    A way out is a ground where it asks for something itself.
    """
    if result.status == "exempt":
        return excuse_asks(rule.tree, result.exempt_by)
    return result.status == "met"


def excuse_asks(tree: Rule, name: str) -> bool:
    """Whether the way out of a rule by this name asks for something."""
    if name == "unless":
        return tree.unless is not None and asks(tree.unless)
    return any(asks(one.when) for one in named(tree.exceptions, name))


def named(exceptions: tuple[Exemption, ...], name: str) -> list[Exemption]:
    """The exceptions of a name: a later version may bear the same."""
    return [one for one in exceptions if one.name == name]
