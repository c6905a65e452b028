"""Lines that are billed and expected together are the same as each written by itself."""

from __future__ import annotations

import pytest

from dsl.base.model import Json, Scenario
from tests.dsl.conftest import HEAD, load

ITEMS = """
codes injections: Injections
  include: 64483, 64484

rule never: Never
  for: injections
  covered: never
  otherwise: deny for necessity
  cite: X12, page 1

rule also: Never
  for: injections
  covered: never
  otherwise: deny for necessity
  cite: X12, page 1

scenario base: Three lines
  line 1: 64483, dx M54.16, level L4-L5
  line 2: 64484, dx M54.16, level L4-L5
  line 4: 64484-RT, dx M54.16, level L4-L5
  expect: line 1 deny by never

scenario told: Told
"""


def told(lines: str) -> tuple[Scenario | None, list[str]]:
    """The scenario `told` with these lines, and the codes of what was reported."""
    loaded = load(HEAD + ITEMS + lines)
    found = [s for p in loaded.model.policies for s in p.scenarios if s.name == "told"]
    return found[0] if found else None, [d.code for d in loaded.diagnostics]


def sound(lines: str) -> tuple[Json, list[Json]]:
    """The claim and the expectations of lines without a fault."""
    scenario, reported = told(lines)
    assert reported == []
    assert scenario is not None
    return scenario.claim, sorted(scenario.expect, key=str)


@pytest.mark.parametrize(
    ("together", "each"),
    [
        (
            "  lines 1-3: 64483, 64484, 64484-RT, dx M54.16\n  expect: lines 1-3 deny\n",
            (
                "  line 1: 64483, dx M54.16\n  line 2: 64484, dx M54.16\n"
                "  line 3: 64484-RT, dx M54.16\n"
                "  expect: line 1 deny\n  expect: line 2 deny\n  expect: line 3 deny\n"
            ),
        ),
        (
            (
                "  lines 1, 3-4: 64483, 64484, 64484,\n    units 2\n"
                "  expect: lines 1, 3-4 not met by never, also\n"
            ),
            "  line 1: 64483, units 2\n  line 3: 64484, units 2\n  line 4: 64484, units 2\n"
            + "".join(
                f"  expect: line {n} not met by never, also\n" for n in (1, 3, 4)
            ),
        ),
        (
            "  like: base\n  line 3: 64483\n  expect: every line deny by never\n",
            "  like: base\n  line 3: 64483\n"
            + "".join(f"  expect: line {n} deny by never\n" for n in (1, 2, 3, 4)),
        ),
        (
            "  like: base\n  lines 1-1: 64484\n  expect: lines 2 deny\n",
            "  like: base\n  line 1: 64484\n  expect: line 2 deny\n",
        ),
    ],
)
def test_lines_together_are_the_same_as_each_by_itself(
    together: str, each: str
) -> None:
    assert sound(together) == sound(each)


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ("  lines 1-3: 64483, 64484\n  expect: line 1 deny\n", "P031"),
        ("  lines 1-2: 64483, 64484, 64484\n  expect: line 1 deny\n", "P031"),
        ("  lines 1-3: 64483\n  expect: line 1 deny\n", "P031"),
        ("  lines 3-1: 64483\n  expect: line 1 deny\n", "P033"),
        ("  like: base\n  expect: lines 3-1 deny\n", "P033"),
        ("  like: base\n  expect: lines 1-99999999 deny\n", "P033"),
        ("  like: base\n  expect: lines one deny\n", "P033"),
        ("  like: base\n  expect: every deny\n", "P001"),
        ("  like: base\n  expect: every line met\n", "P031"),
    ],
)
def test_what_names_no_lines_is_reported_once(lines: str, code: str) -> None:
    assert told(lines)[1] == [code]
