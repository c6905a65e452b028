"""The laws: what may be done to claims, and what of the answers must stay.

Each law is a function that turns claims, with a sentence of what it turns, and a way to
compare.  A law that has nothing to turn in some claims gives ``None``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import TypeVar

from kb.claims import claim_to_json, read_json_value
from kb.claims.model import Claim, ClaimLine, Facts, History, HistoryLine
from kb.engine.index import with_own_plan
from kb.engine.judge.evaluate import Engine
from tests.laws.answers import DEFINITE, Answers, Key, Said, asked, kept
from tests.laws.mixing import Claims, first_day, mixed_claim, moved_by
from tests.laws.worlds import CYCLE, GREAT_CYCLE, World, all_facts

NOBODYS_CODE = "0000Z"
Part = TypeVar("Part")
Line = TypeVar("Line", ClaimLine, HistoryLine)


@dataclass(frozen=True, slots=True)
class Case:
    """Claims of one patient, and the chance that a law may take."""

    claims: Claims
    dice: Random
    world: World


@dataclass(frozen=True, slots=True)
class Turned:
    """What is asked after the turn, and where its answers stand."""

    batches: tuple[Claims, ...]
    before: tuple[Claims, ...] = ()
    """What is asked before, where it is not the claims of the case."""
    engine: Engine | None = None
    """Who is asked after, where it is not the one asked before."""
    key: Callable[[Key], Key] = lambda key: key
    """Where an earlier answer stands after the turn."""
    only: Callable[[Key], bool] = lambda _key: True
    """Which answers the law speaks of."""


Turn = Callable[[Case], Turned | None]
Compare = Callable[[Answers, Answers, Turned], list[str]]


@dataclass(frozen=True, slots=True)
class Law:
    """A law with its name, as reports give it."""

    turn: Turn
    compare: Compare
    engine: Callable[[World], Engine] = lambda world: world.engine

    @property
    def name(self) -> str:
        """The law in words."""
        return self.turn.__name__.replace("_", " ")

    def broken(self, case: Case) -> list[str] | None:
        """What came out against the law; ``None`` where it had nothing to turn."""
        turned = self.turn(case)
        if turned is None:
            return None
        engine = self.engine(case.world)
        before = asked(engine.answer, turned.before or (case.claims,))
        after = asked((turned.engine or engine).answer, turned.batches)
        return self.compare(before, after, turned)


def all_stays(before: Answers, after: Answers, turned: Turned) -> list[str]:
    """Every answer is the same, and none is new."""
    expected = {
        turned.key(key): said for key, said in before.items() if turned.only(key)
    }
    lines = {key[:2] for key in expected}
    found = {k: s for k, s in after.items() if k[:2] in lines and turned.only(k)}
    return differences(expected, found, expected.keys() | found.keys())


def definite_stays(before: Answers, after: Answers, turned: Turned) -> list[str]:
    """What was definite is as it was."""
    keys = {
        key
        for key, said in before.items()
        if turned.only(key) and said.status in DEFINITE
        if key not in after or not kept(said.status, after[key].status)
    }
    return differences(before, after, keys)


def definite_was_true(before: Answers, after: Answers, turned: Turned) -> list[str]:
    """What is still definite was so before, with more known."""
    return definite_stays(after, before, turned)


def denied_stays(before: Answers, after: Answers, turned: Turned) -> list[str]:
    """What was not met is not met."""
    keys = {
        key
        for key, said in before.items()
        if turned.only(key) and said.status == "not-met"
        if key not in after or after[key].status != "not-met"
    }
    return differences(before, after, keys)


def differences(before: Answers, after: Answers, keys: set[Key]) -> list[str]:
    """Where two sets of answers differ at some keys, a line each."""
    return [
        f"{key.claim} line {key.line} {key.rule or 'headline'}: "
        f"{in_words(before.get(key))} became {in_words(after.get(key))}"
        for key in sorted(keys)
        if before.get(key) != after.get(key)
    ]


def in_words(said: Said | None) -> str:
    """What was said, for a difference."""
    if said is None:
        return "nothing"
    rest = [*said.about, said.exempt_by, *map(str, said.counts)]
    return " ".join(filter(None, [said.status, f"({said.outcome})", *rest]))


# Who and in which order.


def another_patients_claim_is_given(case: Case) -> Turned | None:
    other = mixed_claim(case.world.pool, case.dice, "A0", "P0")
    return Turned(((other, *case.claims),))


def lines_modifiers_and_history_stand_in_another_order(case: Case) -> Turned | None:
    def shuffled(given: tuple[Part, ...]) -> tuple[Part, ...]:
        return tuple(case.dice.sample(given, len(given)))

    def turned(claim: Claim) -> Claim:
        lines = (replace(x, modifiers=shuffled(x.modifiers)) for x in claim.lines)
        past = (
            replace(x, modifiers=shuffled(x.modifiers)) for x in claim.history.lines
        )
        return replace(
            claim,
            lines=shuffled(tuple(lines)),
            history=replace(claim.history, lines=shuffled(tuple(past))),
        )

    return Turned((shuffled(tuple(map(turned, case.claims))),))


def a_batch_is_split_by_patient(case: Case) -> Turned | None:
    others = tuple(
        mixed_claim(case.world.pool, case.dice, f"D{n}", f"P{n}") for n in (2, 3)
    )
    alone = tuple((claim,) for claim in others)
    return Turned((case.claims, *alone), before=((*case.claims, *others),))


def patients_are_named_otherwise(case: Case) -> Turned | None:
    name = f"Q{case.dice.randrange(10**6)}"
    return Turned((tuple(replace(claim, patient=name) for claim in case.claims),))


def claims_are_named_otherwise(case: Case) -> Turned | None:
    return with_names(case, sorted(case.dice.sample(range(10**6), len(case.claims))))


def claims_are_named_in_another_order(case: Case) -> Turned | None:
    if len(case.claims) == 1:
        return None
    return with_names(case, range(len(case.claims), 0, -1))


def lines_are_numbered_otherwise(case: Case) -> Turned | None:
    """Other numbers in the same order, with holes."""

    def number(given: int) -> int:
        return given * 7 + 3

    claims = tuple(
        replace(
            claim,
            lines=tuple(replace(x, number=number(x.number)) for x in claim.lines),
        )
        for claim in case.claims
    )
    return Turned((claims,), key=lambda key: key._replace(line=number(key.line)))


# Codes and days.


def codes_are_named_otherwise_in_claims_and_rules(case: Case) -> Turned | None:
    names = case.world.other_codes

    def renamed(lines: tuple[Line, ...]) -> tuple[Line, ...]:
        return tuple(replace(x, code=names.get(x.code, x.code)) for x in lines)

    claims = tuple(
        replace(
            claim,
            lines=renamed(claim.lines),
            history=replace(claim.history, lines=renamed(claim.history.lines)),
        )
        for claim in case.claims
    )
    return Turned((claims,), engine=case.world.renamed)


def all_is_28_years_later_where_no_rule_is_dated(case: Case) -> Turned | None:
    return Turned((tuple(moved_by(claim, CYCLE) for claim in case.claims),))


def all_is_400_years_later_with_the_rules(case: Case) -> Turned | None:
    later = tuple(moved_by(claim, GREAT_CYCLE) for claim in case.claims)
    return Turned((later,), engine=case.world.later)


# Facts.


def a_fact_is_given_that_no_rule_in_the_answer_reads(case: Case) -> Turned | None:
    reads = case.world.reads
    before = asked(case.world.engine.answer, (case.claims,))
    read = {
        name for key in before if key.rule for name in reads.get(key.rule, frozenset())
    }
    free = sorted(case.world.values.keys() - read - said_in(case.claims))
    if not free:
        return None
    return Turned((with_fact(case, case.dice.choice(free)),))


def a_fact_that_is_asked_for_is_given(case: Case) -> Turned | None:
    if any(claim.chart == "complete" for claim in case.claims):
        return None
    before = asked(case.world.engine.answer, (case.claims,))
    open_ = {name for said in before.values() for name in said.about}
    asked_for = sorted(open_ & case.world.values.keys() - said_in(case.claims))
    if not asked_for:
        return None
    return Turned((with_fact(case, case.dice.choice(asked_for)),))


# History.


def more_history_is_known(case: Case) -> Turned | None:
    """An earlier service more; what was over its limit, or too early, is so still."""
    day = first_day(case.claims) - timedelta(days=case.dice.choice((1, 14, 90, 300)))
    more = past_line(case, day)
    rules = case.world.rules

    def counts(key: Key) -> bool:
        return key.rule in rules and only_counts(rules[key.rule])

    return Turned((with_history(case.claims, more),), only=counts)


def something_is_forgotten(case: Case) -> Turned | None:
    if contradicts_itself(case.claims):
        return None
    forget = case.dice.choice((facts, line_facts, history, state, plan, places))
    left = tuple(forget(claim, case.dice) for claim in case.claims)
    # Where a payer has one plan it is supplied: that contradicts a claim which says another.
    if any(
        supplied(after, case.world) not in ("", supplied(before, case.world))
        for before, after in zip(case.claims, left, strict=True)
    ):
        return None
    return Turned((left,))


def supplied(claim: Claim, world: World) -> str:
    """The plan under which a claim is answered."""
    return with_own_plan(claim, world.engine.index).plan


def an_earlier_claim_is_told_as_history(case: Case) -> Turned | None:
    *others, later = sorted(case.claims, key=lambda claim: first_day((claim,)))
    if not others or any(
        x.date >= first_day((later,)) for c in others for x in c.lines
    ):
        return None
    told = tuple(
        past_of(line, claim.id if case.dice.random() < 0.5 else "")
        for claim in others
        for line in claim.lines
    )
    return Turned(
        (with_history((later,), *told),), only=lambda key: key.claim == later.id
    )


def the_claim_itself_stands_in_its_history(case: Case) -> Turned | None:
    return Turned(
        (
            tuple(
                with_history((claim,), *(past_of(x, claim.id) for x in claim.lines))[0]
                for claim in case.claims
            ),
        )
    )


def denied_services_of_the_past_are_told(case: Case) -> Turned | None:
    day = first_day(case.claims) - timedelta(days=case.dice.choice((1, 14, 90, 300)))
    more = replace(past_line(case, day), status="denied")
    counted = case.world.counts_denied
    return Turned(
        (with_history(case.claims, more),),
        only=lambda key: bool(key.rule) and key.rule not in counted,
    )


def services_after_the_claim_are_told(case: Case) -> Turned | None:
    last = max(line.date for claim in case.claims for line in claim.lines)
    more = past_line(case, last + timedelta(days=case.dice.choice((1, 14, 90))))
    return Turned((with_history(case.claims, more),))


# Claims beside claims.


def a_claim_stands_beside_its_void(case: Case) -> Turned | None:
    """The others are answered as though neither were there.

    Left out where a history has its code on its day without a claim: that is taken back.
    """
    first, *rest = case.claims
    if not rest or _is_told_without_a_claim(case):
        return None
    void = replace(first, id="V1", frequency="void", replaces=first.id)
    others = {claim.id for claim in rest}
    return Turned(
        ((first, void, *rest),),
        before=(tuple(rest),),
        only=lambda key: key.claim in others,
    )


def _is_told_without_a_claim(case: Case) -> bool:
    """Whether a history has a line of the first claim, and tells no claim for it."""
    told = {(line.date, line.code) for line in case.claims[0].lines}
    past = (line for claim in case.claims for line in claim.history.lines)
    return any((line.date, line.code) in told and not line.claim for line in past)


def a_replaced_claim_stands_beside_its_replacement(case: Case) -> Turned | None:
    """The replacement is answered as the claim would be alone.

    Left out where a history has its code on its day without a claim: that may be what
    was replaced.
    """
    first, *rest = case.claims
    if _is_told_without_a_claim(case):
        return None
    new = replace(first, id="C1R", frequency="replacement", replaces=first.id)
    old = mixed_claim(case.world.pool, case.dice, first.id, first.patient)
    return Turned(
        ((old, new, *rest),),
        key=lambda key: key._replace(claim="C1R") if key.claim == first.id else key,
    )


def a_claim_of_several_days_is_a_claim_a_day(case: Case) -> Turned | None:
    days = {line.date for claim in case.claims for line in claim.lines}
    if all(len({line.date for line in claim.lines}) == 1 for claim in case.claims):
        return None
    order = sorted(days)
    apart = {
        claim.id: {
            day: replace(
                claim,
                id=f"{claim.id}-{order.index(day):03}",
                lines=tuple(line for line in claim.lines if line.date == day),
            )
            for day in sorted({line.date for line in claim.lines})
        }
        for claim in case.claims
    }
    of_line = {
        (claim.id, line.number): apart[claim.id][line.date].id
        for claim in case.claims
        for line in claim.lines
    }
    return Turned(
        (tuple(claim for by_day in apart.values() for claim in by_day.values()),),
        key=lambda key: key._replace(claim=of_line[key.claim, key.line]),
    )


# What nobody knows.


def a_line_with_a_code_that_nobody_knows_is_billed(case: Case) -> Turned | None:
    first, *rest = case.claims
    number = max(line.number for line in first.lines) + 1
    line = replace(case.dice.choice(first.lines), code=NOBODYS_CODE, number=number)
    return Turned(((replace(first, lines=(*first.lines, line)), *rest),))


def a_past_service_with_a_code_that_nobody_knows_is_told(case: Case) -> Turned | None:
    day = first_day(case.claims) - timedelta(days=case.dice.choice((0, 1, 30, 300)))
    more = replace(past_line(case, day), code=NOBODYS_CODE, facts={})
    return Turned((with_history(case.claims, more),))


def a_diagnosis_is_given_that_no_line_points_to(case: Case) -> Turned | None:
    claims: list[Claim] = []
    for claim in case.claims:
        source = claim_to_json(claim)
        own = {code for line in claim.lines for code in line.diagnoses}
        source["diagnoses"] = [case.dice.choice(sorted(case.world.diagnoses - own))]
        read = read_json_value(source)
        if read.bad:
            return None
        claims += read.claims
    return Turned((tuple(claims),))


LAWS = (
    Law(another_patients_claim_is_given, all_stays),
    Law(lines_modifiers_and_history_stand_in_another_order, all_stays),
    Law(a_batch_is_split_by_patient, all_stays),
    Law(patients_are_named_otherwise, all_stays),
    Law(claims_are_named_otherwise, all_stays),
    Law(claims_are_named_in_another_order, all_stays),
    Law(lines_are_numbered_otherwise, all_stays),
    Law(codes_are_named_otherwise_in_claims_and_rules, all_stays),
    Law(
        all_is_28_years_later_where_no_rule_is_dated,
        all_stays,
        lambda world: world.undated,
    ),
    Law(all_is_400_years_later_with_the_rules, all_stays),
    Law(a_fact_is_given_that_no_rule_in_the_answer_reads, all_stays),
    Law(a_fact_that_is_asked_for_is_given, definite_stays),
    Law(more_history_is_known, denied_stays),
    Law(something_is_forgotten, definite_was_true),
    Law(an_earlier_claim_is_told_as_history, all_stays),
    Law(the_claim_itself_stands_in_its_history, all_stays),
    Law(denied_services_of_the_past_are_told, all_stays),
    Law(services_after_the_claim_are_told, all_stays),
    Law(a_claim_stands_beside_its_void, all_stays),
    Law(a_replaced_claim_stands_beside_its_replacement, all_stays),
    Law(a_claim_of_several_days_is_a_claim_a_day, all_stays),
    Law(a_line_with_a_code_that_nobody_knows_is_billed, all_stays),
    Law(a_past_service_with_a_code_that_nobody_knows_is_told, all_stays),
    Law(a_diagnosis_is_given_that_no_line_points_to, all_stays),
)


# Parts of the laws.


def with_names(case: Case, numbers: object) -> Turned:
    names = {
        claim.id: f"N{number:06}"
        for claim, number in zip(case.claims, numbers, strict=True)  # type: ignore[call-overload]
    }

    def renamed(claim: Claim) -> Claim:
        lines = tuple(
            replace(x, claim=names.get(x.claim, x.claim)) for x in claim.history.lines
        )
        history = replace(claim.history, lines=lines)
        return replace(claim, id=names[claim.id], history=history)

    return Turned(
        (tuple(map(renamed, case.claims)),),
        key=lambda key: key._replace(claim=names[key.claim]),
    )


def said_in(claims: Claims) -> set[str]:
    return {name for given in all_facts(claims) for name in given}


def with_fact(case: Case, name: str) -> Claims:
    """A fact on the claims, or on each line where it is a line's."""
    value = case.dice.choice(case.world.values[name])
    words = case.world.engine.program.facts.get(name)
    if words and words.scope == "line":
        return tuple(
            replace(
                claim,
                lines=tuple(
                    replace(x, facts={**x.facts, name: value}) for x in claim.lines
                ),
            )
            for claim in case.claims
        )
    return tuple(
        replace(claim, facts={**claim.facts, name: value}) for claim in case.claims
    )


def past_line(case: Case, day: date) -> HistoryLine:
    """An earlier service, of a code of the claims more often than not."""
    codes = [line.code for claim in case.claims for line in claim.lines]
    past = case.dice.choice(case.world.pool.history)
    code = case.dice.choice((past.code, *codes))
    return replace(past, code=code, date=day, status="paid", claim="")


def past_of(line: ClaimLine, claim: str) -> HistoryLine:
    """A billed line as histories tell it."""
    return HistoryLine(
        line.code, line.date, line.modifiers, line.units, line.diagnoses,
        line.level, "paid", claim, line.rendering, line.facts,
    )  # fmt: skip


def with_history(claims: Claims, *more: HistoryLine) -> Claims:
    return tuple(
        replace(
            claim, history=replace(claim.history, lines=(*claim.history.lines, *more))
        )
        for claim in claims
    )


def only_counts(tree: dict[str, object]) -> bool:
    """Whether more history can only make a rule stricter: it counts, and nothing else.

    A way out may rest on an earlier service, and so may what is read of the last one.
    """
    duty = tree["duty"]
    counts = isinstance(duty, dict) and duty["duty"] in (
        "limit",
        "limit-by",
        "interval",
    )
    ways_out = [tree["last"], tree["when"], tree["unless"], tree["exceptions"]]
    return counts and tree["last"] is None and "earlier" not in str(ways_out)


def contradicts_itself(claims: Claims) -> bool:
    """Whether a fact is said twice and not alike: forgetting one side settles it."""
    said: Facts = {}
    for given in all_facts(claims):
        for name, value in given.items():
            if said.setdefault(name, value) != value:
                return True
    return False


def facts(claim: Claim, dice: Random) -> Claim:
    left = {name: x for name, x in claim.facts.items() if dice.random() < 0.5}
    return replace(claim, facts=left, chart="partial")


def line_facts(claim: Claim, _dice: Random) -> Claim:
    return replace(
        claim,
        chart="partial",
        lines=tuple(replace(line, facts={}) for line in claim.lines),
        history=replace(
            claim.history,
            lines=tuple(replace(line, facts={}) for line in claim.history.lines),
        ),
    )


def history(claim: Claim, dice: Random) -> Claim:
    lines = tuple(line for line in claim.history.lines if dice.random() < 0.5)
    return replace(claim, history=History("partial", lines=lines))


def state(claim: Claim, _dice: Random) -> Claim:
    return replace(claim, state="")


def plan(claim: Claim, _dice: Random) -> Claim:
    return replace(claim, plan="")


def places(claim: Claim, _dice: Random) -> Claim:
    lines = tuple(replace(line, place="") for line in claim.lines)
    return replace(claim, lines=lines)
