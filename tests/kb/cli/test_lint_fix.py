"""``lint --fix`` mends what changes no rule, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from dsl.lint.mending import MENDERS

Run = Callable[..., Result]
PAGES = Path(__file__).parents[3] / "docs" / "messages"
HEAD = """\
policy sample/injections: Injections
  payer: sample
  in force: from 2026-01-01
  cite: DOC, page 1

codes injections: Injections
  include: 64483

"""


@pytest.fixture
def avoided(tmp_path: Path) -> Callable[[str], Path]:
    """Writes what a check's page says to avoid."""

    def write(code: str) -> Path:
        text = (PAGES / f"{code}.md").read_text("utf-8")
        blocks = re.findall(r"```policy avoid\n(.*?)```", text, re.DOTALL)
        whole = any(block.startswith("policy ") for block in blocks)
        frame = (PAGES / "frame.policy").read_text("utf-8")
        (tmp_path / "frame.policy").write_text(frame, "utf-8")
        for number, block in enumerate(blocks):
            file = tmp_path / f"{number}.policy"
            file.write_text(block if whole else HEAD + block, "utf-8")
        return tmp_path

    return write


@pytest.mark.parametrize("code", sorted(MENDERS))
def test_what_is_mended_is_not_found_again(
    payerkb: Run, avoided: Callable[[str], Path], code: str
) -> None:
    folder = avoided(code)
    before = payerkb("lint", folder, "--notes").stdout

    mended = payerkb("lint", folder, "--fix", "--notes")

    assert f"[{code}]" in before
    assert f"[{code}]" not in mended.stdout
    assert re.search(rf"mended .*policy:\d+  {code}\n", mended.stderr)
    assert payerkb("check", folder).exit_code == 0


def test_a_mended_title_lost_its_period_only(
    payerkb: Run, avoided: Callable[[str], Path]
) -> None:
    folder = avoided("L052")
    before = (folder / "0.policy").read_text("utf-8")

    payerkb("lint", folder, "--fix")

    after = (folder / "0.policy").read_text("utf-8")
    assert after == before.replace("Four weeks of pain.\n", "Four weeks of pain\n")


def test_a_dropped_change_leaves_its_neighbours(
    payerkb: Run, avoided: Callable[[str], Path]
) -> None:
    folder = avoided("L029")
    kept = "\n# why we wait\ngap training: Trained physicians\n  cite: DOC, page 3\n"
    with (folder / "1.policy").open("a", encoding="utf-8") as file:
        file.write(kept)

    payerkb("lint", folder, "--fix")

    after = (folder / "1.policy").read_text("utf-8")
    assert "change sessions" not in after
    assert after.endswith(kept)


def test_what_only_an_author_can_mend_is_left(
    payerkb: Run, avoided: Callable[[str], Path]
) -> None:
    folder = avoided("L026")
    before = (folder / "0.policy").read_text("utf-8")

    result = payerkb("lint", folder, "--fix")

    assert "[L026]" in result.stdout
    assert (folder / "0.policy").read_text("utf-8") == before
