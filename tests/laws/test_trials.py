"""Laws can be broken: engines with a planted fault are found out, in few words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from random import Random

import pytest

from kb.claims.model import Claim, ClaimLine, History, HistoryLine, PayerNamed
from kb.engine.judge.answer import ClaimAnswer
from kb.engine.judge.evaluate import Engine
from tests.laws import laws
from tests.laws.laws import LAWS, Law
from tests.laws.mixing import Claims, mixed_claims
from tests.laws.shrinking import shrunk
from tests.laws.trials import tried
from tests.laws.worlds import World, frozen, moved_in_tree

Broken = Callable[[Engine, tuple[Claim, ...]], tuple[ClaimAnswer, ...]]


@dataclass(frozen=True)
class Faulty:
    """An engine with a fault: what it answers is changed on the way out or in."""

    engine: Engine
    fault: Broken

    def answer(self, claims: Iterable[Claim]) -> tuple[ClaimAnswer, ...]:
        return self.fault(self.engine, tuple(claims))

    def __getattr__(self, name: str) -> object:
        return getattr(self.engine, name)


def one_patient(engine: Engine, claims: Claims) -> tuple[ClaimAnswer, ...]:
    """All claims are taken for those of one patient."""
    return engine.answer(replace(claim, patient="P") for claim in claims)


def first_line_only(engine: Engine, claims: Claims) -> tuple[ClaimAnswer, ...]:
    """The line that stands first in the file is answered otherwise."""
    return tuple(
        replace(
            answer,
            lines=(replace(answer.lines[0], outcome="review"), *answer.lines[1:]),
        )
        for answer in engine.answer(claims)
    )


def denied_counts(engine: Engine, claims: Claims) -> tuple[ClaimAnswer, ...]:
    """Denied services of the past are taken for paid ones."""
    return engine.answer(
        replace(
            claim,
            history=replace(
                claim.history,
                lines=tuple(replace(x, status="paid") for x in claim.history.lines),
            ),
        )
        for claim in claims
    )


def no_history_is_a_clean_one(
    engine: Engine, claims: Claims
) -> tuple[ClaimAnswer, ...]:
    """What is not known of the past did not happen."""
    return engine.answer(
        replace(claim, history=replace(claim.history, state="complete"))
        for claim in claims
    )


@pytest.mark.no_cover
@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "turn"),
    [
        (one_patient, laws.another_patients_claim_is_given),
        (one_patient, laws.a_batch_is_split_by_patient),
        (first_line_only, laws.lines_modifiers_and_history_stand_in_another_order),
        (denied_counts, laws.denied_services_of_the_past_are_told),
        (no_history_is_a_clean_one, laws.something_is_forgotten),
    ],
    ids=lambda given: given.__name__,
)
def test_a_planted_fault_is_found_and_told(
    fault: Broken, turn: laws.Turn, world: World
) -> None:
    (law,) = (one for one in LAWS if one.turn is turn)
    faulty = replace(world, engine=Faulty(world.engine, fault))  # type: ignore[arg-type]

    found = tried(law, faulty, 2000).report.splitlines()

    assert found[0] == f"law broken: {law.name}"
    assert found[1].startswith("seed ")
    assert "PAYERKB_SEED=" in found[1]
    assert found[2].startswith('{"claim": ')
    assert " became " in found[-1]


def test_equal_chance_gives_equal_claims(world: World) -> None:
    one, other = (mixed_claims(world.pool, Random(5)) for _ in range(2))

    assert one == other


def test_claims_are_mixed_of_all_kinds(world: World) -> None:
    drawn = [mixed_claims(world.pool, Random(seed)) for seed in range(200)]

    assert {len(claims) for claims in drawn} == {1, 2, 3}
    assert all(len({claim.patient for claim in claims}) == 1 for claims in drawn)
    assert any(len({x.date for x in c.lines}) > 1 for claims in drawn for c in claims)
    assert any(not world_has(claims[0], world) for claims in drawn)


def world_has(claim: Claim, world: World) -> bool:
    return any(claim.lines == own.lines for own in world.pool.claims)


DAY = date(2026, 3, 10)


def test_what_breaks_a_law_is_made_as_small_as_can_be() -> None:
    lines = tuple(ClaimLine(n, f"6448{n}", DAY, ("RT",)) for n in (1, 2, 3))
    past = tuple(HistoryLine(f"6448{n}", DAY) for n in (1, 2, 3))
    claim = Claim(
        id="C1", patient="P1", payer=PayerNamed("x"), lines=lines,
        facts={"a": True, "b": True}, history=History("partial", lines=past),
    )  # fmt: skip

    def breaks(claims: Claims) -> bool:
        return any(
            "64482" in [x.code for x in claim.lines]
            and "64483" in [x.code for x in claim.history.lines]
            and "b" in claim.facts
            for claim in claims
        )

    (found,) = shrunk((claim, replace(claim, id="C2")), breaks)

    assert [(x.code, x.modifiers) for x in found.lines] == [("64482", ())]
    assert [x.code for x in found.history.lines] == ["64483"]
    assert found.facts == {"b": True}


def test_a_rule_as_it_stands_on_one_day_has_no_days() -> None:
    past = {"from": None, "through": "2025-12-31"}
    now = {"from": "2026-01-01", "through": None}
    tree = {
        "in_force": {**now, "clock": "service", "ended": True},
        "exceptions": [
            {"name": "old", "in_force": past},
            {"name": "new", "in_force": now},
        ],
        "duty": {"count": [{"amount": 3, **past}, {"amount": 4, **now}]},
        "when": {"op": "date", "cmp": ">", "date": "2025-06-30"},
    }
    always = {"from": None, "through": None}

    assert frozen(tree) == {
        "in_force": {**always, "clock": "service", "ended": False},
        "exceptions": [{"name": "new", "in_force": always}],
        "duty": {"count": [{"amount": 4, **always}]},
        "when": {"op": "always"},
    }


def test_a_rule_400_years_later_keeps_all_but_its_days() -> None:
    tree = {"version": "a@2026-01-01", "in_force": {"from": "2026-01-01"}, "n": 3}

    assert moved_in_tree(tree) == {
        "version": "a@2026-01-01",
        "in_force": {"from": "2426-01-01"},
        "n": 3,
    }


def test_laws_have_names_of_their_own() -> None:
    names = [law.name for law in LAWS]

    assert len(set(names)) == len(names)
    assert isinstance(LAWS[0], Law)
