"""Scenarios compiled: a worked claim in the claim's JSON form, and what to expect."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from dsl.base.diagnostics import Reporter, did_you_mean
from dsl.base.model import Json, Scenario
from dsl.compile.expectations import expectations
from dsl.compile.scenario_lines import OWN_FIELDS, earlier_json, line_json
from dsl.compile.scenario_pairs import check_fact, value_of
from dsl.compile.single_tests import CLAIM_DAYS
from dsl.resolve.context import Context
from dsl.resolve.sizes import DEEPEST_LIKE, MOST_ROWS
from dsl.resolve.values import iso, read_date
from dsl.resolve.vocabulary import (
    CLAIM_FIELDS,
    NPI_FIELDS,
    Sited,
    choose,
    lines_of,
    prose_of,
    word_under,
)
from dsl.syntax import nodes as n

CLAIM_PAIRS = (
    *CLAIM_FIELDS, *NPI_FIELDS, "plan-year-start", "date", "kind", "history", "reach",
    "chart", "frequency", "replaces", "received", "requested", "patient", "dx",
)  # fmt: skip


@dataclass(slots=True)
class Worked:
    """The claim of a scenario while ``like:`` chains are merged into it."""

    claim: dict[str, n.Pair] = field(default_factory=dict)
    chart: dict[str, n.Pair] = field(default_factory=dict)
    lines: dict[str, n.Billed] = field(default_factory=dict)
    earlier: list[n.EarlierLine] = field(default_factory=list)
    depth: int = 0
    """How many scenarios it is like, one after the other."""


Held = dict[str, Worked | None]
"""Claims of a policy's scenarios by name; ``None`` for one that cannot be worked."""


def compile_scenario(sited: Sited, context: Context, held: Held) -> Scenario | None:
    """A scenario, or ``None`` when it cannot be run (reported).

    ``held`` keeps what was worked for the scenarios that are like it.
    """
    report = sited.report.within(*sited.report.trail, sited.name)
    worked = merge(sited, context, held)
    if worked is not None and not has_room(of_all_lines(sited, worked), sited, context):
        return None
    expect = tuple(
        found
        for written in lines_of(sited.item, n.Expect)
        for line in of_each_line(written, worked)
        for found in expectations(line, context, report)
    )
    if worked is None:
        return None
    claim = claim_json(sited.name, worked, sited, context, report)
    if sited.item.broken:
        return None
    if not expect:
        report.at(
            sited.item.name,
            "P020",
            "A line `expect:` is missing. Write what must come out, such as "
            "`expect: line 1 pass`, or `expect: line 1 met by` and a rule.",
        )
    return Scenario(
        name=sited.name,
        title=sited.item.title.text,
        claim=claim,
        expect=expect,
        prose=prose_of(sited.item),
        place=sited.place(),
        origin=sited.origin,
    )


def of_all_lines(sited: Sited, worked: Worked) -> int:
    """How many expectations a scenario's ``every line`` comes to."""
    every = sum(line.every is not None for line in lines_of(sited.item, n.Expect))
    return every * len(worked.lines)


def has_room(rows: int, sited: Sited, context: Context) -> bool:
    """Whether the policy's scenarios may take as much more; the first that may not is told."""
    before, context.rows = context.rows, context.rows + rows
    if before <= MOST_ROWS < context.rows:
        sited.report.at(
            sited.item.name,
            "P037",
            f"With `{sited.name}`, the scenarios of this policy take more than {MOST_ROWS:,} "
            "lines from those that they are like, or expect as much of every line. Write "
            "smaller scenarios.",
        )
    return context.rows <= MOST_ROWS


def of_each_line(line: n.Expect, worked: Worked | None) -> Iterable[n.Expect]:
    """What is expected of every line of the claim, or of the one that it names."""
    at = line.every
    if at is None or worked is None:
        return (line,)
    numbers = (n.Word(number, at.line, at.column) for number in worked.lines)
    return (replace(line, line=number) for number in numbers)


def merge(sited: Sited, context: Context, held: Held) -> Worked | None:
    """The scenario's claim over that of the one that it is like."""
    chain: dict[str, Sited] = {}
    base: Sited | None = sited
    while base is not None and base.name not in held and base.name not in chain:
        chain[base.name] = base
        like = word_under(base.item, "like")
        base = context.of_kind("scenario").get(like.text) if like else None
    for one in reversed(chain.values()):
        held[one.name] = over_its_base(one, context, held)
    return held[sited.name]


def over_its_base(sited: Sited, context: Context, held: Held) -> Worked | None:
    """A scenario's own lines over those of its base, which is worked already."""
    like = word_under(sited.item, "like")
    worked: Worked | None = Worked()
    if like is not None:
        base = held.get(like.text)
        room = base is not None and has_room(size_of(base), sited, context)
        worked = copy_of(base) if base and room else None
        known = context.of_kind("scenario")
        if like.text not in held:
            sited.report.at(
                like,
                "P026" if like.text in known else "P010",
                f"There is no other scenario `{like.text}` to be like.",
                fix=context.near(like.text, "scenario"),
            )
        elif worked and worked.depth > DEEPEST_LIKE:
            worked = None
            sited.report.at(
                like,
                "P037",
                f"`{sited.name}` is the last of {DEEPEST_LIKE + 2} scenarios that are like "
                f"each other; at most {DEEPEST_LIKE + 1} may be. Write out what it needs.",
            )
    if worked is not None:
        add_lines(sited.item, worked)
    return worked


def size_of(base: Worked) -> int:
    """Lines and pairs that a scenario takes from the one that it is like."""
    return len(base.claim) + len(base.chart) + len(base.lines) + len(base.earlier)


def copy_of(base: Worked) -> Worked:
    """A base's claim for a scenario to put its lines over."""
    return Worked(
        dict(base.claim),
        dict(base.chart),
        dict(base.lines),
        list(base.earlier),
        base.depth + 1,
    )


def add_lines(item: n.Item, worked: Worked) -> None:
    """Put a scenario's own lines over what it inherits."""
    earlier = list(lines_of(item, n.EarlierLine))
    worked.earlier = earlier or worked.earlier
    for billed in lines_of(item, n.Billed):
        worked.lines[billed.number.text] = billed
    for pairs in lines_of(item, n.Pairs):
        held = worked.claim if pairs.label == "claim" else worked.chart
        held.update({pair.name.text: pair for pair in pairs.pairs})


def claim_json(
    name: str, worked: Worked, sited: Sited, context: Context, report: Reporter
) -> Json:
    """The claim in its JSON form."""
    claim: Json = {"claim": name, "patient": "patient-1", **defaults(context)}
    for key, pair in worked.claim.items():
        put_claim_pair(claim, key, pair, report)
    facts: Json = {}
    for key, pair in worked.chart.items():
        put_chart_pair(claim, facts, key, pair, context, report)
    if facts:
        claim["facts"] = facts
    claim["lines"] = [
        line_json(line, context, report) for line in worked.lines.values()
    ]
    own = word_under(sited.item, "like") is None
    if not claim["lines"] and own and not sited.item.broken:
        report.at(
            sited.item.name,
            "P020",
            "A line `line 1:` is missing. Write the code that is billed, with its diagnosis: "
            "`line 1: 64483-RT, dx M54.16`.",
        )
    state = claim.pop("history", "complete")
    reach = claim.pop("reach", "all-billers")
    history = [
        row for line in worked.earlier for row in earlier_json(line, context, report)
    ]
    claim["history"] = {"state": state, "reach": reach, "lines": history}
    return claim


def defaults(context: Context) -> Json:
    """Payer, state and plan of the policy that the scenario runs for."""
    assert context.effective
    head = context.effective.draft.head.item
    found: Json = {}
    payer, plan = word_under(head, "payer"), word_under(head, "plans")
    if payer and payer.text != "any":
        found["payer"] = payer.text
    if states := states_of(head, context):
        found["state"] = states[0]
    if plan:
        found["plan"] = plan.text
    return found


def states_of(head: n.Item, context: Context) -> tuple[str, ...]:
    """States of the policy, its contractor's when it names none itself."""
    own = [
        w.text
        for x in lines_of(head, n.WordsLine)
        if x.label == "states"
        for w in x.words
    ]
    if own:
        return tuple(sorted(set(own)))
    contractor = word_under(head, "contractor")
    known = context.words.contractors.get(contractor.text) if contractor else None
    return known.states if known else ()


def put_claim_pair(claim: Json, key: str, pair: n.Pair, report: Reporter) -> None:
    """Write one pair of ``claim:``."""
    if key not in CLAIM_PAIRS:
        report.at(
            pair.name,
            "P003",
            f"`{key}` is nothing that a scenario's claim says. It says: "
            f"{', '.join(CLAIM_PAIRS)}; facts go to `chart:`.",
            fix=did_you_mean(key, CLAIM_PAIRS),
        )
    elif value_of(pair) == "unknown" and key not in ("history", "chart"):
        forget(claim, key)
    elif key == "dx":
        claim["diagnoses"] = [word.text for word in pair.values]
    elif key in ("date", *CLAIM_DAYS):
        claim[key] = iso(read_date(pair.values[0], report))
    elif key == "kind":
        claim["type"] = choose(
            pair.values[0], ("professional", "facility"), "kind of claim", report
        )
    elif (
        key in (*CLAIM_FIELDS, *NPI_FIELDS, "plan-year-start") and key not in OWN_FIELDS
    ):
        claim.setdefault("fields", {})[key] = value_of(pair)
    else:
        claim[key] = value_of(pair)


def forget(claim: Json, key: str) -> None:
    """Take what a scenario inherits of its claim away again."""
    claim.pop(key, None)
    claim.get("fields", {}).pop(key, None)


def put_chart_pair(
    claim: Json, facts: Json, key: str, pair: n.Pair, context: Context, report: Reporter
) -> None:
    """Write one pair of ``chart:``: a fact, or a field that the chart tells."""
    if key in CLAIM_FIELDS and key not in context.words.facts:
        put_claim_pair(claim, key, pair, report)
        return
    check_fact(pair, context, report)
    if value_of(pair) != "unknown":
        facts[key] = value_of(pair)
