"""Whether falsified rules stand first in the report: ``python -m bench.calibration``.

Pairs of claim and remittance are made from the shipped rules (``bench.witnesses``), then
some rules are falsified, and the report that ``payerkb calibrate`` gives is made with them.
With ``--files FOLDER`` the pairs of the first seed are written as files for the command.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from time import perf_counter

from bench.remittances import Answered, remittance_text
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
from kb.calibrate.fates import Fate
from kb.calibrate.report import Report, report_of
from kb.calibrate.tally import Tally, said_of
from kb.claims.json.writer import claim_to_json
from kb.engine.report.words import payer_title
from kb.proofs.authoring_session import Workbook

LEAST_LINES = 15
"""Lines of all pairs that must notice a falsified rule: fewer say nothing of any rule."""

Pair = tuple[int, list[Fate]]
"""Which claim, and what became of its lines."""


def pairs_of(
    shapes: Sequence[Served], payers: Payers, number: int, chance: Random
) -> Iterator[Pair]:
    """Claims drawn from the shapes, each with what its payer did."""
    for at in chance.choices(range(len(shapes)), k=number):
        claim, answer = shapes[at]
        lines = zip(claim.lines, answer.lines, strict=True)
        payer = answer.searched.payer
        yield at, [payers.fate(payer, line, said, chance) for line, said in lines]


def tally_of(
    pairs: Sequence[Pair], answered: Sequence[Served], reader: Reader
) -> Tally:
    """The pairs as the command counts them."""
    tally = Tally()
    said = [
        [
            said_of(one.answer.searched.payer, line, reader.able)
            for line in one.answer.lines
        ]
        for one in answered
    ]
    for number, (at, fates) in enumerate(pairs):
        for line, fate in zip(said[at], fates, strict=True):
            tally.hold(line, fate, f"P{number}")
    return tally


def answered_anew(
    shapes: Sequence[Served], changes: Sequence[Falsified], payers: Payers
) -> list[Served]:
    """The answers under falsified rules; made anew only where one of these is in force."""
    versions = {change.rule.partition("#")[0] for change in changes}
    engine = with_changes(payers.engine, changes)
    found = []
    for one in shapes:
        if versions.isdisjoint(one.answer.searched.policies):
            found.append(one)
        else:
            found.append(one._replace(answer=engine.answer([one.claim])[0]))
    return found


def places_in(report: Report, changes: Sequence[Falsified]) -> dict[str, int]:
    """At which row of the report each falsified rule stands; 0 where it is not there."""
    row_of = {row.rule: number for number, row in enumerate(report.rules, 1)}
    return {change.rule: row_of.get(change.rule, 0) for change in changes}


def main(arguments: Sequence[str] = ()) -> int:
    """Print where the falsified rules stand, seed by seed; 1 when too few stand first."""
    asked = options(arguments)
    book = Workbook.open(asked.database)
    start = perf_counter()
    claims = (one.claim for worked in book.worked.values() for one in worked)
    shapes = served(claims, book.engine)
    print(f"{len(shapes):,} claims answered in {perf_counter() - start:.0f} s")
    enough = [one_seed(seed, shapes, book, asked) for seed in range(asked.seeds)]
    return 0 if all(enough) else 1


def options(arguments: Sequence[str]) -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench.calibration")
    parser.add_argument("--database", type=Path, default=Path("build/kb.db"))
    parser.add_argument("--pairs", type=int, default=50_000)
    parser.add_argument("--rules", type=int, default=20)
    parser.add_argument("--rows", type=int, default=25)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--files", type=Path)
    parser.add_argument("-v", action="store_true", help="print each falsified rule")
    return parser.parse_args(arguments)


def one_seed(
    seed: int, shapes: Sequence[Served], book: Workbook, asked: argparse.Namespace
) -> bool:
    """Make pairs, falsify rules, and print where these stand; whether enough stand first."""
    chance, start = Random(seed), perf_counter()
    payers = payers_of(shapes, book.engine, chance)
    least = LEAST_LINES * len(shapes) / asked.pairs
    changes = falsified_rules(shapes, book.engine, asked.rules, least, chance)
    pairs = list(pairs_of(shapes, payers, asked.pairs, chance))
    if asked.files and not seed:
        write_files(asked.files, pairs, shapes, book)
    made = perf_counter()
    reader = Reader(book.engine)
    tally = tally_of(pairs, answered_anew(shapes, changes, payers), reader)
    held = perf_counter()
    report = report_of(tally, reader.kind)
    places = places_in(report, changes)
    first = sum(0 < place <= asked.rows for place in places.values())
    print(
        f"seed {seed}: {first} of {len(changes)} falsified rules in the first {asked.rows}"
        f" rows; {len(report.suspicious)} rules suspicious; {report.paid + report.denied:,}"
        f" lines, {report.denied:,} denied, {len(payers.own)} rules nobody wrote"
        f" (made in {made - start:.0f} s, held in {held - made:.0f} s, report in"
        f" {perf_counter() - held:.1f} s)"
    )
    if asked.v:
        for change in changes:
            print(f"  row {places[change.rule]:>4}  {change.rule}  {change.change}")
    return bool(first >= 0.9 * asked.rules)


def write_files(
    folder: Path, pairs: Sequence[Pair], shapes: Sequence[Served], book: Workbook
) -> None:
    """The pairs as a claim a line, and as one interchange of remittances."""
    folder.mkdir(parents=True, exist_ok=True)
    answered = []
    for number, (at, fates) in enumerate(pairs):
        claim, answer = shapes[at]
        own = replace(claim, id=f"C{number}", patient=f"P{number}")
        payer = payer_title(answer.searched.payer, book.engine) or "NOBODY"
        answered.append(Answered(payer, own, fates))
    lines = (json.dumps(claim_to_json(one.claim)) + "\n" for one in answered)
    (folder / "claims.ndjson").write_text("".join(lines), "utf-8")
    (folder / "remittances.835").write_text(remittance_text(answered), "utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
