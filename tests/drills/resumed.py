"""``payerkb evaluate`` killed at any moment and gone on with: the bytes of a whole run.

Run as ``python -m tests.drills.resumed [HOW_MANY [CLAIMS]]`` (20 kills, 4,000 claims).  Each
work is killed by SIGKILL at a moment of its run, gone on with and killed a second time,
then gone on with to its end.  Its outputs have to be those of a work that nobody killed,
and nothing may be left lying about, nor any worker be left running.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from bench.evaluate import x12_texts
from tests.drills.kills import Files, built, files_in, restored
from tests.drills.measured import COMMAND
from tests.drills.table import Table
from tests.seeds import fresh, how_to_repeat

HOW_MANY, CLAIMS = 20, 4_000
FOREVER = 600.0
WORDS = (
    "evaluate", "march.837", "april.837", "-d", "build/kb.db", "--out", "a.ndjson",
    "--out", "a.csv", "--out", "a.fhir.ndjson", "--out", "a.html", "--workers", "2",
)  # fmt: skip
GOOD = frozenset({0, 1, 3})


def made_ready(folder: Path, claims: int) -> None:
    """Policies built, and two files of claims, each patient in both."""
    built(folder)
    for name in ("march.837", "april.837"):
        (folder / name).write_text("".join(x12_texts(claims // 2, apart=True)), "ascii")


def start(folder: Path, *more: str) -> subprocess.Popen[bytes]:
    """The command, a leader of its own group, so that its workers can be told."""
    return subprocess.Popen(
        [COMMAND, *WORDS, *more],
        cwd=folder,
        env={**os.environ, "TMPDIR": str(folder / "tmp")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def workers_left(group: int) -> bool:
    """Whether a process of the group still runs, a while after the first was killed."""
    for _ in range(200):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.05)
    return True


def once(before: Files, after: Files, seconds: float, dice: Random) -> tuple[int, str]:
    """One work: how many of its kills came in time, and what was found against it."""
    with tempfile.TemporaryDirectory() as name:
        folder = restored(before, Path(name))
        in_time = 0
        for more in ((), ("--resume",)):
            child = start(folder, *more)
            time.sleep(dice.uniform(0, seconds))
            in_time += child.poll() is None
            child.send_signal(signal.SIGKILL)
            child.wait()
            if workers_left(child.pid):
                return in_time, "workers are left running"
        code = start(folder, "--resume").wait(FOREVER)
        if code not in GOOD:
            return in_time, f"gone on with, it ends with {code}"
        found = files_in(folder)
        other = sorted(
            name for name in found.keys() | after if found.get(name) != after.get(name)
        )
        return in_time, f"not as without a kill: {', '.join(other)}" if other else ""


def main(how_many: int = HOW_MANY, claims: int = CLAIMS) -> int:
    """Kill as often as asked; 1 when any work came to other bytes."""
    table = Table(
        f"evaluate killed and resumed ({how_to_repeat()} repeats the moments)"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "tmp").mkdir()
        made_ready(folder, claims)
        before = files_in(folder)
        begun = time.monotonic()
        code = start(folder).wait(FOREVER)
        seconds = time.monotonic() - begun
        if code not in GOOD:
            message = f"the command ends with {code} when nobody kills it"
            raise RuntimeError(message)
        after = files_in(folder)
    dice = Random(fresh(0))
    runs = [once(before, after, seconds, dice) for _ in range(how_many)]
    bad = [fault for _, fault in runs if fault]
    in_time = sum(number for number, _ in runs)
    remark = f"{in_time} kills while at work"
    table.row(f"{claims:,} claims", how_many, len(bad), remark, bad[0] if bad else "")
    return table.close()


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))
