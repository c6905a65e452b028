"""A line's answer with what the tables say of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from kb.claims.model import Claim
from kb.engine.judge.answer import (
    LineAnswer,
    NotJudged,
    Outcome,
    Question,
    RuleResult,
    TableSource,
)
from kb.engine.judge.outcome import RANK, headline
from kb.engine.judge.silence import UNASKED
from kb.engine.judge.situation import Situation
from kb.engine.judge.tables.add_ons import add_ons_of
from kb.engine.judge.tables.against import Rules, with_contradictions
from kb.engine.judge.tables.caps import caps_of
from kb.engine.judge.tables.diagnoses import diagnoses_of
from kb.engine.judge.tables.doubles import told_once
from kb.engine.judge.tables.finding import (
    BINDING,
    WITHOUT_CODE_SETS,
    Finding,
    binds,
    business_of,
    in_words,
    is_whole,
    of_day,
    setting_of,
)
from kb.engine.judge.tables.modifiers import OF_INTEREST, modifiers_of
from kb.engine.judge.tables.pairs import pairs_of
from kb.engine.judge.tables.rules import ASKED, TableRules
from kb.tables.model import Edition, Kind, Setting


def with_tables(
    answer: LineAnswer, at: Situation, policies: Rules, rules: TableRules
) -> LineAnswer:
    """The answer with what the tables add: findings, and what they do not judge."""
    found = list(findings_of(at, rules))
    if not binding(at):
        found, told = decided_by_code_sets(found, at)
    else:
        told = []
        found = with_contradictions(found, answer.results, at, policies, rules.tables)
    results = [(one, result_of(one, rules)) for one in found]
    outcomes = [one.outcome for one in found]
    outcome = headline((answer.outcome, *outcomes))
    billed = headline((answer.as_billed, *outcomes))
    stricter = RANK[outcome] < min(RANK[answer.outcome], RANK["unknown"])
    return replace(
        answer,
        outcome=outcome,
        as_billed=billed,
        results=told_once(answer.results, results, policies)
        if found
        else answer.results,
        reason="" if stricter else answer.reason,
        chart=() if outcome == "deny" else answer.chart,
        not_judged=tuple(left_open(answer, at, rules, told)),
    )


def findings_of(at: Situation, rules: TableRules) -> Iterator[Finding]:
    """What each table says of a line."""
    yield from edits_of(at, rules)
    yield from diagnoses_of(at, rules.tables)


def edits_of(
    at: Situation, rules: TableRules, *, capped: bool = True, scheduled: bool = True
) -> Iterator[Finding]:
    """What the tables say that a payer may have others of its own for.

    ``capped`` or ``scheduled`` false: caps, or the fee schedule, are known to object to
    nothing.
    """
    tables, setting = rules.tables, setting_of(at)
    yield from pairs_of(at, setting, tables)
    if capped:
        yield from caps_of(at, setting, tables)
    yield from add_ons_of(at, tables)
    if scheduled:
        yield from modifiers_of(at, tables)


def outcome_of_edits(
    at: Situation, rules: TableRules, *, capped: bool, scheduled: bool
) -> Outcome:
    """The strictest outcome of these, for a payer whom they bind."""
    found = edits_of(at, rules, capped=capped, scheduled=scheduled)
    return headline(one.outcome for one in found)


def binding(at: Situation) -> bool:
    """Whether the line's payer is one whose claims the tables decide."""
    return business_of(at.payer, at.program) == BINDING


def decided_by_code_sets(
    found: list[Finding], at: Situation
) -> tuple[list[Finding], list[Finding]]:
    """What holds for any payer, and what is only told: its own edits are not known."""
    business = business_of(at.payer, at.program)
    own: list[Finding] = []
    told: list[Finding] = []
    for one in found:
        if one.question == "codes" and business not in WITHOUT_CODE_SETS:
            own.append(one)
        elif one.outcome != "pass":
            told.append(one)
    return own, told


def result_of(found: Finding, rules: TableRules) -> RuleResult:
    """A finding in the form of a rule's result."""
    edition = found.edition
    return RuleResult(
        rules.speak(found),
        found.status,
        found.outcome,
        because=found.because,
        with_lines=found.with_lines,
        do=found.do,
        table=TableSource(
            kind=edition.kind,
            setting=edition.setting,
            edition=edition.name,
            first_day=edition.first_day,
            last_day=edition.last_day,
            sha256=edition.sha256,
            shipped=edition.shipped,
            source=edition.source,
        ),
    )


# ---------- what is not judged ----------


def left_open(
    answer: LineAnswer, at: Situation, rules: TableRules, told: list[Finding]
) -> Iterator[NotJudged]:
    """The open questions of a line, those of tables by the edition that is lacking."""
    given = answer.not_judged
    if any(one.question == "everything" for one in given):
        yield from given
        return
    lacking = dict(lacking_editions(at, rules))
    if not binding(at):
        yield from of_other_payers(given, lacking, told)
        return
    for one in given:
        if UNASKED.get(one.question) != one.why or one.question not in OF_TABLES:
            yield one
    settled = {one.question for one in given} | settled_by(at, rules)
    for question, why in lacking.items():
        unasked = any(UNASKED.get(question) == one.why for one in given)
        if unasked or question not in settled:
            yield NotJudged(question, why)


OF_TABLES: tuple[Question, ...] = ("pairs", "units")
"""Questions of tables that policies may ask too."""


def settled_by(at: Situation, rules: TableRules) -> set[Question]:
    """The questions that are answered for the line's code without a whole table."""
    cap = rules.tables.unit_cap(setting_of(at), at.line.code, at.day)
    if cap is not None and binds(cap.edition, at.day):
        return {"units"}
    return set()


def of_other_payers(
    given: tuple[NotJudged, ...], lacking: Mapping[Question, str], told: list[Finding]
) -> Iterator[NotJudged]:
    """The open questions under a payer that is not known to follow the tables."""
    by_medicare = {one.question: one for one in reversed(told)}
    for one in given:
        if one.question not in by_medicare:
            yield one
    for question, found in by_medicare.items():
        yield NotJudged(question, by_medicare_words(found))
    if why := lacking.get("codes", ""):
        yield NotJudged("codes", why)


def by_medicare_words(found: Finding) -> str:
    """What Medicare's table says where the payer's own is not loaded."""
    return (
        "the payer's own edits are not loaded; by Medicare's "
        f"{in_words(found.edition)}: "
        f"{found.title.removesuffix(f' ({in_words(found.edition)})')}"
    )


def lacking_editions(
    at: Situation, rules: TableRules
) -> Iterator[tuple[Question, str]]:
    """The questions of tables of which no whole edition owns the day, and why."""
    for kind in ASKED:
        question, setting = QUESTION_OF[kind]
        if matters(kind, at):
            setting = setting or setting_of(at)
            edition = rules.tables.edition(kind, setting, at.day)
            if not is_whole(edition):
                yield question, why_lacking(kind, edition, at.day)


QUESTION_OF: dict[Kind, tuple[Question, Setting | None]] = {
    Kind.PAIRS: ("pairs", None),
    Kind.UNIT_CAPS: ("units", None),
    Kind.ADD_ONS: ("add-ons", Setting.ALL),
    Kind.DIAGNOSES: ("codes", Setting.ALL),
    Kind.INDICATORS: ("modifiers", Setting.ALL),
}
"""What a table is asked, and whose it is; without a setting the line's own."""


def matters(kind: Kind, at: Situation) -> bool:
    """Whether a table could say anything of a line."""
    match kind:
        case Kind.ADD_ONS:
            known = at.program.codes.get(at.line.code)
            return known is None or known.add_on
        case Kind.DIAGNOSES:
            return bool(at.line.diagnoses)
        case Kind.INDICATORS:
            fits = not OF_INTEREST.isdisjoint(at.line.modifiers)
            return at.claim.kind == "professional" and fits
    return True


def why_lacking(kind: Kind, edition: Edition | None, day: date) -> str:
    """``no edition loaded for 2026 Q4``; of a piece and of rows that ship, what they are."""
    if edition is None:
        return f"no edition loaded for {of_day(kind, day)}"
    piece = "shipped rows" if edition.shipped else "a piece loaded"
    return f"only {piece} for {of_day(kind, day)}"


def editions_of(
    claim: Claim, days: list[date], rules: TableRules
) -> Iterator[tuple[str, str]]:
    """The editions behind a claim's answer, each with its hash: for the receipt."""
    if rules.shipped:
        yield "shipped rows", rules.shipped
    form = Setting.HOSPITAL if claim.kind == "facility" else Setting.PRACTITIONER
    for kind in ASKED:
        for whose in (
            {form, Setting.PRACTITIONER}
            if QUESTION_OF[kind][1] is None
            else {Setting.ALL}
        ):
            for day in days:
                edition = rules.tables.edition(kind, whose, day)
                if edition is not None and not edition.shipped:
                    yield f"{kind} {whose} {edition.name}", edition.sha256
