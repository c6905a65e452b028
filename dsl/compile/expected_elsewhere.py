"""Expectations about another policy's rule: that policy and its rule have to be there.

A rule that nobody has is in scope nowhere, so an expectation that it is not in scope would
hold for ever, whatever becomes of the rule that was meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from dsl.base.diagnostics import Reporter
from dsl.base.model import Policy
from dsl.base.near import Nearest
from dsl.compile.incremental import lineage_of
from dsl.resolve.overlay import Draft
from dsl.resolve.vocabulary import lines_of
from dsl.syntax import nodes as n

OF_RULES = ("rule", "gap")


def check_expected_elsewhere(
    drafts: Mapping[str, list[Draft]], policies: Iterable[Policy]
) -> None:
    """Report each ``by RULE under POLICY`` that names what no loaded policy has."""
    expected = list(expected_elsewhere(drafts))
    if not expected:
        return
    rules: dict[str, set[str]] = {}
    for policy in policies:
        if policy.status != "shared":
            rules.setdefault(policy.path, set()).update(r.name for r in policy.rules)
    paths = Nearest(rules)
    for line, under, report in expected:
        if under.text not in rules:
            message = (
                f"There is no policy `{under.text}` that judges claims. Write the path of"
                " the policy whose rule is meant."
            )
            report.at(under, "P010", message, fix=paths.to(under.text))
            continue
        for rule in line.by:
            if rule.text in rules[under.text] or is_broken(rule.text, under, drafts):
                continue
            message = (
                f"`{under.text}` has no rule `{rule.text}`. Write the name of a rule or"
                " gap of that policy."
            )
            report.at(
                rule, "P010", message, fix=Nearest(rules[under.text]).to(rule.text)
            )


def expected_elsewhere(
    drafts: Mapping[str, list[Draft]],
) -> Iterator[tuple[n.Expect, n.Word, Reporter]]:
    """Each expectation under another policy, that policy's word, and its file's reporter."""
    for versions in drafts.values():
        for draft in versions:
            for sited in draft.items:
                for line in lines_of(sited.item, n.Expect):
                    if line.under is not None:
                        trail = (*sited.report.trail, sited.name)
                        yield line, line.under, sited.report.within(*trail)


def is_broken(name: str, under: n.Word, drafts: Mapping[str, list[Draft]]) -> bool:
    """Whether the rule is there and was left out for a fault of its own."""
    return any(
        sited.item.broken and sited.item.kind in OF_RULES and sited.name == name
        for draft in drafts[under.text]
        for one in lineage_of(draft, dict(drafts))
        for sited in one.items
    )
