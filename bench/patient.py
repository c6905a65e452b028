"""One patient with much: twice the lines may take at most about twice the time.

    python -m bench.patient

Lines of one day in a claim, claims of one patient and a long history, each at half the
size and at the whole; the ratio is the figure, for seconds are the machine's.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from time import process_time

from bench.claim import ROOT, built
from kb.claims import Claim, read_json
from kb.engine import Engine

LINE = {"code": "64483", "modifiers": ["RT"], "diagnoses": ["M54.16"]}
BASE = {
    "payer": "medicare-part-b",
    "plan": "medicare",
    "state": "FL",
    "place": "24",
    "date": "2026-03-10",
    "patient": "P1",
}
RUNS = 3
MOST = 2.6
"""Twice, and what a noisy machine adds."""


def lines_of_a_day(number: int) -> str:
    """A claim with so many lines."""
    lines = [{**LINE, "line": n + 1} for n in range(number)]
    return json.dumps({**BASE, "claim": "C1", "lines": lines})


def claims_of_a_day(number: int) -> str:
    """So many claims of one patient and day."""
    return "\n".join(_claim(n, BASE["date"]) for n in range(number))


def claims_of_a_patient(number: int) -> str:
    """So many claims of one patient, a day apart."""
    last = date.fromisoformat(BASE["date"])
    days = (last - timedelta(days=n % 3600) for n in range(number))
    return "\n".join(_claim(n, str(day)) for n, day in enumerate(days))


def lines_of_history(number: int) -> str:
    """A claim with so many earlier services."""
    first = date(1990, 1, 1)
    days = (str(first + timedelta(days=n % 13000)) for n in range(number))
    codes = ("64483", "99213", "62323", "J1100")
    lines = [{"date": day, "code": codes[n % 4]} for n, day in enumerate(days)]
    history = {"state": "complete", "lines": lines}
    return json.dumps({**BASE, "claim": "C1", "lines": [LINE], "history": history})


def _claim(number: int, day: str) -> str:
    return json.dumps({**BASE, "claim": f"C{number}", "date": day, "lines": [LINE]})


CASES: tuple[tuple[str, Callable[[int], str], int], ...] = (
    ("lines of one day in a claim", lines_of_a_day, 998),
    ("claims of one patient and day", claims_of_a_day, 1000),
    ("claims of one patient", claims_of_a_patient, 1000),
    ("lines of history", lines_of_history, 20000),
)


def seconds(engine: Engine, text: str) -> float:
    """The least processor time of answering a text of claims."""
    claims = read_json(text).claims
    return min(_timed(engine, claims) for _ in range(RUNS))


def _timed(engine: Engine, claims: tuple[Claim, ...]) -> float:
    start = process_time()
    engine.answer(claims)
    return process_time() - start


def rows(engine: Engine) -> Iterator[tuple[str, int, float, float]]:
    """Each case with its size, its seconds, and how much more than half of it takes."""
    for title, make, number in CASES:
        half, whole = (seconds(engine, make(n)) for n in (number // 2, number))
        yield title, number, whole, whole / half


def main() -> int:
    """Print the table; 1 where twice the lines take much more than twice the time."""
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine.open(built(ROOT / "policies", Path(folder) / "kb.db"))
        print("| one patient | number | seconds | to half of it |\n|---|---|---|---|")
        for title, number, whole, ratio in rows(engine):
            worst = max(worst, ratio)
            print(f"| {title} | {number:,} | {whole:.2f} | {ratio:.1f} |")
    return int(worst > MOST)


if __name__ == "__main__":
    raise SystemExit(main())
