"""A file of many claims through the command: memory, first answer, claims a second.

    python -m bench.stream

Each row is one process: 10,000 and 100,000 claims as NDJSON and X12, in each form of
answers, from a file and from a pipe, patients in one place and shuffled.  Wanted: under
300 MB at 100,000, the first answer within a second where no patient comes back.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
SMALL, LARGE = 10_000, 100_000
CLAIMS_EACH = 2
"""Claims of a patient."""


class Case(NamedTuple):
    """What is given, in which form answers are wanted, in which order, and how."""

    title: str
    kind: str
    form: str = ""
    shuffled: bool = False
    piped: bool = False


CASES = (
    Case("NDJSON to text", "json"),
    Case("NDJSON to --json", "json", "--json"),
    Case("NDJSON to --ndjson", "json", "--ndjson"),
    Case("X12 to --ndjson", "x12", "--ndjson"),
    Case("NDJSON by a pipe to --ndjson", "json", "--ndjson", piped=True),
    Case("NDJSON shuffled to --ndjson", "json", "--ndjson", shuffled=True),
    Case("X12 shuffled to --ndjson", "x12", "--ndjson", shuffled=True),
)


def json_claim(number: int) -> str:
    """A claim on a line."""
    line = {"code": "64483", "modifiers": ["RT"], "diagnoses": ["M54.16"]}
    earlier = {"date": "2025-12-01", "code": "64483", "modifiers": ["RT"]}
    claim = {
        "claim": f"C-{number}",
        "patient": f"P-{number // CLAIMS_EACH}",
        "payer": "medicare-part-b",
        "plan": "medicare",
        "state": "FL",
        "place": "24",
        "date": f"2026-{3 + number % CLAIMS_EACH:02}-10",
        "lines": [line],
        "history": {"state": "complete", "lines": [{**earlier, "status": "paid"}]},
    }
    return json.dumps(claim) + "\n"


X12_START = """\
ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260402*0900*^*00501\
*000000001*0*T*:~
GS*HC*SENDER*RECEIVER*20260402*0900*1*X*005010X222A1~
ST*837*0001*005010X222A1~
BHT*0019*00*1*20261231*0900*CH~
HL*1**20*1~
NM1*85*2*SPINE PRACTICE*****XX*1234567893~
N3*100 EXAMPLE WAY~
N4*TAMPA*FL*336010000~
REF*EI*999999999~
"""
X12_CLAIM = """\
HL*{level}*1*22*0~
SBR*P*18*******MB~
NM1*IL*1*TEST*ADA****MI*MBI{patient:07}~
DMG*D8*19480203*F~
NM1*PR*2*MEDICARE PART B FLORIDA*****PI*SYNMB~
CLM*C-{number}*450***24:B:1*Y*A*Y*Y~
HI*ABK:M5416~
NM1*82*1*RENDERER*RITA****XX*1111111112~
LX*1~
SV1*HC:64483:RT*450*UN*1***1~
DTP*472*D8*2026{month:02}10~
"""


def texts_of(case: Case, numbers: list[int]) -> Iterator[str]:
    """The claims of a file in that order."""
    if case.kind == "json":
        yield from map(json_claim, numbers)
        return
    yield X12_START
    for place, number in enumerate(numbers):
        yield X12_CLAIM.format(
            level=place + 2,
            number=number,
            patient=number // CLAIMS_EACH,
            month=3 + number % CLAIMS_EACH,
        )
    segments = X12_START.count("~\n") - 2 + len(numbers) * X12_CLAIM.count("~\n") + 1
    yield f"SE*{segments}*0001~\nGE*1*1~\nIEA*1*000000001~\n"


class Measured(NamedTuple):
    """One process: peak of memory, time to its first bytes, time to its end."""

    megabytes: int
    first: float
    seconds: float


def measured(words: list[str], file: Path, *, piped: bool) -> Measured:
    """Run the command and read its answers as they come."""
    start = perf_counter()
    source = subprocess.Popen(["cat", str(file)], stdout=subprocess.PIPE)
    child = subprocess.Popen(
        [*words, "-" if piped else str(file)],
        stdin=source.stdout if piped else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    )
    assert source.stdout
    assert child.stdout
    source.stdout.close()
    os.read(child.stdout.fileno(), 1)
    first = perf_counter() - start
    while os.read(child.stdout.fileno(), 1 << 20):
        pass
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    source.kill()
    source.wait()
    assert child.returncode in (0, 1, 3), child.returncode
    return Measured(used.ru_maxrss // 1024, first, perf_counter() - start)


def print_row(case: Case, folder: Path, database: Path, counts: list[int]) -> None:
    """One row: each size, and memory of the largest to the smallest."""
    command = [sys.executable, "-m", "kb", "check-claim", "-d", str(database)]
    found = []
    for count in counts:
        numbers = list(range(count))
        if case.shuffled:
            random.Random(7).shuffle(numbers)
        file = folder / "claims"
        with file.open("w", encoding="utf-8") as out:
            out.writelines(texts_of(case, numbers))
        found.append(measured([*command, *case.form.split()], file, piped=case.piped))
    for count, one in zip(counts, found, strict=True):
        title = f"{case.title}, {count:,}"
        print(
            f"{title:<44}{one.megabytes:>6} MB{one.first:>8.2f} s"
            f"{count / one.seconds:>9.0f}/s"
        )
    ratio = found[-1].megabytes / found[0].megabytes
    print(f"{'':<44}{ratio:>6.2f} times the memory")


def main() -> None:
    """Print the table; sizes may be given as arguments."""
    counts = [int(word) for word in sys.argv[1:]] or [SMALL, LARGE]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = folder / "kb.db"
        # In a process of its own: what this one holds would count for its children.
        words = [sys.executable, "-m", "kb", "build", "-d", str(database)]
        subprocess.run(words, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        print(f"{'':<44}{'peak':>9}{'first':>10}{'speed':>11}")
        for case in CASES:
            print_row(case, folder, database, counts)


if __name__ == "__main__":
    main()
