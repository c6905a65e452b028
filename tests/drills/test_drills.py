"""What the drills decide: which files are spoilt, what failed, what is too slow."""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from random import Random

import pytest

from kb.claims import read_json_value, read_stream
from tests.drills import damaged_x12, kills, large_claims
from tests.drills.__main__ import commands, drills
from tests.drills.doubling_claims import GENERATORS, sized
from tests.drills.every_fault import Fault
from tests.drills.kills import Target, left_over, made_ready, spoilt
from tests.drills.large_claims import KINDS
from tests.drills.measured import Run, measured
from tests.drills.table import Table


def test_damaged_files_are_told_and_tell_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert damaged_x12.main(0.3) == 0
    assert "files damaged and read, 0 failures" in capsys.readouterr().out


def test_what_damage_may_not_do_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    text, _ = damaged_x12.texts()["florida-medicare.837"]
    content = text.replace("HC:64483", "HC:6448X9").encode()
    assert [*damaged_x12.failures_of(content, {"SV101"}, 100)] == [
        "told what is a patient's"
    ]
    monkeypatch.setattr(damaged_x12, "tell_x12", lambda *_: iter(()))
    assert [*damaged_x12.failures_of(content, set(), 100)] == ["passed in silence"]


OLD = {"a": b"old", "gone": b"x"}
NEW = {"a": b"newer", "made": b"y"}


@pytest.mark.parametrize(
    ("found", "faults"),
    [
        (OLD, []),
        (NEW, []),
        ({"a": b"newer"}, []),
        ({"a": b"old", "gone": b"x", "made": b"y", "a.tmp": b""}, []),
        ({"a": b""}, ["a is 0 bytes, not 3 or 5"]),
        ({"a": b"new"}, ["a is 3 bytes, not 3 or 5"]),
        ({"made": b"y"}, ["a is gone, not 3 or 5"]),
        ({"a": b"old", "made": b""}, ["made is 0 bytes, not 1"]),
    ],
)
def test_a_file_is_as_before_or_as_after_or_spoilt(
    found: dict[str, bytes], faults: list[str]
) -> None:
    assert spoilt(OLD, NEW, found) == faults


def test_what_stood_nowhere_is_left_over() -> None:
    assert left_over(OLD, NEW, {**OLD, **NEW, "a.tmp": b"", "tmp/b": b""}) == [
        "a.tmp",
        "tmp/b",
    ]


WRITES_IN_PLACE = """\
import sys, time
with open("a", "w") as file:
    for _ in range(200):
        file.write("new")
        file.flush()
        time.sleep(0.002)
"""
WRITES_BESIDE = WRITES_IN_PLACE.replace('open("a"', 'open("a.new"') + (
    'import os; os.replace("a.new", "a")\n'
)


@pytest.mark.parametrize(
    ("program", "held"), [(WRITES_IN_PLACE, False), (WRITES_BESIDE, True)]
)
def test_a_command_that_writes_in_place_is_found_out(
    program: str, held: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def prepare(folder: Path) -> None:
        (folder / "a").write_text("old")

    monkeypatch.setattr(kills, "COMMAND", sys.executable)
    killing = made_ready(Target("writes", prepare, ("-c", program)))

    found = [killing.once(Random(seed)) for seed in range(6)]

    assert any(in_time for in_time, _ in found)
    assert any(faults for _, faults in found) is not held


@pytest.mark.slow
@pytest.mark.parametrize("target", kills.TARGETS, ids=lambda target: target.name)
def test_every_command_that_is_killed_writes_when_it_is_not(target: Target) -> None:
    killing = made_ready(target)

    changed = spoilt(killing.before, killing.before, killing.after)
    made = left_over(killing.before, killing.before, killing.after)
    assert changed or made or target.arguments[0] == "check-claim"


def test_a_run_is_measured() -> None:
    program = "import sys; x = b'x' * 50_000_000; print('out'); sys.exit(3)"

    run = measured([sys.executable, "-c", program])

    assert (run.code, run.stdout, run.timed_out) == (3, "out\n", False)
    # Linux counts for a child what its parent held when it was started.
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    assert 50 < run.megabytes < 300 + own


def test_a_run_that_takes_too_long_is_ended() -> None:
    run = measured([sys.executable, "-c", "while True: pass"], seconds=1)

    assert run.timed_out


@pytest.mark.skipif(sys.platform != "linux", reason="needs ulimit -v")
def test_a_run_has_no_more_memory_than_it_is_given() -> None:
    program = "x = b'x' * 900_000_000"

    run = measured([sys.executable, "-c", program], memory=500)

    assert run.code == 1
    assert "MemoryError" in run.stderr


def ended(code: int, stdout: str = "", stderr: str = "", **more: bool) -> Run:
    return Run(code, 1.0, 50.0, stdout, stderr, **more)


TRACEBACK = "Traceback (most recent call last):\n  File\nRecursionError"


@pytest.mark.parametrize(
    ("command", "run", "failures"),
    [
        ("check", ended(0), []),
        ("check", ended(1, stderr="ERROR a.policy:1  [P001]"), []),
        ("check", ended(2, stderr="There is no folder."), []),
        ("check", ended(1, stderr="it broke"), ["exit code 1 without a finding"]),
        (
            "check",
            ended(1, stderr=TRACEBACK),
            ["traceback", "exit code 1 without a finding"],
        ),
        ("check", ended(-9, timed_out=True), ["not done after 20 s"]),
        ("check", ended(-11), ["ended by signal 11"]),
        ("check", ended(0, stdout="\x1b[2J"), ["raw control characters"]),
        ("check", ended(7), ["exit code 7"]),
        ("check-claim", ended(1, stdout='{"findings": []}'), []),
    ],
)
def test_what_no_input_may_do(command: str, run: Run, failures: list[str]) -> None:
    assert Fault("input", command, run).failures == failures


@pytest.mark.parametrize(
    ("seconds", "growth", "failed"),
    [(2.0, 2.0, False), (4.0, 2.0, False), (6.0, 2.0, True), (6.0, 10.0, False)],
)
def test_time_may_grow_as_the_input_does(
    seconds: float, growth: float, failed: bool
) -> None:
    before, run = Run(0, 2.0, 50, "", ""), Run(0, seconds, 50, "", "")
    ratio = large_claims.ratio_of(before, run)

    assert bool(large_claims.failure(run, 300, growth, ratio)) is failed


def test_what_is_done_at_once_has_no_ratio() -> None:
    assert large_claims.ratio_of(ended(0), Run(0, 9.0, 50, "", "")) == 9.0
    assert large_claims.ratio_of(Run(0, 0.2, 50, "", ""), ended(0)) is None


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_claims_of_great_size_can_be_read(kind: large_claims.Kind) -> None:
    claims = list(kind.make(20))
    read = read_json_value(json.loads(json.dumps(claims)))

    assert not read.bad
    sizes = {len(claims), len(claims[0]["lines"])}
    assert 20 in sizes | {len(claims[0].get("history", {}).get("lines", ()))}


READABLE = sorted(GENERATORS.keys() - {
    "keys that nobody knows", "claims of one id", "lines that cannot be read",
})  # fmt: skip


@pytest.mark.parametrize("what", READABLE)
def test_files_of_every_kind_of_growth_can_be_read(what: str, tmp_path: Path) -> None:
    file = tmp_path / "claims"
    file.write_text("".join(GENERATORS[what](12)), "utf-8")
    with file.open("rb") as stream:
        read = read_stream(stream)

    assert not read.bad
    assert read.claims


@pytest.mark.parametrize("what", sorted(GENERATORS.keys() - {*READABLE}))
def test_files_of_faults_have_faults(what: str, tmp_path: Path) -> None:
    file = tmp_path / "claims"
    file.write_text("".join(GENERATORS[what](12)), "utf-8")
    with file.open("rb") as stream:
        assert read_stream(stream).bad


@pytest.mark.parametrize("what", GENERATORS)
def test_a_file_is_of_the_size_that_is_wanted(what: str) -> None:
    n = sized(GENERATORS[what], 300_000)
    half, whole = (sum(map(len, GENERATORS[what](x))) for x in (n, 2 * n))

    assert 200_000 < half < 400_000
    assert 1.8 < whole / half < 2.2


def test_a_table_fails_when_a_row_does(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table("a drill")
    table.row("one", 3, 0)
    assert table.close() == 0
    table.row("two", 3, 1, "a remark", "why")
    assert table.close() == 1

    shown = capsys.readouterr().out
    assert "two: why" in shown
    assert shown.endswith("FAILED\n")


def test_every_drill_of_the_folder_is_run() -> None:
    assert {"kills", "large_claims", "planted_cache", "doubling_claims"} <= {*drills()}
    assert "table" not in drills()
    assert list(commands([]))[-1] == "laws"
    assert "every_fault" not in commands([])
    assert commands(["faults"])["every_fault"][-1] == "faults"
