"""Commands that write, killed at any moment: each file is as before or as after.

Run as ``python -m tests.drills.kills [HOW_MANY [COMMAND]]`` (200 in all, of commands
whose name begins so).  Each kill is by
SIGKILL, half of them at a moment of the whole run, half soon after the first change
on disk.  After each the command is run again: it has to end well, with the files that
it makes undisturbed, and with nothing left lying about.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from tests.conftest import EPIDURAL
from tests.drills.measured import COMMAND, measured
from tests.drills.table import Table
from tests.kb.cli.calls import CALLS, FORGET, make_folder
from tests.seeds import fresh, how_to_repeat

ROOT = Path(__file__).parents[2]
HOW_MANY = 200
SOON = 0.03
"""Seconds within which a file is written after the first change."""
FOREVER = 120.0

TITLE = re.compile(r"^(rule [a-z0-9-]+: .*[a-z])$", re.MULTILINE)
"""A line whose period ``lint --fix`` takes away."""

Files = dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Target:
    """A command that writes, and the files that stand there before it."""

    name: str
    prepare: Callable[[Path], None]
    arguments: tuple[str, ...]
    builders: int = 1
    """How many run at once; one of them is killed."""
    good: frozenset[int] = frozenset({0})
    """Exit codes of a run that did its work."""


def policies(folder: Path) -> None:
    """Some shipped policies: enough to take a while, few enough to do it often."""
    for pattern in EPIDURAL:
        for file in (ROOT / "policies").glob(pattern):
            copy = folder / "policies" / file.relative_to(ROOT / "policies")
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, copy)


@cache
def _built() -> Files:
    """Some shipped policies and their database."""
    with tempfile.TemporaryDirectory() as name:
        policies(Path(name))
        measured([COMMAND, "build"], Path(name))
        return files_in(Path(name))


def built(folder: Path) -> None:
    """A database of policies that were edited since."""
    restored(_built(), folder)
    edited = folder / "policies/shared/sources.policy"
    edited.write_text(edited.read_text("utf-8") + "\n# an edit\n", "utf-8")


def untidy(folder: Path) -> None:
    """Policies that are not in the one style."""
    policies(folder)
    for file in (folder / "policies").rglob("*.policy"):
        text = file.read_text("utf-8").replace("\n  ", "\n ")
        file.write_text(text, "utf-8")


def mendable(folder: Path) -> None:
    """Policies in which ``lint --fix`` finds something to mend, in several files."""
    policies(folder)
    for file in (folder / "policies").rglob("*.policy"):
        text = file.read_text("utf-8")
        file.write_text(TITLE.sub(r"\1.", text), "utf-8")


def patients_who_come_back(folder: Path) -> None:
    """A file of claims in which every patient comes back late."""
    restored(_built(), folder)
    lines = [
        f'{{"claim": "C{n}", "patient": "P{n % 500}", "payer": "medicare-part-b",'
        f' "state": "FL", "date": "2026-03-10", "lines": [{{"code": "64483"}}]}}'
        for n in range(1500)
    ]
    (folder / "claims.ndjson").write_text("\n".join(lines), "utf-8")


def from_table(command: str) -> Callable[[Path], None]:
    """What the table of calls has for a command to work on; ``history`` has its file."""

    def prepare(folder: Path) -> None:
        make_folder(folder)
        if command == "history forget":
            measured([COMMAND, "history", *CALLS["history"]], folder)

    return prepare


BUILD = ("build", "policies", "-d", "build/kb.db")
TARGETS = (
    Target("build, the first", policies, BUILD),
    Target("build, after an edit", built, BUILD),
    Target("build, another at the same time", built, BUILD, builders=2),
    Target("fmt", untidy, ("fmt", "policies")),
    Target(
        "lint --fix", mendable, ("lint", "policies", "--fix"), good=frozenset({0, 1})
    ),
    Target(
        "check-claim, patients who come back",
        patients_who_come_back,
        ("check-claim", "claims.ndjson", "-d", "build/kb.db"),
        good=frozenset({0, 1, 3}),
    ),
    Target("import", from_table("import"), ("import", *CALLS["import"])),
    Target("history add", from_table("history"), ("history", *CALLS["history"])),
    Target("history forget", from_table("history forget"), ("history", *FORGET)),
    Target("guide", from_table("guide"), ("guide", *CALLS["guide"])),
)


def files_in(folder: Path) -> Files:
    """Every file below a folder with its bytes, those of its ``tmp`` too."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def spoilt(before: Files, after: Files, found: Files) -> list[str]:
    """Files that are neither as before nor as after, with what they are instead."""
    faults = []
    for name in sorted(before.keys() | after.keys()):
        allowed = (before.get(name), after.get(name))
        if found.get(name) not in allowed:
            size = f"{len(found[name])} bytes" if name in found else "gone"
            wanted = " or ".join(str(len(x)) for x in allowed if x is not None)
            faults.append(f"{name} is {size}, not {wanted}")
    return faults


def left_over(before: Files, after: Files, found: Files) -> list[str]:
    """Files that neither stood there before nor stand there after."""
    return sorted(found.keys() - before.keys() - after.keys())


@dataclass(frozen=True, slots=True)
class Killing:
    """A target made ready: its files before and after, and how long it takes."""

    target: Target
    before: Files
    after: Files
    seconds: float

    def once(self, dice: Random) -> tuple[bool, list[str]]:
        """One kill: whether it came in time, and what was found against it."""
        with tempfile.TemporaryDirectory() as name:
            folder = restored(self.before, Path(name))
            children = [start(self.target, folder) for _ in range(self.target.builders)]
            if dice.random() < 0.5:
                time.sleep(dice.uniform(0, self.seconds))
            else:
                wait_for_a_change(folder, self.before, children[0])
                time.sleep(dice.uniform(0, SOON))
            in_time = children[0].poll() is None
            children[0].send_signal(signal.SIGKILL)
            children[0].wait()
            others = [child.wait(FOREVER) for child in children[1:]]
            faults = spoilt(self.before, self.after, files_in(folder))
            faults += [
                f"the other ends with {x}" for x in others if x not in self.target.good
            ]
            again = start(self.target, folder).wait(FOREVER)
            if again not in self.target.good:
                faults.append(f"the next run ends with {again}")
            found = files_in(folder)
            faults += [f"next: {x}" for x in spoilt(self.after, self.after, found)]
            left = left_over(self.before, self.after, found)
            faults += [f"left over: {name}" for name in left]
            return in_time, faults


def made_ready(target: Target) -> Killing:
    """Run a target once to its end, to know what it makes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "tmp").mkdir()
        target.prepare(folder)
        before = files_in(folder)
        started = time.monotonic()
        code = start(target, folder).wait(FOREVER)
        lasted = time.monotonic() - started
        if code not in target.good:
            message = f"{target.name} ends with {code} when nobody kills it"
            raise RuntimeError(message)
        return Killing(target, before, files_in(folder), lasted)


def restored(files: Files, folder: Path) -> Path:
    """A folder with the files, and one for temporary files."""
    (folder / "tmp").mkdir(exist_ok=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def start(target: Target, folder: Path) -> subprocess.Popen[bytes]:
    """The command, at work in the folder; its temporary files lie in ``tmp``."""
    return subprocess.Popen(
        [COMMAND, *target.arguments],
        cwd=folder,
        env={**os.environ, "TMPDIR": str(folder / "tmp")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def wait_for_a_change(
    folder: Path, before: Files, child: subprocess.Popen[bytes]
) -> None:
    """Wait until something is written, or the command is done."""

    def state() -> list[tuple[str, int, int]]:
        found = []
        for path in folder.rglob("*"):
            try:
                known = path.stat()
            except FileNotFoundError:
                continue
            found.append((str(path), known.st_mtime_ns, known.st_size))
        return sorted(found)

    first = state()
    while child.poll() is None and state() == first:
        time.sleep(0.0005)


def main(how_many: int = HOW_MANY, name: str = "") -> int:
    """Kill each command in turn; 1 when a file was spoilt."""
    table = Table(
        f"commands that write, killed ({how_to_repeat()} repeats the moments)"
    )
    targets = [target for target in TARGETS if target.name.startswith(name)]
    each = -(-how_many // max(1, len(targets)))
    for number, target in enumerate(targets):
        dice = Random(fresh(number))
        killing = made_ready(target)
        runs = [killing.once(dice) for _ in range(each)]
        bad = [faults for _, faults in runs if faults]
        in_time = sum(early for early, _ in runs)
        why = "; ".join(bad[0][:3]) if bad else ""
        table.row(target.name, each, len(bad), f"{in_time} while at work", why)
    return table.close()


if __name__ == "__main__":
    given = sys.argv[1:3]
    sys.exit(main(int(given[0]) if given else HOW_MANY, "".join(given[1:])))
