"""Parsed files kept for the next build: what it writes and tells is as without them."""

from __future__ import annotations

import json
import random
import shutil
import string
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

import kb.build.compiler
import kb.build.kept_files
from dsl.load.folder import load_folder
from dsl.load.plain import CLASSES, NotPlainError, Plain, plain_of, value_of
from dsl.syntax import nodes
from dsl.syntax.parser import Parsed, parse
from kb.build.compiler import BuildReport, build_folder
from tests.kb.build.test_compiler import POLICY, WORDS
from tests.seeds import fresh

ROOT = Path(__file__).parents[3]
KEPT = ".kb.db.parsed"
SCENARIO = """
scenario short-pain: Two weeks are too few
  claim: payer sample-health, date 2026-03-02
  line 1: 64483, dx M54.16
  chart: pain-duration 2 weeks
  expect: line 1 deny
"""
ALIASES = "payer sample-health: sample, the sample\n"


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "words.policy").write_text(WORDS)
    (folder / "staff.words").write_text(ALIASES)
    for name in ("a", "b", "c"):
        text = POLICY.format(name=name, weeks=4) + SCENARIO
        (folder / f"{name}.policy").write_text(text)
    return folder


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the files that are parsed."""
    found: list[str] = []

    def noted(text: str, path: str) -> Parsed:
        found.append(path)
        return parse(text, path)

    monkeypatch.setattr(kb.build.kept_files, "parse", noted)
    return found


def built(policies: Path, database: Path) -> tuple[BuildReport, bytes]:
    report = build_folder(policies, database)
    return report, database.read_bytes() if database.exists() else b""


def anew(policies: Path, scratch: Path) -> tuple[BuildReport, bytes]:
    """The same policies built where nothing was built before."""
    shutil.rmtree(scratch, ignore_errors=True)
    return built(policies, scratch / "kb.db")


def test_a_build_parses_only_what_changed(
    policies: Path, tmp_path: Path, parsed: list[str]
) -> None:
    database = tmp_path / "kb.db"
    build_folder(policies, database)
    assert parsed == ["a.policy", "b.policy", "c.policy", "words.policy"]
    parsed.clear()
    (policies / "b.policy").write_text(POLICY.format(name="b", weeks=6))

    assert build_folder(policies, database).written
    assert parsed == ["b.policy"]


def test_force_parses_everything(
    policies: Path, tmp_path: Path, parsed: list[str]
) -> None:
    database = tmp_path / "kb.db"
    build_folder(policies, database)
    parsed.clear()

    build_folder(policies, database, force=True)
    assert len(parsed) == 4


def test_other_code_of_the_compiler_builds_and_parses_everything(
    policies: Path,
    tmp_path: Path,
    parsed: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    database = tmp_path / "kb.db"
    build_folder(policies, database)
    parsed.clear()
    monkeypatch.setattr(kb.build.compiler, "builder_fingerprint", lambda: "other")

    report = build_folder(policies, database)
    assert not report.up_to_date
    assert len(parsed) == 4


OVERLAY = """\
policy sample/{name}: Epidural injections of another plan
  based on: sample/{base}
  payer: sample-health
  in force: from 2022-01-01
  cite: S1

change four-weeks: Other weeks on this plan
  for: esi
  require: pain-duration at least {weeks} weeks
  cite: S1, section 3
"""
KINDS = ("kind: duration", "kind: yes-no")
EDITS_OF_A_TEXT = {
    "change": ("at least ", "at least 1{weeks}"),
    "title": ("weeks come first", "weeks come first, {weeks}"),
    "break": ("require:", "requires that"),
    "warn": ("Epidural injections", "Epidural\u00a0injections"),
}
EDITS = (
    *EDITS_OF_A_TEXT, "add", "overlay", "delete", "rename", "word", "move", "alias", "mend"
)  # fmt: skip


def edit(folder: Path, kind: str, rng: random.Random) -> None:
    """Change the folder a little, as authors do; some edits make errors."""
    files = sorted(folder.glob("?.policy"))
    file = rng.choice(files)
    taken = {each.stem for each in files}
    free = next(name for name in string.ascii_lowercase if name not in taken)
    other = folder / f"{free}.policy"
    shared = folder / "words.policy"
    weeks = rng.randint(1, 30)
    if kind in EDITS_OF_A_TEXT:
        before, after = EDITS_OF_A_TEXT[kind]
        file.write_text(file.read_text().replace(before, after.format(weeks=weeks)))
    elif kind == "add":
        other.write_text(POLICY.format(name=free, weeks=weeks) + SCENARIO)
    elif kind == "overlay":
        other.write_text(OVERLAY.format(name=free, base=file.stem, weeks=weeks))
    elif kind == "delete" and len(files) > 1:
        file.unlink()
    elif kind == "rename":
        file.rename(other)
    elif kind == "word":
        shared.write_text(WORDS.replace("kind: duration", rng.choice(KINDS)))
    elif kind == "move":
        shared.write_text(f"# a line above\n{shared.read_text()}")
    elif kind == "alias":
        (folder / "staff.words").write_text(f"payer sample-health: sample {weeks}\n")
    elif kind == "mend":
        shared.write_text(WORDS)
        for each in files:
            each.write_text(POLICY.format(name=each.stem, weeks=weeks))


def test_after_any_edits_the_build_is_as_one_from_nothing(
    policies: Path, tmp_path: Path
) -> None:
    rng = random.Random(fresh(7))
    database = tmp_path / "kb.db"
    built(policies, database)
    broken = False
    written = 0
    for _ in range(30):
        kind = "mend" if broken and rng.random() < 0.5 else rng.choice(EDITS)
        edit(policies, kind, rng)
        report, content = built(policies, database)
        fresh_report, fresh_content = anew(policies, tmp_path / "scratch")

        broken = report.errors > 0
        written += report.written
        assert report.errors == fresh_report.errors, kind
        if not report.up_to_date:
            assert report.diagnostics == fresh_report.diagnostics, kind
        if not report.errors:
            assert content == fresh_content, kind
    assert written > 5


def overwritten(kept: Path) -> None:
    kept.write_text("no line of ours\n")


def cut(kept: Path) -> None:
    kept.write_bytes(kept.read_bytes()[: kept.stat().st_size // 2])


def other_number(kept: Path) -> None:
    text = kept.read_text()
    assert '"4"' in text
    kept.write_text(text.replace('"4"', '"9"'))


def no_text(kept: Path) -> None:
    kept.write_bytes(b"\xff\xfe" + kept.read_bytes())


def swapped(kept: Path) -> None:
    """Each file under the key of the one before."""
    lines = kept.read_text().splitlines()
    turned = [*lines[1:], lines[0]]
    mixed = [key[:64] + line[64:] for key, line in zip(lines, turned, strict=True)]
    kept.write_text("\n".join(mixed))


def anybodys(kept: Path) -> None:
    other_number(kept)
    kept.chmod(0o666)


def a_folder(kept: Path) -> None:
    kept.unlink()
    kept.mkdir()


def a_link(kept: Path) -> None:
    other_number(kept)
    kept.rename(kept.with_name("elsewhere"))
    kept.symlink_to("elsewhere")


@pytest.mark.parametrize(
    "harm",
    [overwritten, cut, other_number, no_text, swapped, anybodys, a_folder, a_link],
)
def test_what_is_kept_and_damaged_changes_no_row(
    harm: Callable[[Path], None], policies: Path, tmp_path: Path
) -> None:
    database = tmp_path / "kb.db"
    build_folder(policies, database)
    harm(tmp_path / KEPT)
    (policies / "b.policy").write_text(POLICY.format(name="b", weeks=6))

    report, content = built(policies, database)
    assert report.written
    assert content == anew(policies, tmp_path / "scratch")[1]


def test_nobody_else_reads_or_writes_what_is_kept(
    policies: Path, tmp_path: Path
) -> None:
    build_folder(policies, tmp_path / "kb.db")

    assert (tmp_path / KEPT).stat().st_mode & 0o777 == 0o600


def test_every_node_has_its_number() -> None:
    assert len(set(CLASSES)) == len(CLASSES)
    assert {*get_args(nodes.Line), *get_args(nodes.Test)} < set(CLASSES)


@pytest.mark.parametrize(
    "path",
    sorted((ROOT / "policies/medicare").glob("[a-f]*.policy")),
    ids=lambda p: p.name,
)
def test_a_parsed_file_is_read_back_as_it_was(path: Path) -> None:
    document = parse(path.read_text("utf-8"), path.name).document

    assert value_of(json.loads(json.dumps(plain_of(document)))) == document


def test_a_compiled_policy_is_read_back_as_it_was(tmp_path: Path) -> None:
    for folder in ("shared", "medicare"):
        shutil.copytree(ROOT / "policies" / folder, tmp_path / folder)
    policies = load_folder(tmp_path).model.policies
    assert len(policies) > 50
    for policy in policies:
        assert value_of(json.loads(json.dumps(plain_of(policy)))) == policy


@pytest.mark.parametrize(
    "plain", [[], [0], [0, "a", 1], [999], ["a"], [2, 1], [-2, "x"]]
)
def test_values_that_are_none_of_ours_are_refused(plain: Plain) -> None:
    with pytest.raises(NotPlainError):
        value_of(plain)
