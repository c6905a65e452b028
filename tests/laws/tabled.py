"""The world of the laws under tables: whole ones, made up over the codes of its claims."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import combinations
from random import Random

from kb.tables.layers import Layered
from kb.tables.model import Kind, Setting
from kb.tables.shipped_rows import shipped_hash, shipped_rows
from tests.kb.tables.in_memory import InMemory, edition
from tests.laws.worlds import World

ALL_DAYS = date(1900, 1, 1), date(2199, 12, 31)
KINDS = (
    *((Kind.PAIRS, each) for each in (Setting.PRACTITIONER, Setting.HOSPITAL)),
    *((Kind.UNIT_CAPS, each) for each in (Setting.PRACTITIONER, Setting.HOSPITAL)),
    *((kind, Setting.ALL) for kind in (Kind.ADD_ONS, Kind.INDICATORS, Kind.DIAGNOSES)),
)


def under_tables(world: World, seed: int) -> World:
    """The same world, its claims held against tables too."""
    dice = Random(seed)
    codes = sorted({line.code for line in world.pool.lines})
    tables = InMemory(
        pairs={
            pair: dice.choice((0, 1, 1, 9))
            for pair in combinations(codes, 2)
            if dice.random() < 0.3
        },
        caps={
            code: (dice.choice((0, 1, 1, 2, 3)), dice.choice((1, 2, 3)))
            for code in codes
            if dice.random() < 0.5
        },
        add_ons={
            code: (dice.choice((1, 2, 3)), " ".join(dice.sample(codes, 3)))
            for code in codes
            if dice.random() < 0.2
        },
        diagnoses={
            code: dice.choice(((), (), ("M54.50",)))
            for code in sorted(world.diagnoses)
            if dice.random() < 0.95
        },
        schedule={
            code: {
                "bilateral": dice.choice("0129"),
                "professional_technical": dice.choice("019"),
                "assistant": dice.choice("0129"),
            }
            for code in codes
            if dice.random() < 0.5
        },
        editions=tuple(edition(kind, whose, ALL_DAYS) for kind, whose in KINDS),
    )
    both = Layered(tables, shipped_rows())
    return replace(world, engine=world.engine.with_tables(both, shipped_hash()))
