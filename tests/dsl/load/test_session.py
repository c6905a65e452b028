"""Files that change one by one: always the same model and messages as read anew."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from dsl.load.folder import load_texts
from dsl.load.session import Session
from tests.seeds import fresh

POLICIES = Path(__file__).parents[3] / "policies"
BASE, OVERLAY = "medicare/esi.policy", "medicare/novitas/esi.policy"
TEXTS = {
    path.relative_to(POLICIES).as_posix(): path.read_text("utf-8")
    for path in (
        *sorted((POLICIES / "shared").glob("*.policy")),
        *(POLICIES / name for name in (BASE, OVERLAY, "medicare/noridian/esi.policy")),
    )
}
FACTS = "shared/facts.policy"


@pytest.fixture
def session() -> Session:
    made = Session()
    for path, text in TEXTS.items():
        made.put(path, text)
    made.loaded()
    return made


def assert_as_read_anew(session: Session) -> None:
    texts = [(path, file.text) for path, (file, _parsed) in session.files.items()]
    anew = load_texts(texts)
    now = session.loaded()

    assert now.diagnostics == anew.diagnostics
    assert now.model == anew.model


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (BASE, "4 sessions per region", "3 sessions per region"),
        (BASE, "rule ", "\n\n# a comment that moves every line\nrule "),
        (BASE, "limit: ", "limit: no"),
        (OVERLAY, "M48.061", "M48.06x"),
        (OVERLAY, "stands for: LCD", "stands for: LCDD"),
        (OVERLAY, "based on: medicare/esi", "based on: medicare/esy"),
        (FACTS, "kind: yes-no", "kind: percent"),
        (FACTS, "fact pain-duration", "fact pain-lasting"),
        ("shared/regions.policy", "lumbar-sacral", "low-back"),
        ("shared/reasons.policy", "CO-151", "CO-152"),
    ],
)
def test_after_an_edit_and_after_its_undoing(
    path: str, old: str, new: str, session: Session
) -> None:
    assert old in TEXTS[path]

    session.put(path, TEXTS[path].replace(old, new))
    assert_as_read_anew(session)
    session.put(path, TEXTS[path])
    assert_as_read_anew(session)


def test_after_a_file_is_gone_and_comes_back(session: Session) -> None:
    for path in (BASE, FACTS, OVERLAY):
        session.drop(path)
        assert_as_read_anew(session)
        session.put(path, TEXTS[path])
        assert_as_read_anew(session)


@pytest.mark.parametrize("seed", range(8))
def test_after_any_lines_are_lost_or_doubled(seed: int, session: Session) -> None:
    dice = Random(fresh(seed))
    for _ in range(4):
        path = dice.choice(sorted(TEXTS))
        lines = session.files[path][0].text.split("\n")
        at = dice.randrange(len(lines))
        lines[at : at + 1] = [lines[at]] * dice.choice((0, 2))
        session.put(path, "\n".join(lines))
        assert_as_read_anew(session)


def test_only_what_an_edit_can_touch_is_compiled_again(session: Session) -> None:
    before = {p.version: p for p in session.loaded().model.policies}

    session.put(OVERLAY, TEXTS[OVERLAY].replace("M48.061", "M48.08"))
    after = {p.version: p for p in session.loaded().model.policies}

    anew = sorted(v.partition("@")[0] for v in after if after[v] is not before[v])
    assert anew == ["medicare/novitas/esi"]
