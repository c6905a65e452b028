"""The build as a whole: same model same bytes, nothing half done, no work twice."""

from __future__ import annotations

import gc
import hashlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

import kb.build.compiler
from dsl.base.model import Citation, Model
from kb.build.compiler import BuildError, BuildReport, build_folder, write_database
from kb.database.schema import APPLICATION_ID, SCHEMA_VERSION
from kb.database.table_rows import TABLE_ROWS
from tests.seeds import fresh

WORDS = """\
payer sample-health: Sample Health
  line of business: commercial
  ids: 00009

source S1: A sample document
  publisher: Sample publisher
  url: https://example.org/s1
  grade: primary
  read on: 2026-01-31
  review by: 2026-07-31

fact pain-duration: How long the pain lasts
  kind: duration
  of: patient
"""
POLICY = """\
policy sample/{name}: Epidural injections
  payer: sample-health
  in force: from 2022-01-01
  cite: S1

codes esi: Epidurals
  include: 64483, 64484

rule four-weeks: Four weeks come first
  for: esi
  require: pain-duration at least {weeks} weeks
  otherwise: deny for necessity
  cite: S1, section 2
"""
BUILD = """
import runpy, sys
from pathlib import Path
from kb.build.compiler import write_database
model = runpy.run_path(sys.argv[1])["make_sample_model"]()
write_database(model, Path(sys.argv[2]))
"""
SAMPLE = Path(__file__).parents[1] / "conftest.py"
"""Where another process gets the sample model from: it makes it itself."""


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def meta(path: Path) -> dict[str, str]:
    with closing(sqlite3.connect(path)) as connection:
        return dict(connection.execute("SELECT key, value FROM meta"))


def test_same_model_gives_the_same_bytes_in_any_process(
    knowledge_base: Path, tmp_path: Path
) -> None:
    for seed in ("1", "2"):
        database = tmp_path / f"seed-{seed}.db"
        subprocess.run(
            [sys.executable, "-c", BUILD, str(SAMPLE), str(database)],
            env={
                **os.environ,
                "PYTHONHASHSEED": seed,
                "PYTHONPATH": os.pathsep.join(sys.path),
            },
            check=True,
        )
        assert sha256(database) == sha256(knowledge_base)


def test_file_says_what_it_is(knowledge_base: Path, sample_model: Model) -> None:
    with closing(sqlite3.connect(knowledge_base)) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (
            APPLICATION_ID,
        )
        assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        counts = {
            f"count.{table}": str(
                connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            )
            for table in TABLE_ROWS
        }
    found = meta(knowledge_base)
    assert counts.items() <= found.items()
    assert {
        "builder",
        "content",
        "engine",
        "language",
        "rows",
        "schema",
        "seal",
        *(f"sha256.{table}" for table in TABLE_ROWS),
    } == found.keys() - counts.keys()


def test_search_index_and_statistics_are_there(knowledge_base: Path) -> None:
    with closing(sqlite3.connect(knowledge_base)) as connection:
        connection.execute(
            "INSERT INTO search_entry_fts(search_entry_fts, rank) VALUES ('integrity-check', 1)"
        )
        connection.rollback()
        (analysed,) = connection.execute(
            "SELECT count(DISTINCT tbl) FROM sqlite_stat1"
        ).fetchone()
    assert analysed > len(TABLE_ROWS) / 2


def test_model_that_names_what_is_not_there_is_refused(
    sample_model: Model, tmp_path: Path
) -> None:
    policy = sample_model.policies[0]
    bad_rule = replace(policy.rules[0], citations=(Citation("NO-SUCH"),))
    bad = replace(sample_model, policies=(replace(policy, rules=(bad_rule,)),))
    with pytest.raises(BuildError, match="names the source NO-SUCH"):
        write_database(bad, tmp_path / "kb.db")
    assert not (tmp_path / "kb.db").exists()


# Killed, and two at once ---------------------------------------------------------------


def can_be_killed(test: Callable[..., None]) -> Callable[..., None]:
    """A test whose processes are copies of this one: they need import nothing."""
    needs = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
    warned = pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
    killed: Callable[..., None] = needs(warned(test))
    return killed


def renamed(model: Model, title: str) -> Model:
    first = model.policies[0]
    return replace(model, policies=(replace(first, title=title), *model.policies[1:]))


def larger(model: Model, copies: int) -> Model:
    """The model with many more files, so that a build takes its time."""
    more = tuple(
        replace(file, path=f"{copy}/{file.path}", text=file.text * 40)
        for file in model.files
        for copy in range(copies)
    )
    return replace(model, files=(*model.files, *more))


def larger_model(model: Model) -> Model:
    return larger(renamed(model, "Another"), 200)


def begun(model: Model, database: Path, dies_at: str = "") -> int:
    """A process that builds and does nothing else; it may kill itself at a step."""
    process = os.fork()
    if process == 0:
        try:
            if dies_at:
                pytest.MonkeyPatch().setattr(dies_at, kill_myself)
            write_database(model, database)
        finally:
            os._exit(0)
    return process


def kill_myself(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.slow
@can_be_killed
def test_killed_builds_leave_the_old_database_or_the_new(
    sample_model: Model, tmp_path: Path
) -> None:
    database = tmp_path / "kb.db"
    old, new = sample_model, larger_model(sample_model)
    started = time.monotonic()
    write_database(new, database)
    lasts, new_bytes = time.monotonic() - started, sha256(database)
    write_database(old, database)
    old_bytes = sha256(database)
    moments = random.Random(fresh(20)).sample(range(1000), 20)
    for moment in moments:
        build = begun(new, database)
        time.sleep(lasts * moment / 1000)
        os.kill(build, signal.SIGKILL)
        os.waitpid(build, 0)
        if sha256(database) != old_bytes:
            assert sha256(database) == new_bytes
            write_database(old, database)
    write_database(new, database)
    assert sha256(database) == new_bytes
    assert sorted(path.name for path in tmp_path.iterdir()) == [".kb.db.lock", "kb.db"]


STEPS = {
    "while writing": "kb.build.compiler._insert",
    "while checking": "kb.build.publish._check",
    "before the disk has it": "kb.build.publish.put_in_place",
    "before the rename": "pathlib.Path.replace",
    "after the rename": "kb.whole_files.write_folder_through",
}


@can_be_killed
@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_killed_at_each_step(sample_model: Model, tmp_path: Path, step: str) -> None:
    database = tmp_path / "kb.db"
    write_database(renamed(sample_model, "Before"), database)
    before = sha256(database)
    _, status = os.waitpid(begun(sample_model, database, dies_at=step), 0)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL
    assert (sha256(database) == before) is (step != STEPS["after the rename"])
    write_database(sample_model, database)
    assert not list(tmp_path.glob(".kb.db.building-*"))


def test_two_builds_at_once_end_with_one_of_them(
    sample_model: Model, tmp_path: Path
) -> None:
    database = tmp_path / "kb.db"
    models = [renamed(sample_model, title) for title in ("One", "Two", "Three")]
    whole = set()
    for number, model in enumerate(models):
        write_database(model, tmp_path / f"{number}.db")
        whole.add(sha256(tmp_path / f"{number}.db"))
    builds = [
        threading.Thread(target=write_database, args=(model, database))
        for model in models
    ]
    for build in builds:
        build.start()
    for build in builds:
        build.join()
    assert sha256(database) in whole
    assert not list(tmp_path.glob(".kb.db.building-*"))


# From a folder ---------------------------------------------------------------------------


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    folder = tmp_path / "policies"
    (folder / "sample").mkdir(parents=True)
    (folder / "words.policy").write_text(WORDS)
    for name in ("one", "two"):
        text = POLICY.format(name=name, weeks=4)
        (folder / "sample" / f"{name}.policy").write_text(text)
    return folder


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "build" / "kb.db"


def rules_in(database: Path) -> dict[str, str]:
    with closing(sqlite3.connect(database)) as connection:
        return dict(connection.execute("SELECT id, text FROM rule"))


def state(report: BuildReport) -> tuple[bool, bool, int]:
    return report.written, report.up_to_date, report.errors


def test_folder_becomes_a_database(policies: Path, database: Path) -> None:
    report = build_folder(policies, database)
    assert state(report) == (True, False, 0)
    assert dict(report.counts)["rule"] == 2
    assert meta(database)["content"] == report.content
    assert sorted(rules_in(database)) == [
        "sample/one@2022-01-01#four-weeks",
        "sample/two@2022-01-01#four-weeks",
    ]


def test_unchanged_folder_is_up_to_date(policies: Path, database: Path) -> None:
    first = build_folder(policies, database)
    stamp = database.stat().st_mtime_ns
    again = build_folder(policies, database)
    assert state(again) == (False, True, 0)
    assert again.content == first.content
    assert database.stat().st_mtime_ns == stamp


def test_force_builds_the_same_bytes_again(policies: Path, database: Path) -> None:
    build_folder(policies, database)
    before = sha256(database)
    assert state(build_folder(policies, database, force=True)) == (True, False, 0)
    assert sha256(database) == before


def test_place_of_the_folder_does_not_show(policies: Path, database: Path) -> None:
    build_folder(policies, database)
    elsewhere = policies.with_name("moved")
    shutil.copytree(policies, elsewhere)
    other = database.with_name("other.db")
    build_folder(elsewhere, other)
    assert sha256(other) == sha256(database)


def edit(policies: Path) -> None:
    (policies / "sample" / "one.policy").write_text(POLICY.format(name="one", weeks=6))


def add(policies: Path) -> None:
    text = POLICY.format(name="three", weeks=4)
    (policies / "sample" / "three.policy").write_text(text)


def remove(policies: Path) -> None:
    (policies / "sample" / "two.policy").unlink()


def rename(policies: Path) -> None:
    (policies / "sample" / "two.policy").rename(policies / "sample" / "deux.policy")


@pytest.mark.parametrize("change", [edit, add, remove, rename])
def test_changed_folder_is_built_as_if_anew(
    policies: Path, database: Path, change: object
) -> None:
    build_folder(policies, database)
    before = sha256(database)
    assert callable(change)
    change(policies)
    assert state(build_folder(policies, database)) == (True, False, 0)
    fresh = database.with_name("fresh.db")
    build_folder(policies, fresh)
    assert sha256(database) == sha256(fresh) != before


@pytest.mark.parametrize(
    "version", ["ENGINE_VERSION", "LANGUAGE_VERSION", "SCHEMA_VERSION"]
)
def test_other_versions_build_anew(
    policies: Path, database: Path, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_folder(policies, database)
    monkeypatch.setattr(kb.build.compiler, version, 99)
    assert build_folder(policies, database).written


@pytest.mark.parametrize(
    "content", [b"", b"not a database", b"SQLite format 3\0" + b"\xff" * 4096]
)
def test_anything_in_its_place_is_replaced(
    policies: Path, database: Path, content: bytes
) -> None:
    database.parent.mkdir()
    database.write_bytes(content)
    assert build_folder(policies, database).written
    assert len(rules_in(database)) == 2


def test_error_in_one_file_writes_nothing_and_checks_the_others(
    policies: Path, database: Path
) -> None:
    build_folder(policies, database)
    before = sha256(database)
    for name, weeks in (("one", "many"), ("two", "-")):
        text = POLICY.format(name=name, weeks=weeks)
        (policies / "sample" / f"{name}.policy").write_text(text)
    report = build_folder(policies, database)
    assert state(report)[:2] == (False, False)
    assert {found.file for found in report.diagnostics} == {
        "sample/one.policy",
        "sample/two.policy",
    }
    assert sha256(database) == before


def test_first_build_with_an_error_makes_no_database(
    policies: Path, database: Path
) -> None:
    (policies / "words.policy").write_text("rule lost: no policy here\n")
    assert build_folder(policies, database).errors
    assert not database.exists()


def test_file_that_is_not_text_is_a_diagnostic(policies: Path, database: Path) -> None:
    (policies / "sample" / "two.policy").write_bytes(b"\xff\xfe\x00")
    report = build_folder(policies, database)
    assert not report.written
    assert "sample/two.policy" in {found.file for found in report.diagnostics}


def test_missing_folder_is_told(tmp_path: Path, database: Path) -> None:
    with pytest.raises(BuildError, match="nowhere is not a folder"):
        build_folder(tmp_path / "nowhere", database)


def test_collector_runs_again_after_a_build(policies: Path, database: Path) -> None:
    build_folder(policies, database)
    assert gc.isenabled()
    with pytest.raises(BuildError), kb.build.compiler.collector_paused():
        raise BuildError
    assert gc.isenabled()


def test_progress_runs_through_every_stage(policies: Path, database: Path) -> None:
    told: list[tuple[str, int, int]] = []
    build_folder(policies, database, progress=lambda *step: told.append(step))
    assert list(dict.fromkeys(stage for stage, _done, _total in told)) == [
        "read",
        "write",
        "check",
    ]
    last = {stage: (done, total) for stage, done, total in told}
    assert all(done == total for done, total in last.values())
