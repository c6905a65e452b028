"""Two states compared: each kind of change, and a claim that shows it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb.build.compiler import build_folder
from kb.cli import main
from kb.proofs.authoring_session import Workbook
from kb.proofs.changes import Change, State, changes

ROOT = Path(__file__).parents[3]
AETNA = "aetna/transforaminal.policy"
NOVITAS = "medicare/novitas/esi.policy"
Edit = Callable[[str], str]


@pytest.fixture(scope="module")
def old(epidural_database: Path) -> State:
    return State(Workbook.open(epidural_database))


@pytest.fixture
def after(
    old: State, epidural_policies: Path, tmp_path: Path
) -> Callable[[str, Edit], list[Change]]:
    """The changes after one file is edited."""

    def edited(file: str, edit: Edit) -> list[Change]:
        folder = tmp_path / "policies"
        shutil.copytree(epidural_policies, folder)
        text = (folder / file).read_text("utf-8")
        assert edit(text) != text
        for each in (folder / file, (folder / file).with_suffix(".scenarios")):
            if each.exists():
                each.write_text(edit(each.read_text("utf-8")), "utf-8")
        report = build_folder(folder, tmp_path / "kb.db")
        assert [d.render() for d in report.diagnostics] == []
        return list(changes(old, State(Workbook.open(tmp_path / "kb.db"))))

    return edited


def test_the_same_policies_have_no_changes(old: State) -> None:
    assert list(changes(old, old)) == []


def test_a_changed_number_has_a_claim_that_shows_it(
    after: Callable[[str, Edit], list[Change]],
) -> None:
    found = after(
        "aetna/transforaminal.policy",
        lambda t: t.replace("3 sessions", "2 sessions"),
    )
    (change,) = found

    assert (change.kind, change.rule) == ("value changed", "three-in-six-months")
    assert "at most 3 sessions" in change.before
    assert "at most 2 sessions" in change.after
    assert change.witness is not None
    assert change.witness.after == "deny (not-met)"
    assert change.witness.before != change.witness.after


def test_a_code_added_has_a_claim_with_that_code(
    after: Callable[[str, Edit], list[Change]],
) -> None:
    found = after(
        "medicare/novitas/esi.policy",
        lambda t: t.replace(": M48.061", ": M48.061, M54.2"),
    )
    changed = [c for c in found if c.rule == "diagnosis-on-list"]

    assert [(c.kind, c.after) for c in changed] == [
        ("code added", "esi-diagnoses: M54.2")
    ]
    assert changed[0].witness is not None
    assert "M54.2" in json.dumps(changed[0].witness.claim)


def test_a_rule_gone_and_a_rule_new(after: Callable[[str, Edit], list[Change]]) -> None:
    found = after(
        "aetna/transforaminal.policy",
        lambda t: t.replace("two-weeks-apart", "fortnight"),
    )

    assert {(c.kind, c.rule) for c in found} == {
        ("rule gone", "two-weeks-apart"),
        ("rule new", "fortnight"),
    }
    assert all(c.witness is not None for c in found)


def test_words_alone_need_no_claim(after: Callable[[str, Edit], list[Change]]) -> None:
    found = after(
        "aetna/transforaminal.policy",
        lambda t: t.replace("two-levels: ", "two-levels: Only "),
    )

    assert [(c.kind, c.rule, c.witness) for c in found] == [
        ("wording only", "two-levels", None)
    ]


def test_the_command_tells_changes_and_leaves_with_1(
    epidural_policies: Path, tmp_path: Path
) -> None:
    shutil.copytree(epidural_policies, tmp_path / "new")
    file = tmp_path / "new" / "aetna" / "transforaminal.policy"
    file.write_text(
        file.read_text("utf-8").replace("limit: 3 sessions", "limit: 2 sessions"),
        "utf-8",
    )
    policies, edited = str(epidural_policies), str(tmp_path / "new")
    same = CliRunner().invoke(main, ["diff", policies, policies])
    told = CliRunner().invoke(main, ["diff", policies, edited])
    as_json = CliRunner().invoke(main, ["diff", policies, edited, "--json"])
    wrong = CliRunner().invoke(main, ["diff", "nowhere", edited])

    assert (same.exit_code, same.output) == (0, "Nothing changed that a policy says.\n")
    assert told.exit_code == 1
    assert "witness: like" in told.output
    assert json.loads(as_json.output)[0]["kind"] == "value changed"
    assert wrong.exit_code == 2
    assert "REVISION:FOLDER" in wrong.output


@pytest.mark.parametrize(
    ("written", "instead", "direction"),
    [
        ("limit: 3 sessions", "limit: 2 sessions", "stricter"),
        ("limit: 3 sessions", "limit: 4 sessions", "looser"),
        ("in any 6 months", "in each calendar year", "different"),
    ],
)
def test_the_direction_of_a_change(
    written: str,
    instead: str,
    direction: str,
    after: Callable[[str, Edit], list[Change]],
) -> None:
    found = after("aetna/transforaminal.policy", lambda t: t.replace(written, instead))

    directions = [c.witness.direction for c in found if c.witness]
    assert directions == [direction]


def test_an_overlay_against_its_base(epidural_policies: Path) -> None:
    policies = str(epidural_policies)
    done = CliRunner().invoke(
        main, ["diff", policies, "--overlay", "medicare/novitas/esi", "--json"]
    )
    told = {c["rule"]: c for c in json.loads(done.output)}

    assert done.exit_code == 1
    assert told["diagnosis-on-list"]["witness"]["direction"] == "looser"
    assert "M48.061" in told["diagnosis-on-list"]["after"]
    assert told["imaging-needed"]["kind"] == "rule gone"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--overlay", "medicare/esi"], "based on nothing"),
        (["--overlay", "medicare/nowhere/esi"], "There is no policy"),
        ([], "Name two states to compare"),
    ],
)
def test_an_overlay_that_cannot_be_compared(
    words: list[str], said: str, epidural_policies: Path
) -> None:
    done = CliRunner().invoke(main, ["diff", str(epidural_policies), *words])

    assert done.exit_code == 2
    assert said in done.output
