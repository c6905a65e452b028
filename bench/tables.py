"""Imports of the real size, and look-ups: ``python -m bench.tables``.

Files are made, imported by the command in a process of its own, and asked.  Bounds are
those that the issue of the tables sets; the clock is the wall's, on two cores.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from time import perf_counter

from bench.table_files import (
    made_caps,
    made_codes,
    made_coverage,
    made_diagnoses,
    made_pairs,
    write_caps,
    write_coverage,
    write_diagnoses,
    write_pairs,
)
from kb.tables.model import Setting
from kb.tables.opening import OpenTables, open_tables

PAIRS = {"pra": 2_640_000, "oph": 1_867_000}
PARTS = 4
ASKED = 20_000
DAY = date(2026, 11, 1)
MOST_MEMORY = 150
"""Megabytes at the peak of an import: the same whatever the size of the file."""
MOST_MICROSECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Timed:
    """One measured step."""

    what: str
    found: float
    most: float
    unit: str

    @property
    def line(self) -> str:
        """The line that is printed."""
        verdict = "ok" if self.found <= self.most else "TOO MUCH"
        return f"{self.what:<44}{self.found:>9.2f} {self.unit:<3} of {self.most:g}  {verdict}"


def import_of(
    tables: Path, kind: str, files: Sequence[Path | str], most: float
) -> list[Timed]:
    """Seconds and memory of one import by the command."""
    began = perf_counter()
    ran = subprocess.run(
        [sys.executable, "-c", PEAK, "import", kind, *files, "--tables", tables],
        check=False,
        capture_output=True,
        text=True,
    )
    seconds = perf_counter() - began
    if ran.returncode:
        raise SystemExit(ran.stderr)
    said, _, peak = ran.stdout.rstrip().rpartition("\n")
    print(said)
    return [
        Timed(f"import {kind}", seconds, most, "s"),
        Timed(
            f"import {kind}, memory at its peak", int(peak) / 1024, MOST_MEMORY, "MB"
        ),
    ]


PEAK = """
import resource, sys
from kb.cli import main
try:
    main()
finally:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def write_all_pairs(folder: Path) -> list[Path]:
    """Both settings, each in four parts."""
    files = []
    for setting, number in PAIRS.items():
        rows = made_pairs(number)
        for part in range(1, PARTS + 1):
            path = folder / f"cci{setting}-v323r0-f{part}.txt"
            most = None if part == PARTS else number // PARTS
            files.append(write_pairs(path, islice(rows, most)))
    return files


def look_ups(tables: OpenTables) -> list[Timed]:
    """Microseconds of a pair that was never asked before, in either order."""
    dice = random.Random(7)
    codes = made_codes(13_000)
    asked = [(dice.choice(codes), dice.choice(codes)) for _ in range(ASKED)]
    there = [
        (one, other) for one, other, *_ in islice(made_pairs(400_000), 0, None, 20)
    ]
    return [
        timed_pairs(tables, "a pair that is no edit", asked),
        timed_pairs(tables, "a pair that is an edit, asked the other way", there),
        timed_pairs(tables, "the same again", there),
    ]


def timed_pairs(
    tables: OpenTables, what: str, asked: Sequence[tuple[str, str]]
) -> Timed:
    """Microseconds of each of these look-ups."""
    ask: Callable[[Setting, str, str, date], object] = tables.pair
    began = perf_counter()
    for one, other in asked:
        ask(Setting.PRACTITIONER, other, one, DAY)
    each = (perf_counter() - began) / len(asked) * 1e6
    return Timed(what, each, MOST_MICROSECONDS, "us")


def main() -> int:
    """Print each figure; 1 when one of them is beyond its bound."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        tables = folder / "tables.db"
        found = import_of(tables, "ptp", write_all_pairs(folder), 20)
        caps = write_caps(folder, made_caps(15_000), "practitioner", "10-01-2026")
        found += import_of(tables, "mue", [caps], 1)
        codes = write_diagnoses(folder, made_diagnoses(98_000), 2027)
        found += import_of(tables, "icd10cm", [codes], 2)
        export = write_coverage(folder, dict(made_coverage(430_000)))
        found += import_of(tables, "mcd", [export, "--effective", "2026-11-20"], 15)
        size = tables.stat().st_size / 1e6
        found += look_ups(open_tables(tables))
    print(f"\nThe database has {size:.0f} MB.\n")
    print(*(each.line for each in found), sep="\n")
    return int(any(each.found > each.most for each in found))


if __name__ == "__main__":
    sys.exit(main())
