"""A small vocabulary and a way to compile one rule with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dsl.base.model import Rule
from dsl.load.folder import Loaded, load_texts

SHARED = (Path(__file__).parent / "golden" / "shared.policy").read_text("utf-8")
HEAD = """\
policy medicare/cgs/esi: Epidurals (CGS)
  payer: medicare-part-b
  states: KY, OH
  in force: from 2021-12-05
  cite: X12

codes esi: Epidurals
  include: 64479, 64480, 64483, 64484

codes zoster: Shingles pain
  include: B02.23, B02.7-B02.9

codes offices: Offices
  include: 11, 49

value relief-needed: Relief that counts
  50 percent through 2022-12-31
  60 percent from 2023-01-01

"""


def load(*texts: str) -> Loaded:
    """The shared words and these files."""
    files = [(f"file-{i}.policy", text) for i, text in enumerate(texts, 1)]
    return load_texts([("shared.policy", SHARED), *files])


def faults(*texts: str) -> list[str]:
    """Codes of the errors in these files."""
    return [d.code for d in load(*texts).diagnostics if d.severity == "error"]


@pytest.fixture
def compile_rule() -> Callable[[str], Rule]:
    """Compile the lines of one rule for the list ``esi``."""

    def compile_lines(lines: str) -> Rule:
        given = "" if "for:" in lines else "  for: esi\n"
        whole = any(
            word in lines for word in ("otherwise:", "without a policy", "bill as:")
        )
        outcome = "" if whole else "  otherwise: deny for necessity\n"
        text = f"{HEAD}rule tried: A rule\n{given}{lines}\n{outcome}  cite: X12\n"
        loaded = load(text)
        assert [d.render() for d in loaded.diagnostics] == []
        (rule,) = loaded.model.policies[0].rules
        return rule

    return compile_lines
