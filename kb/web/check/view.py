"""An answer as the page shows it: the headline first, what is behind it folded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from kb.claims.model import Claim
from kb.engine.judge.answer import ClaimAnswer, LimitState, LineAnswer, RuleResult
from kb.engine.judge.evaluate import Engine
from kb.engine.report.checklist import Document, of_claim
from kb.engine.report.claim_sentences import Said, billed_words, tell
from kb.engine.report.counts import is_told, said
from kb.engine.report.explain import explain
from kb.engine.report.findings import report
from kb.engine.report.footer import short
from kb.engine.report.line_text import is_in
from kb.engine.report.line_text import is_told as stands_alone
from kb.engine.report.sentences import (
    CLEAN,
    do_finding,
    raised,
    say_finding,
)
from kb.engine.report.to_pass import to_pass
from kb.engine.report.unknown import by_reason
from kb.engine.report.wanted import Need
from kb.engine.report.words import (
    ask_of,
    billed,
    deciding_citation,
    in_titles,
    payer_of,
    source_text,
    title_of,
    words_of,
)
from kb.indented import indented
from kb.web.check.fields import THIS_CLAIM
from kb.web.check.timeline import Timeline, timeline_of

OF_TABLES = "tables/"
"""How the names of rows of CMS's tables begin."""
GIVEN_ON_THE_CLAIM = {
    "history": "history.lines[0].date",
    "level": "lines[0].level",
    "side": "lines[0].modifiers",
    "state": "state",
    "plan": "plan",
    "place": "place",
    "diagnosis": "diagnoses",
    "authorization": "authorization",
    "received": "received",
    "requested": "requested",
    "provider": "lines[0].rendering",
    "performer": "fields.performer",
    "network": "fields.network",
    "plan-year-start": "fields.plan-year-start",
}
"""What an open rule asks of the claim itself, and the field of the form that says it."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule is written."""

    text: str
    path: str
    """The rule on its policy's page; empty where it has none."""
    title: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What objects on a line."""

    outcome: str
    say: str
    do: str
    codes: str
    source: Source


@dataclass(frozen=True, slots=True)
class Limit:
    """How far a limit is used, and when one more is allowed."""

    say: str
    status: str
    counts: bool
    """Whether it has a number; an interval has none."""
    left: int | None
    next_date: date | None
    timeline: Timeline
    source: Source


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the claim."""

    number: int
    billed: str
    date: date
    outcome: str
    say: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """Something that is not known yet, with how many open rules it would settle."""

    name: str
    """The field of the form."""
    title: str
    ask: str
    where: str
    kind: str
    choices: tuple[str, ...]
    settles: int


@dataclass(frozen=True, slots=True)
class Group:
    """Rules of one status, told when asked for."""

    title: str
    rules: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class WouldPass:
    """What has to be so, and what the claim then comes to."""

    needs: tuple[Need, ...]
    outcome: str
    say: str


@dataclass(frozen=True, slots=True)
class Shown:
    """The answer to one claim."""

    claim: str
    payer: str
    outcome: str
    as_billed: str
    """How it stands without the chart, where that is something else."""
    say: str
    do: str
    lines: tuple[Line, ...]
    limits: tuple[Limit, ...]
    chart: tuple[Document, ...]
    asked: tuple[Asked, ...]
    lacking: tuple[Asked, ...]
    """What the claim itself could say."""
    not_judged: tuple[str, ...]
    groups: tuple[Group, ...]
    policies: tuple[Source, ...]
    receipt: str
    text: str
    json: str
    would_pass: WouldPass | None = None
    """Only where it was asked for."""


def would_pass(claim: Claim, engine: Engine) -> WouldPass:
    """What would make a claim pass, in words."""
    found = to_pass(claim, engine.taking_any_facts())
    said = tell(found.answer, engine).claim.say
    return WouldPass(found.needs, found.answer.outcome, in_titles(said, engine))


def shown(answer: ClaimAnswer, engine: Engine) -> Shown:
    """The answer as the page shows it."""
    told = tell(answer, engine)
    differs = answer.outcome != answer.as_billed
    as_billed = billed_words(answer, engine) if differs else ""
    if is_in(as_billed, told.claim.say):
        as_billed = ""
    return Shown(
        claim="" if answer.claim == THIS_CLAIM else answer.claim,
        payer=payer_of(answer, engine),
        outcome=answer.outcome,
        as_billed=as_billed,
        say=in_titles(told.claim.say, engine),
        do=in_titles(told.claim.do, engine),
        lines=tuple(
            line_of(line, own, told.claim, engine)
            for line, own in zip(answer.lines, told.lines, strict=True)
        ),
        limits=tuple(limits_of(answer, engine)),
        chart=of_claim(answer, engine),
        asked=tuple(asked_of(answer, engine)),
        lacking=tuple(lacking_of(answer, engine)),
        not_judged=tuple(not_judged_of(answer, engine)),
        groups=tuple(groups_of(answer, engine)),
        policies=policies_of(answer, engine),
        receipt=receipt_of(answer),
        text=explain(answer, engine, verbose=True),
        json=indented(report([answer], [], engine), 2),
    )


def line_of(line: LineAnswer, told: Said, of_claim_: Said, engine: Engine) -> Line:
    """One line with what objects to it."""
    found = [
        finding_of(result, line, of_claim_, engine)
        for result in raised(line)
        if stands_alone(result)
    ]
    say = "" if is_in(told.say, of_claim_.say) else told.say
    return Line(
        line.number,
        billed(line),
        line.date,
        line.outcome,
        in_titles(say, engine),
        tuple(found),
    )


def finding_of(
    result: RuleResult, line: LineAnswer, told: Said, engine: Engine
) -> Finding:
    """What one rule says, without what the headline tells already."""
    words = words_of(result.rule, engine)
    denied = result.status == "not-met"
    codes = " ".join(filter(None, (words.carc, *words.rarc))) if denied else ""
    say, do = say_finding(result, line, engine), do_finding(result, line, engine)
    return Finding(
        result.outcome,
        "" if is_in(say, told.say) else in_titles(say, engine),
        "" if is_in(do, told.do) else in_titles(do, engine),
        codes,
        source_of(result.rule, engine),
    )


def source_of(rule: str, engine: Engine) -> Source:
    """Where a rule is written, and its page."""
    words = words_of(rule, engine)
    version, _, name = rule.partition("#")
    cited = source_text(words) if deciding_citation(words) else ""
    # A row of CMS's tables is nowhere a page of its own.
    path = "" if version.startswith(OF_TABLES) else f"/policy/{version}#rule-{name}"
    return Source(cited, path, title_of(words))


def limits_of(answer: ClaimAnswer, engine: Engine) -> Iterator[Limit]:
    """The limits over time, each once a claim, those that are used up first."""
    told: dict[tuple[str, str], Limit] = {}
    for line in answer.lines:
        for state in filter(is_told, line.limits):
            told[state.rule, said(state)] = limit_of(state, engine)
    yield from sorted(
        told.values(), key=lambda one: (one.status != "not-met", not one.counts)
    )


def limit_of(state: LimitState, engine: Engine) -> Limit:
    """One limit with its line of days."""
    return Limit(
        said(state),
        state.status,
        state.arithmetic.limit is not None,
        state.left,
        state.next_date,
        timeline_of(state),
        source_of(state.rule, engine),
    )


def asked_of(answer: ClaimAnswer, engine: Engine) -> Iterator[Asked]:
    """Facts of the chart, the one that settles most first of those equally grave."""
    documents = of_claim(answer, engine)
    points = {
        point.fact: (point, doc.name) for doc in documents for point in doc.points
    }
    for fact in dict.fromkeys(fact for line in answer.lines for fact in line.chart):
        if fact not in points:
            continue
        point, document = points[fact]
        words = engine.program.facts[fact]
        yield Asked(
            f"facts.{fact}",
            point.title,
            point.ask,
            document,
            words.kind,
            words.choices,
            len(point.rules),
        )


def lacking_of(answer: ClaimAnswer, engine: Engine) -> Iterator[Asked]:
    """What the claim itself could say, by how many open rules ask for it."""
    rules: dict[str, set[str]] = {}
    for result in (r for line in answer.lines for r in line.results):
        if result.status == "unknown" and result.outcome not in CLEAN:
            for name in result.about:
                if name in GIVEN_ON_THE_CLAIM:
                    rules.setdefault(name, set()).add(result.rule)
    for name, asking in sorted(rules.items(), key=lambda one: (-len(one[1]), one[0])):
        field = GIVEN_ON_THE_CLAIM[name]
        yield Asked(field, name, ask_of(name, engine), "Claim", "", (), len(asking))


def not_judged_of(answer: ClaimAnswer, engine: Engine) -> Iterator[str]:
    """Questions that nothing answered, each once."""
    told = dict.fromkeys(
        reason for line in answer.lines for reason in by_reason(line.not_judged)
    )
    return (in_titles(reason, engine) for reason in told)


def groups_of(answer: ClaimAnswer, engine: Engine) -> Iterator[Group]:
    """Every rule in scope by what became of it."""
    results = [result for line in answer.lines for result in line.results]
    asks = (r for r in results if r.status == "unknown" and r.outcome != "pass")
    quiet = (
        r
        for r in results
        if r.status in ("not-applicable", "exempt")
        or (r.status == "unknown" and r.outcome == "pass")
    )
    kinds = {
        "Met": (r for r in results if r.status == "met"),
        "Would ask": asks,
        "Not asked": quiet,
        "Open points": (r for r in results if r.status == "gap"),
    }
    for title, found in kinds.items():
        if rules := named(found, engine):
            yield Group(title, rules)


def named(results: Iterable[RuleResult], engine: Engine) -> tuple[Source, ...]:
    """Rules, each once."""
    return tuple(
        source_of(rule, engine) for rule in dict.fromkeys(r.rule for r in results)
    )


def policies_of(answer: ClaimAnswer, engine: Engine) -> tuple[Source, ...]:
    """The policies that were asked, by their titles."""
    titles = {policy.id: policy.title for policy in engine.program.policies}
    named = (
        Source(name, f"/policy/{name}", titles.get(name) or name)
        for name in answer.searched.policies
    )
    return tuple(sorted(named, key=lambda one: (one.title, one.text)))


def receipt_of(answer: ClaimAnswer) -> str:
    """What the answer was made from, in one line."""
    made = answer.receipt
    return (
        f"knowledge base {short(made.database)}, claim {short(made.claim)}, "
        f"engine {made.engine}, language {made.language}"
    )
