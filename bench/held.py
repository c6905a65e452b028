"""Claims held against CMS's tables, and not: ``python -m bench.held``.

A database of tables is imported that has the synthetic practice's codes in it, beside
``--pairs`` others.  Then one warm claim and a batch of ``--lines`` lines are answered with
the tables and without; processor time, because a busy machine stretches the clock.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import combinations
from pathlib import Path
from statistics import median
from time import process_time

from bench.claim import EXAMPLE, answer_text, built
from bench.synthetic import (
    CODES,
    DIAGNOSES,
    PAYERS,
    synthetic_batch,
    synthetic_lists,
    synthetic_practice,
    synthetic_program,
    synthetic_rules,
)
from bench.table_files import (
    PairRow,
    made_pairs,
    write_caps,
    write_diagnoses,
    write_pairs,
)
from kb.engine import Engine
from kb.engine.columns.arrays import evaluate_columns
from kb.engine.judge.tables.rules import TableRules
from kb.engine.program import PayerWords
from kb.tables.importing import import_files
from kb.tables.layers import Layered
from kb.tables.model import Kind
from kb.tables.opening import open_tables
from kb.tables.recognising import Told
from kb.tables.shipped_rows import shipped_hash, shipped_rows

ROOT = Path(__file__).parents[1]
PIECE = Told(incomplete=True)
QUARTERS = [
    f"{month:02}-01-{year}" for year in (2024, 2025, 2026) for month in (1, 4, 7, 10)
]
MOST = 1.3
"""So many times as long may an answer take with tables."""
CLAIMS = 400
TIMES = 3


def own_pairs(dice: random.Random) -> Iterator[PairRow]:
    """Edits between one in fifty of the pairs of the practice's own codes."""
    for one, other in combinations(CODES, 2):
        if dice.random() < 0.02:
            yield (
                one,
                other,
                "20170101",
                "*",
                dice.choice("011"),
                "Misuse of column two",
            )


def imported(folder: Path, others: int) -> Path:
    """A database with pairs, caps of every quarter and diagnoses of every year."""
    tables, dice = folder / "tables.db", random.Random(3)
    rows = [*made_pairs(others), *own_pairs(dice)]
    pairs = write_pairs(folder / "ccipra-v323r0-f1.txt", rows)
    import_files(tables, Kind.PAIRS, [pairs], PIECE)
    caps = [
        (code, dice.choice((2, *(3,) * 39)), dice.choice((2, 3)), "CMS Policy")
        for code in CODES
    ]
    files = [write_caps(folder, caps, "practitioner", day) for day in QUARTERS]
    import_files(tables, Kind.UNIT_CAPS, files, PIECE)
    codes = [(code.replace(".", ""), 1, "Made up") for code in DIAGNOSES]
    years = [write_diagnoses(folder, codes, year) for year in (2024, 2025, 2026, 2027)]
    import_files(tables, Kind.DIAGNOSES, years, PIECE)
    return tables


def spent(work: Callable[[], object]) -> float:
    """Processor seconds of some work."""
    began = process_time()
    work()
    return process_time() - began


def both(bare: Callable[[], object], held: Callable[[], object], times: int) -> float:
    """How many times as long the second takes; the medians of runs in turn."""
    pairs = [(spent(bare), spent(held)) for _ in range(times)]
    one = median(without for without, _with in pairs)
    other = median(held for _without, held in pairs)
    print(f"without {one * 1e3:12.2f} ms   with {other * 1e3:12.2f} ms", end="   ")
    return other / one


def main() -> int:
    """Print both ratios; 1 when one is beyond the bound."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--pairs", type=int, default=400_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        opened = open_tables(imported(folder, asked.pairs))
        tables = Layered(opened, shipped_rows())
        engine = Engine.open(built(ROOT / "policies", folder / "kb.db"))
        held = engine.with_tables(tables, shipped_hash())
        bare = replace(engine, tables=None)
        text = EXAMPLE.read_text("utf-8")
        print("one claim, warm", end="   ")
        found = [
            both(
                partial(answer_text, bare, text),
                partial(answer_text, held, text),
                CLAIMS,
            )
        ]
        print(f"{found[-1]:.2f} times")
        found.append(of_batch(TableRules(tables), asked.lines))
        print(f"{found[-1]:.2f} times")
    return int(max(found) > MOST)


def of_batch(tables: TableRules, lines: int) -> float:
    """The same of a batch whose payers are all Medicare's."""
    lists = synthetic_lists(40)
    payers = tuple(PayerWords(key, key, "medicare") for key in PAYERS)
    program = replace(
        synthetic_program(synthetic_rules(2000, lists), lists), payers=payers
    )
    batch = synthetic_batch(synthetic_practice(lines))
    print(f"{lines:,} lines", end="   ")
    return both(
        lambda: evaluate_columns(program, batch),
        lambda: evaluate_columns(program, batch, tables=tables),
        TIMES,
    )


if __name__ == "__main__":
    sys.exit(main())
