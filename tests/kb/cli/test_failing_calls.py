"""Every read and write of every command fails once: a sentence, and nothing is spoilt."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kb.cli import COMMANDS, main
from tests import seeds
from tests.drills import kills, resumed

from .calls import CALLS, FORGET
from .failing import failing

LOOPS = frozenset({"crd", "lsp", "serve"})
"""Commands that go on until they are stopped; their loops have tests of their own."""

MANY, TRIED = 200, 60
"""A command with many calls makes the same ones for many files, or builds two folders as
``build`` does one, each of whose calls is tried: of its own so many are."""

FORGETTING = "history forget"

pytestmark = pytest.mark.slow


def run(command: str) -> Result:
    """The command as the table calls it."""
    words = [command, *CALLS[command]] if command in CALLS else ["history", *FORGET]
    return CliRunner().invoke(main, words, prog_name="payerkb")


def below(folder: Path) -> dict[Path, bytes | None]:
    """What stands in each file of a folder, and nothing for each folder in it."""
    return {
        path.relative_to(folder): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


def faults_of(result: Result, good: Result) -> list[str]:
    """What is wrong with the answer of a command one of whose calls failed."""
    faults = []
    right = (result.exit_code, result.stdout) == (good.exit_code, good.stdout)
    # A policy file that cannot be read is a finding among those of the other files.
    finding = result.exit_code == 1 and "[P009]" in result.output
    if not (right or finding or result.exit_code == 2):
        faults.append(f"exit code {result.exit_code}: {result.output}")
    if result.exit_code == 2 and not result.stderr:
        faults.append("not a word")
    if "Traceback" in result.output or "fault of the program" in result.output:
        faults.append(result.output)
    return faults


@pytest.mark.parametrize("command", [*sorted(COMMANDS.keys() - LOOPS), FORGETTING])
def test_each_call_may_fail_once(command: str, calls_folder: Path) -> None:
    if command == FORGETTING:
        run("history")
    untouched = calls_folder.with_name("untouched")
    shutil.copytree(calls_folder, untouched)
    run(command)  # what is read only once in a process is read now
    afresh(calls_folder, untouched)
    with failing(0) as counting:
        good = run(command)
    before, after = below(untouched), below(calls_folder)
    now, faults = after, []
    for number in numbers_of(counting.made):
        if now != before:
            afresh(calls_folder, untouched)
        with failing(number) as fault:
            result = run(command)
        found = faults_of(result, good)
        now = below(calls_folder)
        found += [
            f"{path} is spoilt"
            for path, content in before.items()
            if now.get(path) not in (content, after.get(path))
        ]
        if command == "guide" and result.exit_code == 0 and now != after:
            found.append("finished with other pages")
        faults += [f"call {number}, {fault.failed}: {text}" for text in found]
    assert faults == []
    assert counting.made > 0


@pytest.mark.parametrize("command", sorted(COMMANDS.keys() - LOOPS))
def test_each_command_that_writes_is_killed_by_a_drill(
    command: str, calls_folder: Path
) -> None:
    """What its call leaves in the folder tells whether it writes."""
    before = below(calls_folder)
    run(command)
    writes = below(calls_folder) != before
    killed = {target.arguments[0] for target in kills.TARGETS} | {resumed.WORDS[0]}

    assert not writes or command in killed


def numbers_of(made: int) -> range:
    """The calls that fail: each, or of many some, which are others with every commit."""
    step = made // TRIED if made > MANY else 1
    return range(1 + seeds.RUN % step, made + 1, step)


def afresh(folder: Path, untouched: Path) -> None:
    """The folder as it was before any command ran."""
    os.chdir(untouched.parent)
    shutil.rmtree(folder)
    shutil.copytree(untouched, folder)
    os.chdir(folder)
