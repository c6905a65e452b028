"""The laws hold on the shipped policies, over claims mixed from the shipped scenarios."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from kb.engine.columns.arrays import STATUSES, evaluate_columns
from kb.engine.columns.batch_claims import batch_from_claims
from kb.engine.judge.answer import HEADLINE_ORDER
from tests.laws.answers import Key
from tests.laws.laws import LAWS, Law
from tests.laws.mixing import Claims, mixed_claims
from tests.laws.trials import budget, report, tried
from tests.laws.worlds import World
from tests.seeds import fresh

pytestmark = [pytest.mark.no_cover, pytest.mark.slow]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name.replace(" ", "-"))
def test_the_law_holds(law: Law, world: World) -> None:
    found = tried(law, world, budget())

    assert not found.report, found.report
    assert found.tried


OF_OTHER_RULES = {
    "codes are named otherwise in claims and rules",
    "all is 28 years later where no rule is dated",
    "all is 400 years later with the rules",
}
"""Laws that answer by changed rules: tables know codes and days as they are."""


@pytest.mark.parametrize(
    "law",
    [law for law in LAWS if law.name not in OF_OTHER_RULES],
    ids=lambda law: law.name.replace(" ", "-"),
)
def test_the_law_holds_under_tables(law: Law, world_under_tables: World) -> None:
    found = tried(law, world_under_tables, budget() // 5)

    assert not found.report, found.report
    assert found.tried


def test_both_engines_hold_against_tables_alike(world_under_tables: World) -> None:
    world = world_under_tables
    claims = tuple(
        claim
        for seed in map(fresh, range(budget() // 5))
        for claim in apart(mixed_claims(world.pool, Random(seed)), seed)
    )
    one, other = by_interpreter(world, claims), by_columns(world, claims)
    apart_ = [key for key in other if not key.rule and one[key] != other[key]]

    assert [(key, one[key], other[key]) for key in apart_] == []
    assert any("tables/" in key.rule for key in one)


def test_both_engines_answer_alike(world: World) -> None:
    def differences(given: Claims) -> list[str] | None:
        one, other = by_interpreter(world, given), by_columns(world, given)
        return [
            f"{key}: {one.get(key)} by the interpreter, {other.get(key)} by columns"
            for key in sorted(one.keys() | other.keys())
            if one.get(key) != other.get(key)
        ]

    drawn = {
        seed: mixed_claims(world.pool, Random(seed))
        for seed in map(fresh, range(budget()))
    }
    # Columns are made for many claims at once, and slow for one: so all, then the one.
    if not differences(
        tuple(c for s, claims in drawn.items() for c in apart(claims, s))
    ):
        return
    seed, claims = next(
        (s, claims) for s, claims in drawn.items() if differences(claims)
    )
    pytest.fail(report("both engines answer alike", seed, claims, differences))


def apart(claims: Claims, seed: int) -> Claims:
    """The claims under names that no other seed's have."""
    return tuple(
        replace(claim, id=f"{claim.id}-{seed}", patient=f"{claim.patient}-{seed}")
        for claim in claims
    )


Statuses = dict[Key, str]


def by_interpreter(world: World, claims: Claims) -> Statuses:
    """The headline of each line and the status of each rule."""
    found: Statuses = {}
    for answer in world.engine.answer(claims):
        for line in answer.lines:
            found[Key(answer.claim, line.number, "")] = line.outcome
            for result in line.results:
                found[Key(answer.claim, line.number, result.rule)] = result.status
    return found


def by_columns(world: World, claims: Claims) -> Statuses:
    """The same from the column engine."""
    batch = batch_from_claims(claims)
    result = evaluate_columns(world.engine.program, batch, tables=world.engine.tables)
    lines = [
        (claims[claim].id, number)
        for claim, number in zip(
            batch.lines.claim.tolist(), batch.lines.number.tolist(), strict=True
        )
    ]
    found = {
        Key(line[0], line[1], ""): HEADLINE_ORDER[headline]
        for line, headline in zip(lines, result.headline.tolist(), strict=True)
    }
    for column in result.rules:
        for line, status in zip(
            column.lines.tolist(), column.status.tolist(), strict=True
        ):
            found[Key(lines[line][0], lines[line][1], column.rule)] = STATUSES[status]
    return found
