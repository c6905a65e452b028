"""Scenarios compiled: a worked claim in the claim's JSON form, and what to expect."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from dsl.base.diagnostics import Reporter, did_you_mean
from dsl.base.did_you_mean import value_meant
from dsl.base.model import Fact, Json, Scenario
from dsl.compile.single_tests import CLAIM_DAYS
from dsl.resolve.codes import BILLED, CARC
from dsl.resolve.context import Context
from dsl.resolve.sizes import DEEPEST_LIKE, MOST_ROWS
from dsl.resolve.values import iso, read_date, read_number
from dsl.resolve.vocabulary import (
    CLAIM_FIELDS,
    NPI_FIELDS,
    Sited,
    choose,
    lines_of,
    prose_of,
    reason_code_meant,
    word_under,
)
from dsl.syntax import nodes as n

NO_CHOICE = "none"
"""What a choice fact may be besides its words: the chart gives none of them."""
CLAIM_PAIRS = (
    *CLAIM_FIELDS, *NPI_FIELDS, "plan-year-start", "date", "kind", "history", "reach",
    "chart", "frequency", "replaces", "received", "requested", "patient", "dx",
)  # fmt: skip
LINE_PAIRS = ("dx", "units", "place", "date", "level", "rendering", "authorization")
EARLIER_PAIRS = ("dx", "units", "level", "rendering", "status", "claim")
OWN_FIELDS = ("place", "state", "plan", "payer", "authorization")
ABOUT = (
    *CLAIM_FIELDS, *CLAIM_DAYS, "history", "level", "side", "diagnosis", "rule-ended",
    "npi", "plan-year-start",
)  # fmt: skip
"""What an expectation may be about beside facts and groupings."""
STATUSES = ("met", "not met", "exempt", "not applicable", "not in scope", "gap")


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


def value_of(pair: n.Pair) -> str:
    """The words of a pair, as one text."""
    return " ".join(word.text for word in pair.values)


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


def check_fact(pair: n.Pair, context: Context, report: Reporter) -> None:
    """Report a fact that is not declared, or a value that it cannot have."""
    fact = context.words.facts.get(pair.name.text)
    if fact is None:
        near = context.near(pair.name.text, "fact", also=LINE_PAIRS)
        if pair.name.text in ("diagnosis", "diagnoses", "icd", "icd-10"):
            near = "dx"
        report.at(
            pair.name,
            "P010",
            f"`{pair.name.text}` is no fact. Write the name of a declared fact, or of a part "
            f"of a line: {', '.join(LINE_PAIRS)}.",
            fix=near,
        )
        return
    value = value_of(pair)
    shapes = {
        "yes-no": "yes|no",
        "duration": r"\d+(\.\d+)? (days?|weeks?|months?|years?)",
        "percent": r"\d+(\.\d+)? percent",
        "number": r"\d+(\.\d+)?",
        "money": r"\d+(\.\d\d?)? dollars?",
        "choice": "|".join(map(re.escape, (*fact.choices, NO_CHOICE))),
        "date": r"\d{4}-\d\d-\d\d",
        "text": ".+",
    }
    if value != "unknown" and not re.fullmatch(shapes[fact.kind], value):
        first = pair.values[0]
        report.at(
            n.Word(value, first.line, first.column),
            "P017",
            f"`{value}` is no value of `{fact.key}`, which is a {fact.kind}; "
            f"write it like {example_of(fact)}.",
            fix=did_you_mean(value, fact.choices) or value_meant(value, fact.kind),
        )


def example_of(fact: Fact) -> str:
    """A value that a fact could have, as a scenario writes it."""
    examples = {
        "yes-no": "yes",
        "duration": "4 weeks",
        "percent": "50 percent",
        "number": "4",
        "money": "500 dollars",
        "choice": " or ".join(dict.fromkeys((*fact.choices, NO_CHOICE))),
        "date": "2026-01-31",
        "text": "some words",
    }
    return f"`{examples[fact.kind]}`"


def split_billed(word: n.Word, report: Reporter) -> tuple[str, list[str]]:
    """A code with its modifiers: ``64483-RT-59``."""
    match = BILLED.fullmatch(word.text)
    if not match:
        report.at(
            word,
            "P012",
            f"`{word.text}` is no billed code. Write the code, then modifiers after "
            "hyphens: 64483-RT-59.",
            fix=billed_meant(word.text),
        )
        return word.text, []
    return match[1], [m for m in match[2].split("-") if m]


def billed_meant(text: str) -> str:
    """A billed code with hyphens before its modifiers; nothing where it is not one then."""
    spaced = re.sub(r"[^0-9A-Z]", "", text.upper())
    parts = re.fullmatch(r"(\d{4}[0-9A-Z]|[A-Z]\d{4})((?:[0-9A-Z]{2})*)", spaced)
    return "-".join([parts[1], *re.findall("..", parts[2])]) if parts else ""


def report_unmatched(line: n.Billed, report: Reporter) -> None:
    """Report ``lines 1-3:`` with fewer or more codes than lines."""
    codes = line.unmatched
    report.at(
        codes[-1],
        "P031",
        f"Each of these lines has a code of its own, in order; here "
        f"{'is one code' if len(codes) == 1 else f'are {len(codes)} codes'}. Write as many "
        "codes as lines: `lines 1-3: 64483, 64484, 64484, dx M54.16`.",
    )


def line_number(word: n.Word, report: Reporter) -> int | str | None:
    """The number of a line; a range that does not go upwards is reported."""
    if "-" in word.text:
        report.at(
            word,
            "P033",
            f"`{word.text}` is no range of lines. Write the first and the last with a hyphen "
            "between, as in `lines 1-3`, or each with commas: `lines 1, 3`.",
        )
        return None
    return read_number(word, report)


def line_json(line: n.Billed, context: Context, report: Reporter) -> Json:
    """One claim line."""
    if line.unmatched:
        report_unmatched(line, report)
    code, modifiers = split_billed(line.code, report)
    number = line_number(line.number, report)
    found: Json = {"line": number or 1, "code": code, "modifiers": modifiers}
    put_pairs(found, line.pairs, LINE_PAIRS, context, report)
    return found


def earlier_json(line: n.EarlierLine, context: Context, report: Reporter) -> list[Json]:
    """One row of the history for each date."""
    code, modifiers = split_billed(line.code, report)
    rows = []
    for day in line.dates:
        row: Json = {
            "date": iso(read_date(day, report)),
            "code": code,
            "modifiers": modifiers,
            "status": "paid",
        }
        put_pairs(row, line.pairs, EARLIER_PAIRS, context, report)
        rows.append(row)
    return rows


def put_pairs(
    row: Json,
    pairs: tuple[n.Pair, ...],
    known: tuple[str, ...],
    context: Context,
    report: Reporter,
) -> None:
    """Write the pairs of a claim line or of an earlier service."""
    for pair in pairs:
        key = pair.name.text
        if key == "dx":
            row["diagnoses"] = [word.text for word in pair.values]
        elif key == "date":
            row["date"] = iso(read_date(pair.values[0], report))
        elif key == "units":
            row["units"] = read_number(pair.values[0], report) or 1
        elif key in known:
            row[key] = value_of(pair)
        else:
            check_fact(pair, context, report)
            if value_of(pair) != "unknown":
                row.setdefault("facts", {})[key] = value_of(pair)


def expectations(line: n.Expect, context: Context, report: Reporter) -> list[Json]:
    """What must come out, as ``docs/ir.md`` tells: of each rule that the line names."""
    is_status = line.result in STATUSES
    result = line.result.replace(" ", "-")
    for rule in line.by if line.under is None else ():
        check_rule_name(rule, context, report)
    words = context.words
    for word in line.about:
        known = word.text in words.facts or word.text in words.groupings
        if not known and word.text not in ABOUT:
            report.at(
                word,
                "P010",
                f"`{word.text}` is no fact.",
                fix=context.near(word.text, "fact", also=(*words.groupings, *ABOUT)),
            )
    if line.carc is not None and not CARC.fullmatch(line.carc.text):
        report_no_carc(line.carc, line.result, report)
    if is_status and not line.by:
        report.at(
            line.line or n.Word("expect", 0, 1),
            "P031",
            f"`{line.result}` is the status of a rule; say which. Write `{line.result} by` and "
            "the name of the rule.",
        )
    number = line_number(line.line, report) if line.line else None
    counted = read_number(line.counted, report) if line.counted else None
    found: Json = {
        "line": number,
        "outcome": result if result and not is_status else None,
        "status": result if is_status else None,
        "carc": line.carc.text if line.carc else None,
        "by": None,
        "under": line.under.text if line.under else None,
        "about": sorted(word.text for word in line.about),
        "counted": counted,
        "next_date": iso(read_date(line.next_date, report)) if line.next_date else None,
    }
    return [{**found, "by": rule.text} for rule in line.by] or [found]


def report_no_carc(word: n.Word, result: str, report: Reporter) -> None:
    """Report what stands where a reason code may stand, or is the end of a longer word."""
    before = report.text_of(word.line)[: word.column - 1]
    if before.endswith(result.rpartition(" ")[2]):
        whole = before.split()[-1] + word.text
        report.at(
            n.Word(whole, word.line, word.column - len(whole) + len(word.text)),
            "P001",
            f"I cannot read `{whole}` here. I expected an outcome, such as `{result}`.",
            fix=result.rpartition(" ")[2],
        )
        return
    report.at(
        word,
        "P012",
        f"`{word.text}` is no reason code; write it like CO-151.",
        fix=reason_code_meant(word.text),
    )


def check_rule_name(word: n.Word, context: Context, report: Reporter) -> None:
    """Report an expectation about a rule that is not there."""
    assert context.effective
    kinds = ("rule", "gap")
    if not any(word.text in context.of_kind(kind) for kind in kinds):
        near = context.near(word.text, *kinds)
        message = (
            f"There is no rule `{word.text}` here. Write the name of a rule or gap."
        )
        report.at(word, "P010", message, fix=near)
