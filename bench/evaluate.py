"""837P files through ``payerkb evaluate`` to NDJSON: claims a second, memory, first answer.

    python -m bench.evaluate [CLAIMS]

The claims are those of ``make everyday``, repeated under other patients: once on their own
two days, as the same claims come again and again, and once each on a day of its own, so
that hardly any two are alike.  Then, of a tenth of the claims, each with five earlier ones
of its patient.  Wanted: 200,000 in 60 seconds on two free processors, the first answer
within a second, memory flat; with a history at most twice the time without.  The load is
printed, for others use the processors too.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from time import perf_counter, sleep
from typing import Any, NamedTuple

from tests.everyday.claims import BILLING, DAYS, RENDERING, as_json

ROOT = Path(__file__).parents[1]
CLAIMS = 200_000
WANTED = 60.0
EARLIER = 5
"""Earlier claims of a patient."""
START = """\
ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260402*0900*^*00501\
*000000001*0*T*:~
GS*HC*SENDER*RECEIVER*20260402*0900*1*X*005010X222A1~
ST*837*0001*005010X222A1~
BHT*0019*00*1*20261231*0900*CH~
"""
FILING = {
    "medicare": "MB",
    "commercial": "CI",
    "medicare-advantage": "16",
    "medicaid": "MC",
}


def x12_claim(asked: dict[str, Any], number: int, level: int, day: date) -> str:
    """An everyday claim with its practice, a patient of its own, on a day."""
    payer = asked["payer"]
    named = payer["name"] if isinstance(payer, dict) else payer
    return "~\n".join(
        [
            f"HL*{level}**20*1",
            f"NM1*85*2*PAIN PRACTICE*****XX*{BILLING}",
            "N3*100 EXAMPLE WAY",
            f"N4*TOWN*{asked['state']}*336010000",
            "REF*EI*999999999",
            f"HL*{level + 1}*{level}*22*0",
            f"SBR*P*18*******{FILING[asked['plan']]}",
            f"NM1*IL*1*TEST*ADA****MI*MEM{number:08}",
            "DMG*D8*19480203*F",
            f"NM1*PR*2*{named.replace('-', ' ').upper()}*****PI*{named}",
            f"CLM*E-{number}*{150 * len(asked['lines'])}***{asked['place']}:B:1*Y*A*Y*Y",
            f"HI*{diagnoses(asked['diagnoses'])}",
            f"NM1*82*1*RENDERER*RITA****XX*{RENDERING}",
            *lines(asked["lines"], asked["diagnoses"], day),
            "",
        ]
    )


def diagnoses(codes: list[str]) -> str:
    """The codes of HI, the first as the principal one."""
    return "*".join(
        f"{'ABF' if at else 'ABK'}:{code.replace('.', '')}"
        for at, code in enumerate(codes)
    )


def lines(billed: list[dict[str, Any]], codes: list[str], day: date) -> Iterator[str]:
    """The segments of the service lines."""
    pointers = ":".join(str(at) for at in range(1, len(codes) + 1))
    for number, line in enumerate(billed, 1):
        service = ":".join(["HC", line["code"], *line["modifiers"]])
        yield f"LX*{number}"
        yield f"SV1*{service}*150*UN*{line['units']}***{pointers}"
        yield f"DTP*472*D8*{day:%Y%m%d}"


def x12_texts(count: int, *, apart: bool) -> Iterator[str]:
    """A file of so many everyday claims; ``apart``: each kind on other days each time."""
    asked = [(claim, day) for day in DAYS for claim in as_json(day)]
    yield START
    segments = START.count("~\n") - 1
    for number in range(count):
        claim, day = asked[number % len(asked)]
        if apart:
            day = DAYS[0] + timedelta(days=number // len(asked) * 7 % 510)
        text = x12_claim(claim, number, 2 * number + 1, day)
        segments += text.count("~\n")
        yield text
    yield f"SE*{segments}*0001~\nGE*1*1~\nIEA*1*000000001~\n"


def earlier_texts(count: int) -> Iterator[str]:
    """A file with the earlier claims of so many patients, in the half year before."""
    asked = [(claim, day) for day in DAYS for claim in as_json(day)]
    yield START
    segments = START.count("~\n") - 1
    for number in range(count * EARLIER):
        patient = number % count
        named, _ = asked[patient % len(asked)]
        done, _ = asked[number * 7 % len(asked)]
        claim = {**done, **{key: named[key] for key in ("payer", "plan", "state")}}
        day = DAYS[0] - timedelta(days=20 + number // count * 29 + number % 23)
        text = x12_claim(claim, patient, 2 * number + 1, day)
        text = text.replace(f"CLM*E-{patient}*", f"CLM*H-{number}*")
        segments += text.count("~\n")
        yield text
    yield f"SE*{segments}*0001~\nGE*1*1~\nIEA*1*000000001~\n"


class Measured(NamedTuple):
    """One run: seconds in all and to the first answer, peak of memory of one process."""

    seconds: float
    first: float
    megabytes: int
    processor: float
    """Seconds of all processors, which others on the machine change little."""


def measured(command: list[str], part: Path) -> Measured:
    """Run the command; the first answer is there when its part begins to grow."""
    start = perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    first: list[float] = []

    def watch() -> None:
        while not first and child.poll() is None:
            if part.exists() and part.stat().st_size:
                first.append(perf_counter() - start)
            sleep(0.005)

    watcher = threading.Thread(target=watch)
    watcher.start()
    _, status, used = os.wait4(child.pid, 0)
    seconds = perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    watcher.join()
    assert child.returncode in (0, 1, 3), child.returncode
    return Measured(
        seconds,
        first[0] if first else seconds,
        used.ru_maxrss // 1024,
        used.ru_utime + used.ru_stime,
    )


def explained(answers: Path) -> float:
    """The share of lines that say something of themselves."""
    said = whole = 0
    with answers.open(encoding="utf-8") as lines:
        for text in islice(lines, 5_000):
            for line in json.loads(text).get("answer", {}).get("lines", ()):
                whole += 1
                said += bool(line["say"])
    return said / max(whole, 1)


def write(file: Path, texts: Iterator[str]) -> None:
    """Write a file of claims."""
    with file.open("w", encoding="ascii") as opened:
        opened.writelines(texts)


def told(
    title: str, file: Path, out: Path, workers: int, count: int, *given: str
) -> None:
    """Answer a file, and print the row of it."""
    command = [
        sys.executable, "-m", "kb", "evaluate", str(file), "--out", str(out),
        "--workers", str(workers), *given,
    ]  # fmt: skip
    found = measured(command, out.with_name(f"{out.name}.part"))
    print(
        f"{f'{title}, {workers} workers':<40}{found.seconds:>7.1f} s"
        f"{count / found.seconds:>8,.0f}/s"
        f"{found.processor / count * 1e6:>9,.0f} us{found.first:>7.2f} s"
        f"{found.megabytes:>6} MB"
    )


def main() -> None:
    """Print the table."""
    count = int(sys.argv[1]) if sys.argv[1:] else CLAIMS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = folder / "kb.db"
        words = [sys.executable, "-m", "kb", "build", "-d", str(database)]
        subprocess.run(words, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
        print(f"{count:,} claims of 837P to brief NDJSON; load {load:.1f}")
        heads = f"{'time':>9}{'speed':>10}{'CPU each':>12}{'first':>9}{'peak':>9}"
        print(f"{'':<40}{heads}")
        file, out = folder / "claims.837", folder / "answers.ndjson"
        for apart in (False, True):
            write(file, x12_texts(count, apart=apart))
            title = "each on a day of its own" if apart else "the same two days"
            for workers in (1, 2):
                told(title, file, out, workers, count, "-d", str(database))
            print(f"{'lines explained':<40}{explained(out):>9.1%}")
        few, past = max(count // 10, 1), folder / "past.837"
        write(file, x12_texts(few, apart=True))
        write(past, earlier_texts(few))
        given = ("-d", str(database))
        told(f"{few:,} of these", file, out, 2, few, *given)
        title = f"the same with {EARLIER} earlier each"
        told(title, file, out, 2, few, *given, "--history", str(past))
        print(
            f"wanted: {CLAIMS / WANTED:,.0f}/s with two workers, the first within 1 s"
        )


if __name__ == "__main__":
    main()
