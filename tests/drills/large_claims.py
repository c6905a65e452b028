"""Claims of great size: how time and memory grow when the size doubles.

Run as ``python -m tests.drills.large_claims [DATABASE]``.  Each kind is answered at
sizes that double; it fails on a crash, on too much memory, and where time grows more
than the input does.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.drills.measured import COMMAND, Run, measured
from tests.drills.table import Table

ROOT = Path(__file__).parents[2]
Json = dict[str, Any]

WORST = 2.6
"""Time at twice the size, as a multiple, that is no longer noise about 2."""
NOISE = 1.0
"""Seconds below which a ratio says nothing."""
LIMIT = 120
"""Seconds that any one file may take."""
UNDECIDED = frozenset({0, 1, 3})


def claim(number: int, **more: Any) -> Json:
    """A claim that several policies have rules about."""
    return {
        "claim": f"C{number}",
        "patient": f"P{number}",
        "payer": "medicare-part-b",
        "plan": "medicare",
        "state": "FL",
        "place": "24",
        "date": "2026-03-10",
        "lines": [line()],
    } | more


def line(number: int = 1, **more: Any) -> Json:
    return {
        "line": number,
        "code": "64483",
        "modifiers": ["RT"],
        "diagnoses": ["M54.16"],
    } | more


def day(number: int) -> str:
    """A day before the claims' own, one of the last twenty years."""
    return (date(2026, 3, 9) - timedelta(days=number % 7300)).isoformat()


def lines_of_a_day(n: int) -> Iterator[Json]:
    yield claim(1, lines=[line(x + 1) for x in range(n)])


def claims_of_a_patient(n: int) -> Iterator[Json]:
    return (claim(x, patient="P", date=day(x)) for x in range(n))


def claims_of_a_patient_on_one_day(n: int) -> Iterator[Json]:
    return (claim(x, patient="P") for x in range(n))


def history(n: int) -> Iterator[Json]:
    past = [{"date": day(x), "code": "64483", "status": "paid"} for x in range(n)]
    yield claim(1, history={"state": "complete", "lines": past})


def claims(n: int) -> Iterator[Json]:
    return (claim(x) for x in range(n))


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of growth with its sizes, and what it may take of memory at the last."""

    make: Callable[[int], Iterator[Json]]
    sizes: tuple[int, ...]
    megabytes: int

    @property
    def name(self) -> str:
        """The kind in words."""
        return self.make.__name__.replace("_", " ")


KINDS = (
    Kind(lines_of_a_day, (125, 250, 500, 999), 300),
    Kind(claims_of_a_patient, (500, 1000, 2000), 300),
    Kind(claims_of_a_patient_on_one_day, (125, 250, 500), 300),
    Kind(history, (10_000, 100_000, 200_000, 1_000_000), 1500),
    Kind(claims, (2000, 4000, 8000), 300),
)


def answered(kind: Kind, size: int, folder: Path, database: Path) -> Run:
    """A file of a size through ``check-claim``."""
    file = folder / "claims.ndjson"
    with file.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(one) + "\n" for one in kind.make(size))
    command = [COMMAND, "check-claim", file, "--json", "-d", database]
    return measured(command, folder, seconds=LIMIT)


def failure(run: Run, most: int, growth: float, ratio: float | None) -> str:
    """What is wrong with a run, or nothing; ``growth`` is that of the input."""
    if run.timed_out:
        return f"not done after {LIMIT} s"
    if run.code not in UNDECIDED:
        return f"exit code {run.code}"
    if run.megabytes > most:
        return f"{run.megabytes:.0f} MB, at most {most}"
    if ratio is not None and ratio > WORST * growth / 2:
        return f"{ratio:.1f} times the time for {growth:.1f} times the input"
    return ""


def ratio_of(before: Run | None, run: Run) -> float | None:
    """How many times longer a run took, where both are long enough to tell."""
    if before is None or before.seconds < NOISE:
        return None
    return run.seconds / before.seconds


def main(database: Path | None = None) -> int:
    """Print the table; 1 when anything failed."""
    table = Table("claims of great size")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if database is None:
            database = folder / "kb.db"
            measured([COMMAND, "build", ROOT / "policies", "-d", database])
        for kind in KINDS:
            before: Run | None = None
            for place, size in enumerate(kind.sizes):
                run = answered(kind, size, folder, database.resolve())
                growth = size / kind.sizes[place - 1] if place else 1.0
                ratio = ratio_of(before, run)
                why = failure(run, kind.megabytes, growth, ratio)
                said = f"{run.seconds:6.1f} s {run.megabytes:5.0f} MB"
                said += f"  ratio {ratio:.1f}" if ratio is not None else ""
                table.row(f"{size:,} {kind.name}", 1, int(bool(why)), said, why)
                before = run
                if run.timed_out:
                    break
    return table.close()


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:2])))
