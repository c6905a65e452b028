"""A build: cold, after one edit, and with nothing changed.

    python -m bench.build             a thousand made policy files
    python -m bench.build policies    a copy of the policies of a folder

``read`` is hashing and parsing, ``compile`` all that is checked across files, with the
rows of the tables, ``write`` the tables and indexes, ``check`` the checks of the new file
and putting it in place.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

from bench.policies import write_policies
from kb.build.compiler import build_folder

FILES = 1000
RULES_EACH = 5
RUNS = 3
STAGES = ("read", "compile", "write", "check")

Seconds = dict[str, float]


def timed_build(policies: Path, database: Path) -> Seconds:
    """Seconds of each stage of one build, and of the whole."""
    first: Seconds = {}
    last: Seconds = {}

    def progress(stage: str, _done: int, _total: int) -> None:
        last[stage] = perf_counter()
        first.setdefault(stage, last[stage])

    start = perf_counter()
    done = build_folder(policies, database, progress=progress)
    end = perf_counter()
    assert not done.errors, [found.render() for found in done.diagnostics[:3]]
    if done.up_to_date:
        return {"whole": end - start}
    return {
        "read": last["read"] - start,
        "compile": first["write"] - last["read"],
        "write": first["check"] - first["write"],
        "check": end - first["check"],
        "whole": end - start,
    }


def edit(policies: Path, number: int) -> None:
    """Change one number in one file, as an author would; in a folder of others, a remark."""
    file = next(policies.rglob("policy-500.policy"), None)
    if file is None:
        file = next(policies.rglob("esi.policy"))
        file.write_text(f"{file.read_text('utf-8')}# {number}\n", "utf-8")
        return
    text = file.read_text("utf-8")
    before = text.partition("rule rule-0:")[2].partition(" weeks")[0].split()[-1]
    file.write_text(text.replace(f"{before} weeks", f"{number} weeks"), "utf-8")


def print_row(title: str, runs: list[Seconds]) -> None:
    """Median of each stage and of the whole; a dash for a stage that was not needed."""
    cells = [
        f"{median(run[stage] for run in runs):.2f}" if stage in runs[0] else "-"
        for stage in (*STAGES, "whole")
    ]
    print(f"{title:<18}" + "".join(f"{cell:>10}" for cell in cells))


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as name:
        policies = Path(name) / "policies"
        given = Path(sys.argv[1]) if len(sys.argv) > 1 else None
        if given is None:
            write_policies(policies, FILES, RULES_EACH)
        else:
            shutil.copytree(given, policies)
        cold = [
            timed_build(policies, Path(name) / f"cold-{run}" / "kb.db")
            for run in range(RUNS)
        ]
        database = Path(name) / "cold-0" / "kb.db"
        edited = []
        for run in range(RUNS):
            edit(policies, 50 + run)
            edited.append(timed_build(policies, database))
        same = [timed_build(policies, database) for _ in range(RUNS)]

    held = f"{FILES:,} files, {FILES * RULES_EACH:,} rules" if given is None else given
    print(f"build of {held}; {RUNS} runs, seconds")
    print(f"{'':<18}" + "".join(f"{stage:>10}" for stage in [*STAGES, "whole"]))
    print_row("cold", cold)
    print_row("after one edit", edited)
    print_row("nothing changed", same)


if __name__ == "__main__":
    main()
