"""Files of claims of every kind of growth, at a size and at twice the size.

Run as ``python -m tests.drills.doubling_claims [MEGABYTES [DATABASE]]``: a file of half
of the megabytes (1; the promise is for 10) and one of all of them go through
``check-claim --json``; it fails where time more than doubles.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.drills.large_claims import (
    NOISE,
    ROOT,
    WORST,
    Json,
    claim,
    day,
    line,
)
from tests.drills.measured import COMMAND, MEGABYTE, Run, measured
from tests.drills.table import Table

LIMIT = 300
"""Seconds for a file."""
MOST_LINES = 999
"""Lines that a claim may have, as 837I allows."""
LEVELS = ("L3-L4", "L4-L5", "L5-S1")
FACTS = ("indication", "concordant-imaging", "severe-enough", "baseline-scale")

Text = Callable[[int], Iterator[str]]


def as_lines(make: Callable[[int], Iterator[Json]]) -> Text:
    """Claims as NDJSON."""

    def text(n: int) -> Iterator[str]:
        return (json.dumps(one) + "\n" for one in make(n))

    return text


def one_claim(n: int) -> Iterator[Json]:
    return (claim(x) for x in range(n))


def long_claims(n: int) -> Iterator[Json]:
    """Claims of 999 lines, spread over days."""
    days = [day(x) for x in range(333)]
    for x in range(0, n, MOST_LINES):
        count = min(MOST_LINES, n - x)
        lines = [line(y + 1, date=days[y % 333]) for y in range(count)]
        yield claim(x, lines=lines)


def history(n: int) -> Iterator[Json]:
    past = [
        {"date": day(x), "code": "64483", "status": "paid", "level": LEVELS[x % 3]}
        for x in range(n)
    ]
    yield claim(1, history={"state": "partial", "lines": past})


def diagnoses(n: int) -> Iterator[Json]:
    codes = [f"M{x % 100:02}.{x // 100 % 1000}" for x in range(n)]
    yield claim(1, lines=[line(diagnoses=codes)])


def facts(n: int) -> Iterator[Json]:
    given = {f"unknown-fact-{x}": x % 2 == 0 for x in range(n)}
    yield claim(1, facts=given)


def modifiers(n: int) -> Iterator[Json]:
    yield claim(1, lines=[line(modifiers=[f"{x % 90 + 10}" for x in range(n)])])


def patients_coming_back(n: int) -> Iterator[Json]:
    """Each patient has four claims, far from one another in the file."""
    few = max(1, n // 4)
    return (claim(x, patient=f"P{x % few}", date=day(x // few * 40)) for x in range(n))


def unknown_keys(n: int) -> Iterator[Json]:
    return iter([claim(1, **{f"unknownkey{x}": 1 for x in range(n)})])


def same_ids(n: int) -> Iterator[Json]:
    """Claims that all have the id of the first: a fault each."""
    return (claim(x, claim="C1") for x in range(n))


def broken_lines(n: int) -> Iterator[str]:
    """Every third line is no JSON, of a wrong type, or has a fault of each kind."""
    good = json.dumps(claim(1, claim="C{}", patient="P{}"))
    bad = ("{", "[1]", json.dumps(claim(1, date="soon", lines=[{"code": 5}])))
    for x in range(n):
        yield (bad[x // 3 % 3] if x % 3 else good.replace("C{}", f"C{x}")) + "\n"


def x12(n: int) -> Iterator[str]:
    """One 837P file with a claim a patient."""
    sample = ROOT / "tests/data/x12/epidural/florida-medicare.837"
    head, patient, tail = parts_of_x12(sample.read_text("utf-8"))
    yield from (f"{segment}~\n" for segment in head)
    body = "".join(f"{segment}~\n" for segment in patient)
    for x in range(n):
        yield body.format(number=x + 2, name=f"{x:09}")
    # From ST to SE, both counted: ISA and GS stand before, GE and IEA after.
    count = len(head) - 2 + n * len(patient) + 1
    yield "".join(f"{segment}~\n" for segment in tail).format(count=count)


def parts_of_x12(text: str) -> tuple[list[str], list[str], list[str]]:
    """The segments before the first subscriber, the subscriber's, and those after all."""
    segments = [x.strip() for x in text.split("~") if x.strip()]
    first, second, last = (
        next(n for n, x in enumerate(segments) if x.startswith(start))
        for start in ("HL*2*", "HL*3*", "SE*")
    )
    holes = {
        "HL*2*": "HL*{number}*",
        "CLM*FL-OFFICE-1*": "CLM*C{name}*",
        "*SYNMBI0001": "*S{name}",
    }
    claim = "\n".join(segments[first:second])
    for written, hole in holes.items():
        claim = claim.replace(written, hole)
    end = segments[last].split("*")
    trailer = "*".join([end[0], "{count}", *end[2:]])
    return segments[:first], claim.split("\n"), [trailer, *segments[last + 1 :]]


GENERATORS: dict[str, Text] = {
    "claims, a line each": as_lines(one_claim),
    "X12 claims": x12,
    "lines of claims": as_lines(long_claims),
    "history of a claim": as_lines(history),
    "diagnoses of a line": as_lines(diagnoses),
    "facts that nobody knows": as_lines(facts),
    "modifiers of a line": as_lines(modifiers),
    "patients who come back": as_lines(patients_coming_back),
    "keys that nobody knows": as_lines(unknown_keys),
    "claims of one id": as_lines(same_ids),
    "lines that cannot be read": broken_lines,
}


def sized(text: Text, characters: int) -> int:
    """The ``n`` at which a generator makes about that many characters."""
    sample = 2000
    base, more = (sum(map(len, text(n))) for n in (sample, 2 * sample))
    return max(1, characters * sample // max(1, more - base))


def answered(text: Text, n: int, folder: Path, database: Path) -> Run:
    """A file of ``n`` through ``check-claim``."""
    file = folder / "claims"
    with file.open("w", encoding="utf-8") as out:
        out.writelines(text(n))
    command = [COMMAND, "check-claim", file, "--json", "-d", database]
    return measured(command, folder, seconds=LIMIT)


def failure(half: Run, whole: Run) -> str:
    """What is wrong with the two runs, or nothing."""
    for run in (half, whole):
        if run.timed_out:
            return f"not done after {LIMIT} s"
        if run.code not in {0, 1, 2, 3} or "Traceback" in run.stderr:
            return f"exit code {run.code}, {run.stderr.strip()[-80:]}"
    if whole.seconds > NOISE and whole.seconds > WORST * half.seconds:
        return f"{whole.seconds / half.seconds:.1f} times the time"
    return ""


def main(megabytes: float = 1.0, database: Path | None = None) -> int:
    """Print the table; 1 when anything failed."""
    table = Table(f"files of claims, of {megabytes / 2:g} and {megabytes:g} MB")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if database is None:
            database = folder / "kb.db"
            measured([COMMAND, "build", ROOT / "policies", "-d", database])
        for what, text in GENERATORS.items():
            n = sized(text, int(megabytes * MEGABYTE / 2))
            half, whole = (
                answered(text, size, folder, database.resolve()) for size in (n, 2 * n)
            )
            why = failure(half, whole)
            said = (
                f"{half.seconds:6.1f} {whole.seconds:6.1f} s {whole.megabytes:5.0f} MB"
            )
            said += f"  ratio {whole.seconds / half.seconds:.1f}  n {2 * n:,}"
            table.row(what, 1, int(bool(why)), said, why)
    return table.close()


def main_of(given: list[str]) -> int:
    """The drill as the command line asks for it."""
    megabytes = float(given[0]) if given else 1.0
    return main(megabytes, Path(given[1]) if len(given) > 1 else None)


if __name__ == "__main__":
    sys.exit(main_of(sys.argv[1:3]))
