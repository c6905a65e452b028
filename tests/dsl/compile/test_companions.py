"""Scenarios in a file beside their policy: as if they stood in it, and told when they cannot."""

from __future__ import annotations

import pytest

from dsl.load.folder import Loaded, load_texts
from dsl.load.session import Session
from tests.dsl.conftest import HEAD, SHARED

RULE = """\
rule four: Four sessions
  for: esi
  limit: 4 sessions in any 12 months
  otherwise: deny for frequency
  cite: X12
"""
FIRST = """\
scenario first: The first session
  claim: state KY, place 11, date 2024-06-01
  line 1: 64483-RT, dx B02.23
  expect: line 1 met by four
"""
SECOND = """\
scenario second: Another code
  like: first
  line 1: 64479-RT
  expect: line 1 met by four
"""
POLICY = f"{HEAD}{RULE}"
PATHS = ("cgs/esi.policy", "cgs/esi.scenarios")


def loaded(*files: tuple[str, str]) -> Loaded:
    return load_texts([("shared.policy", SHARED), *files])


def told(found: Loaded) -> list[tuple[str, str, int]]:
    return [(d.code, d.file, d.line) for d in found.diagnostics]


@pytest.mark.parametrize(
    ("inside", "beside"),
    [("", f"{FIRST}\n{SECOND}"), (FIRST, SECOND), (f"{FIRST}\n{SECOND}", "")],
)
def test_the_same_scenarios_wherever_they_stand(inside: str, beside: str) -> None:
    together = loaded((PATHS[0], f"{POLICY}\n{FIRST}\n{SECOND}"))
    apart = loaded((PATHS[0], f"{POLICY}\n{inside}"), (PATHS[1], beside))

    assert told(together) == told(apart) == []
    ours, theirs = (
        [
            (s.name, s.claim, s.expect, s.origin)
            for s in found.model.policies[0].scenarios
        ]
        for found in (together, apart)
    )
    assert ours == theirs
    assert [name for name, *_rest in ours] == ["first", "second"]


def test_a_scenario_stands_at_its_own_place() -> None:
    found = loaded((PATHS[0], POLICY), (PATHS[1], f"\n{FIRST}"))
    (scenario,) = found.model.policies[0].scenarios

    assert (scenario.place.file, scenario.place.line) == (PATHS[1], 2)


def test_an_overlay_inherits_scenarios_that_stand_beside_its_base() -> None:
    overlay = POLICY.partition("codes")[0].replace("cgs/esi", "wps/esi")
    overlay = overlay.replace("  payer:", "  based on: medicare/cgs/esi\n  payer:")
    found = loaded((PATHS[0], POLICY), (PATHS[1], FIRST), ("wps/esi.policy", overlay))

    assert told(found) == []
    assert [[s.name for s in p.scenarios] for p in found.model.policies] == [
        ["first"]
    ] * 2


@pytest.mark.parametrize(
    ("path", "text", "expected", "words"),
    [
        ("cgs/esy.scenarios", FIRST, ("P003", "cgs/esy.scenarios", 1), "`esy.policy`"),
        ("esi.scenarios", FIRST, ("P003", "esi.scenarios", 1), "one name"),
        ("cgs/empty.scenarios", "", ("P003", "cgs/empty.scenarios", 1), "`empty.policy`"),
        (PATHS[1], RULE.replace("four", "five"), ("P003", PATHS[1], 1), "this rule in"),
        (PATHS[1], "policy a/b: A\n", ("P003", PATHS[1], 1), "`esi.policy`"),
        (PATHS[1], FIRST.replace("by four", "by five"), ("P010", PATHS[1], 4), "`five`"),
        (PATHS[1], FIRST.replace("expect", "expects"), ("P003", PATHS[1], 4), "expects"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_file_of_scenarios_is_told_there(
    path: str, text: str, expected: tuple[str, str, int], words: str
) -> None:
    found = loaded((PATHS[0], POLICY), (path, text))

    assert expected in told(found)
    assert words in found.diagnostics[0].message


def test_one_name_in_both_files_is_told_at_the_second() -> None:
    found = loaded((PATHS[0], f"{POLICY}\n{FIRST}"), (PATHS[1], FIRST))

    assert told(found) == [("P011", PATHS[1], 1)]


def test_an_editor_follows_either_file() -> None:
    session = Session()
    texts = {"shared.policy": SHARED, PATHS[0]: POLICY, PATHS[1]: FIRST}
    for path, text in texts.items():
        session.put(path, text)
    session.loaded()
    edits = {
        PATHS[1]: f"{FIRST}\n{SECOND}",
        PATHS[0]: POLICY.replace("rule four", "rule five"),
    }
    for path, text in edits.items():
        session.put(path, text)
        texts[path] = text
        anew = load_texts(texts.items())
        assert session.loaded().model == anew.model
        assert session.loaded().diagnostics == anew.diagnostics
    session.drop(PATHS[1])
    assert session.loaded().model.policies[0].scenarios == ()
