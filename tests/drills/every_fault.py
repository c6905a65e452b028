"""A folder of bad inputs through the commands that read them: none crashes or hangs.

Run as ``python -m tests.drills.every_fault FOLDER [DATABASE]``.  Every folder in
FOLDER/policies goes through check, build, fmt --check and lint, every file in
FOLDER/claims through check-claim --json, each with a limit of time and memory.  It
fails on a traceback, on a signal, on the limit, and on exit code 1 without a finding.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.drills.measured import COMMAND, Run, measured

ROOT = Path(__file__).parents[2]
SECONDS = 20
ROOM = 1500
"""MB of address space: libraries take some hundred of it without using it."""
MEMORY = 300
"""MB that a small file may take."""
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\u202a-\u202e\u2066-\u2069]")
COMMANDS = (
    ("check", "policies"),
    ("build", "policies", "-d", "kb.db"),
    ("fmt", "policies", "--check"),
    ("lint", "policies"),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One input through one command."""

    name: str
    command: str
    run: Run

    @property
    def failures(self) -> list[str]:
        """What no input may do."""
        run, found = self.run, []
        if run.timed_out:
            found.append(f"not done after {SECONDS} s")
        elif run.code < 0:
            found.append(f"ended by signal {-run.code}")
        if "Traceback (most recent call last)" in run.stderr:
            found.append("traceback")
        if run.code == 1 and not says_a_finding(self.command, run):
            found.append("exit code 1 without a finding")
        if run.code not in {0, 1, 2, 3} and run.code >= 0:
            found.append(f"exit code {run.code}")
        if run.megabytes > MEMORY:
            found.append("too much memory")
        if CONTROL.search(run.stdout + run.stderr):
            found.append("raw control characters")
        return found

    def row(self) -> str:
        """The row of the table."""
        run = self.run
        said = (run.stderr.strip() or run.stdout.strip()).partition("\n")[0]
        shown = CONTROL.sub(lambda x: f"\\x{ord(x[0]):02x}", said)[:70]
        code = "-" if run.timed_out else run.code
        verdict = ", ".join(self.failures) or "held"
        return (
            f"{self.name[:34]:<35}{self.command:<12}{code:>4}{run.seconds:>7.1f}"
            f"{run.megabytes:>6.0f}  {verdict}: {shown}"
        )


def says_a_finding(command: str, run: Run) -> bool:
    """Whether the output says what was found, as exit code 1 promises."""
    if command == "check-claim":
        return '"findings"' in run.stdout
    return bool(
        re.search(r"\[[PL]\d{3}\]|\d+ errors?|would change", run.stdout + run.stderr)
    )


def policies_through(folder: Path) -> list[Fault]:
    """A folder of policies through each command that reads policies."""
    found = []
    for arguments in COMMANDS:
        with tempfile.TemporaryDirectory() as name:
            shutil.copytree(folder, Path(name) / "policies")
            run = measured(
                [COMMAND, *arguments], Path(name), seconds=SECONDS, memory=ROOM
            )
            found.append(Fault(folder.name, arguments[0], run))
            print(found[-1].row(), flush=True)
    return found


def claims_through(file: Path, database: Path) -> Fault:
    """A file of claims through ``check-claim``."""
    command = [COMMAND, "check-claim", file, "--json", "-d", database]
    fault = Fault(
        file.name, "check-claim", measured(command, seconds=SECONDS, memory=ROOM)
    )
    print(fault.row(), flush=True)
    return fault


def main(folder: Path, database: Path | None = None) -> int:
    """Print the table; 1 when anything failed."""
    print(f"{'':<35}{'':<12}{'exit':>4}{'s':>7}{'MB':>6}")
    found: list[Fault] = []
    for one in sorted(x for x in (folder / "policies").glob("*") if x.is_dir()):
        found += policies_through(one)
    with tempfile.TemporaryDirectory() as name:
        if database is None:
            database = Path(name) / "kb.db"
            measured([COMMAND, "build", ROOT / "policies", "-d", database])
        for file in sorted((folder / "claims").glob("*")):
            found.append(claims_through(file.resolve(), database))
    failed = sum(bool(fault.failures) for fault in found)
    print(f"\ntried {len(found)}, held {len(found) - failed}, failed {failed}")
    return int(failed > 0)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(*map(Path, sys.argv[1:3])))
