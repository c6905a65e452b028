"""Whether falsified rules stand first in the report: ``python -m bench.calibration``.

Pairs of claim and remittance are made from the shipped rules (``bench.witnesses``), then
some rules are falsified, and the report that ``payerkb calibrate`` gives is made with them.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random
from time import perf_counter

from bench.witnesses import (
    Falsified,
    Payers,
    Served,
    falsified_rules,
    payers_of,
    served,
    with_changes,
)
from kb.calibrate.calibrating import Reader
from kb.calibrate.suspicion import suspicions
from kb.calibrate.tally import Tally, said_of
from kb.proofs.authoring_session import Workbook

LEAST_LINES = 15
"""Lines of all pairs that must notice a falsified rule: fewer say nothing of any rule."""


def tally_of(
    shapes: Sequence[Served],
    answered: Sequence[Served],
    payers: Payers,
    reader: Reader,
    pairs: int,
    chance: Random,
) -> Tally:
    """Pairs drawn from the shapes, each held as the command holds them."""
    tally = Tally()
    said = [
        [
            said_of(one.answer.searched.payer, line, reader.able)
            for line in told.answer.lines
        ]
        for one, told in zip(shapes, answered, strict=True)
    ]
    places = range(len(shapes))
    for number, at in enumerate(chance.choices(places, k=pairs)):
        truth = shapes[at]
        payer = truth.answer.searched.payer
        lines = zip(truth.claim.lines, truth.answer.lines, said[at], strict=True)
        for line, true, told in lines:
            fate = payers.fate(payer, line, true, chance)
            tally.hold(told, fate, f"P{number}")
    return tally


def answered_anew(
    shapes: Sequence[Served], changes: Sequence[Falsified], payers: Payers
) -> list[Served]:
    """The answers under falsified rules; made anew only where one of these is in force."""
    versions = {change.rule.partition("#")[0] for change in changes}
    concerned = [
        not versions.isdisjoint(one.answer.searched.policies) for one in shapes
    ]
    engine = with_changes(payers.engine, changes)
    anew = [one for one, is_ in zip(shapes, concerned, strict=True) if is_]
    answers = iter(engine.answer(one.claim for one in anew))
    return [
        one._replace(answer=next(answers)) if is_ else one
        for one, is_ in zip(shapes, concerned, strict=True)
    ]


def ranks_of(
    tally: Tally, changes: Sequence[Falsified], reader: Reader
) -> dict[str, int]:
    """At which row of the report each falsified rule stands; 0 for none."""
    found = suspicions(tally, reader.kind)
    order = sorted(found, key=lambda rule: (-found[rule].strength, rule))
    place = {rule: row for row, rule in enumerate(order, 1) if found[rule].strength > 0}
    return {change.rule: place.get(change.rule, 0) for change in changes}


def main(arguments: Sequence[str] = ()) -> int:
    """Print where the falsified rules stand, seed by seed; 1 when too few stand first."""
    parser = argparse.ArgumentParser(prog="python -m bench.calibration")
    parser.add_argument("--database", type=Path, default=Path("build/kb.db"))
    parser.add_argument("--pairs", type=int, default=50_000)
    parser.add_argument("--rules", type=int, default=20)
    parser.add_argument("--rows", type=int, default=25)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("-v", action="store_true")
    asked = parser.parse_args(arguments)
    book = Workbook.open(asked.database)
    start = perf_counter()
    claims = (one.claim for worked in book.worked.values() for one in worked)
    shapes = served(claims, book.engine)
    print(f"{len(shapes):,} shapes answered in {perf_counter() - start:.0f} s")
    least = LEAST_LINES * len(shapes) / asked.pairs
    worst = asked.rules
    for seed in range(asked.seeds):
        chance = Random(seed)
        start = perf_counter()
        payers = payers_of(shapes, book.engine, chance)
        changes = falsified_rules(shapes, book.engine, asked.rules, least, chance)
        made = perf_counter()
        anew = answered_anew(shapes, changes, payers)
        reader = Reader(book.engine)
        tally = tally_of(shapes, anew, payers, reader, asked.pairs, chance)
        held = perf_counter()
        ranks = ranks_of(tally, changes, reader)
        first = sum(0 < row <= asked.rows for row in ranks.values())
        worst = min(worst, first)
        lines = sum(cell.lines for cell in tally.cells.values())
        denied = sum(cell.lines for key, cell in tally.cells.items() if key[1].denied)
        print(
            f"seed {seed}: {first} of {len(ranks)} in the first {asked.rows} rows;"
            f" {lines:,} lines, {denied:,} denied, {len(payers.own)} rules nobody wrote"
            f" (made {made - start:.0f} s, held {held - made:.0f} s,"
            f" ranked {perf_counter() - held:.1f} s)"
        )
        if asked.v:
            say_ranks(tally, changes, ranks, reader)
    return 0 if worst >= 0.9 * asked.rules else 1


def say_ranks(
    tally: Tally, changes: Sequence[Falsified], ranks: dict[str, int], reader
) -> None:
    found = suspicions(tally, reader.kind)

    def words(rule):
        one = found.get(rule)
        al = pa = ot = 0
        for (said, done), cell in tally.cells.items():
            if rule in said.foretelling:
                if done.denied:
                    al += cell.lines
                else:
                    pa += cell.lines
        return (
            f"{one.alarms:.0f} (usual {one.usual_alarms:.2f}) + {one.misses:.0f} missed {one.missed}/{one.silent} usual {one.usual_misses:.3f} denied {al} paid {pa}"
            if one
            else "-"
        )

    for change in changes:
        print(
            ranks[change.rule],
            change.rule,
            "|",
            change.change[:90],
            "|",
            words(change.rule),
        )
    false = {c.rule for c in changes}
    order = sorted(found, key=lambda rule: (-found[rule].strength, rule))
    for rule in order[:45]:
        print("*" if rule in false else " ", words(rule), rule)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
