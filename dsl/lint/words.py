"""Checks of facts, payers, titles, dates and prose."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from dsl.base.model import Place, Span
from dsl.ir.walk import facts
from dsl.lint.registry import Asked, Finding, check
from dsl.lint.trees import deciding, own_rules

LONGEST_PROSE = 2000
ONE_DAY = timedelta(days=1)


@check(
    "L040", "hole-in-dates", "warning", "Days between two versions that nobody decides"
)
def hole_in_dates(asked: Asked) -> Iterator[Finding]:
    """Gaps between the versions of a policy, a rule or a value."""
    versions: dict[str, list[tuple[Span, Place]]] = defaultdict(list)
    for policy in deciding(asked.model):
        versions[f"`{policy.path}`"].append((policy.span, policy.place))
        for rule in policy.rules:
            versions[f"`{rule.name}` of `{policy.version}`"].append(
                (rule.span, rule.place)
            )
        for value in policy.values:
            name = f"`{value.name}` of `{policy.version}`"
            versions[name] += [(amount.span, value.place) for amount in value.amounts]
    for name, spans in versions.items():
        yield from holes(name, spans)


def holes(name: str, spans: list[tuple[Span, Place]]) -> Iterator[Finding]:
    """The days between one version's last and the next one's first."""
    ordered = sorted(spans, key=lambda pair: str(pair[0].start or ""))
    for (before, _place), (after, place) in pairwise(ordered):
        if before.end and after.start and after.start - before.end > ONE_DAY:
            yield Finding(
                place,
                f"{name} says nothing from {before.end + ONE_DAY} through "
                f"{after.start - ONE_DAY}.",
            )


@check("L041", "value-ends-early", "warning", "A value ends before its policy")
def value_ends_early(asked: Asked) -> Iterator[Finding]:
    """Values whose last amount ends while the policy goes on."""
    for policy in deciding(asked.model):
        for value in policy.values:
            ends = [amount.span.end for amount in value.amounts]
            last = max((e for e in ends if e), default=None)
            if None in ends or last is None:
                continue
            if policy.span.end is None or last < policy.span.end:
                yield Finding(
                    value.place,
                    f"`{value.name}` ends on {last}, and `{policy.path}` does not: after "
                    "it every rule that uses it is unknown.",
                )


@check("L042", "rule-ends-open", "note", "A rule ends and nobody says what follows")
def rule_ends_open(asked: Asked) -> Iterator[Finding]:
    """Rules that end before their policy without `then ended` or a later version."""
    for policy in deciding(asked.model):
        names = Counter(rule.name for rule in policy.rules)
        for rule in policy.rules:
            over = rule.span.end is not None and rule.span.end != policy.span.end
            alone = names[rule.name] == 1
            if over and alone and not rule.span.ended and rule.origin == policy.path:
                yield Finding(
                    rule.place,
                    f"`{rule.name}` ends on {rule.span.end}; claims after it are unknown. "
                    "If nothing follows, say so.",
                    f"in force: through {rule.span.end} then ended",
                )


@check("L050", "fact-unused", "note", "A fact that no rule asks for")
def fact_unused(asked: Asked) -> Iterator[Finding]:
    """Facts that are declared and never used."""
    used = {
        f
        for policy in asked.model.policies
        for r in policy.rules
        for f in facts(r.tree)
    }
    for fact in asked.model.facts:
        if fact.key not in used:
            yield Finding(fact.place, f"No rule asks for `{fact.key}`.")


@check(
    "L051", "fact-without-question", "warning", "A fact does not say how to ask for it"
)
def fact_without_question(asked: Asked) -> Iterator[Finding]:
    """Facts without `ask:` or `where:`."""
    for fact in asked.model.facts:
        missing = [
            label
            for label, text in (("where", fact.where), ("ask", fact.ask))
            if not text
        ]
        if missing:
            labels = " and ".join(f"`{label}:`" for label in missing)
            yield Finding(fact.place, f"`{fact.key}` has no {labels}.")


@check("L052", "title-with-period", "note", "A title ends like a sentence")
def title_with_period(asked: Asked) -> Iterator[Finding]:
    """Titles that end in a period."""
    for _policy, rule in own_rules(asked.model):
        if rule.title.endswith("."):
            yield Finding(rule.place, f"The title of `{rule.name}` ends in a period.")


@check("L053", "prose-too-long", "note", "Prose longer than a reader has time for")
def prose_too_long(asked: Asked) -> Iterator[Finding]:
    """Prose of more than two thousand characters."""
    for policy in asked.model.policies:
        written = [(policy.prose, policy.place)]
        written += [(rule.prose, rule.place) for rule in policy.rules]
        for prose, place in written:
            if len(prose) > LONGEST_PROSE:
                yield Finding(place, f"The prose here has {len(prose)} characters.")


@check("L060", "payer-without-names", "warning", "A payer that no claim can name")
def payer_without_names(asked: Asked) -> Iterator[Finding]:
    """Payers without ids, filing indicators or other names."""
    for payer in asked.model.payers:
        if not (payer.identifiers or payer.filing or payer.also_called):
            yield Finding(
                payer.place,
                f"A claim can name `{payer.key}` only by its key or title. Add `ids:`, "
                "`filing:` or `also called:`.",
            )


@check("L061", "state-of-two-contractors", "error", "A state with two contractors")
def state_of_two_contractors(asked: Asked) -> Iterator[Finding]:
    """States that two contractors of one payer claim."""
    seen: dict[tuple[str, str], str] = {}
    for contractor in asked.model.contractors:
        for state in contractor.states:
            other = seen.setdefault((contractor.payer, state), contractor.key)
            if other != contractor.key:
                yield Finding(
                    contractor.place,
                    f"{state} belongs to `{other}` and to `{contractor.key}`.",
                )
