"""Laws tried on many claims, and a report of the first that breaks one."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from kb.claims import claim_to_json
from kb.engine import Engine
from kb.proofs.scenario_claims import read_worked_claims
from kb.read.store import open_knowledge_base
from tests.laws.laws import Case, Law
from tests.laws.mixing import Claims, mixed_claims, pool_of
from tests.laws.shrinking import shrunk
from tests.laws.worlds import World
from tests.seeds import fresh, how_to_repeat

CASES = 150
"""Claims of one law in one run, times ``PAYERKB_LAWS``."""
MOST_SHOWN = 20
SEARCHED = 40
"""How many times the usual claims are drawn until a law has one that it speaks of."""


@dataclass(frozen=True, slots=True)
class Trial:
    """How often a law was tried, and the report of what broke it, or nothing."""

    tried: int
    report: str


def budget() -> int:
    """How many claims each law is tried on: ``PAYERKB_LAWS`` times the usual."""
    return CASES * int(os.environ.get("PAYERKB_LAWS") or 1)


def open_world(database: Path) -> World:
    """The engine of a knowledge base, with its own worked claims to mix."""
    with closing(open_knowledge_base(database)) as connection:
        worked = read_worked_claims(connection)
    claims = (one.claim for scenarios in worked.values() for one in scenarios)
    # Tables know codes and days as they are: no law renames or moves them too.
    engine = replace(Engine.open(database), tables=None)
    return World(engine, pool_of(claims))


def tried(law: Law, world: World, cases: int) -> Trial:
    """A law tried on claims of this run, until one breaks it.

    A law that speaks of few claims is tried on more, until it has met one of them.
    """
    count = 0
    for number in range(cases * SEARCHED):
        if number >= cases and count:
            break
        seed = fresh(number)
        claims = mixed_claims(world.pool, Random(seed))

        def broken(given: Claims, seed: int = seed) -> list[str] | None:
            return law.broken(Case(given, Random(seed), world))

        found = broken(claims)
        count += found is not None
        if found:
            return Trial(count, report(law.name, seed, claims, broken))
    return Trial(count, "")


def report(
    law: str, seed: int, claims: Claims, broken: Callable[[Claims], list[str] | None]
) -> str:
    """What broke a law: its name, the seed, the smallest claims, the difference.

    Every claim is made up, so that it may be shown.
    """
    smallest = shrunk(claims, lambda given: bool(broken(given)))
    found = broken(smallest) or []
    shown = [json.dumps(claim_to_json(claim)) for claim in smallest]
    return "\n".join(
        (
            f"law broken: {law}",
            f"seed {seed}; {how_to_repeat()} repeats the run",
            *shown,
            *found[:MOST_SHOWN],
        )
    )
