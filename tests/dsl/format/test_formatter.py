"""Formatting: one style, and proofs that it is only style."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dsl.format.formatter import FormatError, comments_of, format_text, in_style
from dsl.load.policy_files import policy_files_in
from dsl.syntax.nodes import meaning
from dsl.syntax.parser import parse
from tests.seeds import fresh

ROOT = Path(__file__).parents[3]
GOOD = (ROOT / "tests/dsl/golden/good.policy").read_text("utf-8")
POLICIES = [file.path for file in policy_files_in(ROOT / "policies").files]


@pytest.mark.parametrize("path", POLICIES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_the_shipped_policies_are_in_style(path: Path) -> None:
    text = path.read_text("utf-8")

    assert format_text(text, path.name) == text


@pytest.mark.parametrize(
    ("written", "styled"),
    [
        ("rule  a :  Title \nfor:esi", "rule a: Title\n  for: esi\n"),
        ("RULE a: Title\nFor: esi", "rule a: Title\n  for: esi\n"),
        ("rule a: T\n\n\n  for: 64483 ,64484", "rule a: T\n  for: 64483, 64484\n"),
        ("rule a: T # not a comment", "rule a: T # not a comment\n"),
        ("rule a: T\nfor: esi#why", "rule a: T\n  for: esi  # why\n"),
        ("rule a: T\n#above\nfor: esi", "rule a: T\n  # above\n  for: esi\n"),
        ("#first\n\n\n#second\nrule a: T", "# first\n\n# second\nrule a: T\n"),
        (
            "|prose\n|  more\nrule a: T\n|of it",
            "| prose\n|  more\n\nrule a: T\n  | of it\n",
        ),
        (
            "rule a: T\nrequire: any of\n- all of\n-- x\n--   y >= 4 weeks\n- z",
            (
                "rule a: T\n  require: any of\n    - all of\n      -- x\n"
                "      -- y at least 4 weeks\n    - z\n"
            ),
        ),
        (
            "rule a: T\nfor: esi\nrule b: T\nfor: esi",
            "rule a: T\n  for: esi\n\nrule b: T\n  for: esi\n",
        ),
        ("code 64483: A\ncode 64484: B", "code 64483: A\ncode 64484: B\n"),
        (
            "codes a: T\ninclude: 64483,\n\n   64484",
            "codes a: T\n  include: 64483, 64484\n",
        ),
        (
            "codes a: T\ninclude: 64483, # one\n 64484",
            "codes a: T\n  # one\n  include: 64483, 64484\n",
        ),
        ("rule a: T\ncite:X12,group 1  # c", "rule a: T\n  cite: X12, group 1  # c\n"),
        (
            "rule a: T\nfix: Use # 5, then  stop",
            "rule a: T\n  fix: Use # 5, then  stop\n",
        ),
    ],
    ids=lambda text: text[:24].replace("\n", "|"),
)
def test_the_one_style(written: str, styled: str) -> None:
    assert in_style(written) == styled


def test_a_long_list_is_folded_after_its_commas() -> None:
    codes = ", ".join(f"M54.{i}" for i in range(10, 40))
    lines = in_style(f"codes a: T\ninclude: {codes}").split("\n")

    assert all(len(line) <= 88 for line in lines)
    assert lines[2].startswith("    M54.")
    assert " ".join(line.strip() for line in lines[1:]).strip() == f"include: {codes}"


def test_a_file_with_errors_is_refused() -> None:
    with pytest.raises(FormatError, match="1 error, which"):
        format_text("rule a: T\n  fro: esi\n", "a.policy")


@pytest.mark.parametrize("seed", range(40))
def test_mangled_text_formats_to_the_same(seed: int) -> None:
    rng = random.Random(fresh(seed))
    mangled = []
    for line in GOOD.split("\n"):
        bare = line.strip()
        mangled.append(" " * rng.randrange(9) + bare + " " * rng.randrange(3))
        if rng.random() < 0.2 and not bare.startswith(("|", "#")) and bare[-1:] != ",":
            mangled.append("")

    assert format_text("\n".join(mangled)) == format_text(GOOD)


NAME = st.sampled_from(["esi", "zoster", "long-name-of-a-list", "a1"])
CODE = st.sampled_from(["64483", "G0480", "64490-64495", "M54.16", "esi"])
TEXT = st.text("abc #|:,-'.64483", min_size=1, max_size=60).map(
    lambda t: "T" + t.strip()
)
COMMENT = st.sampled_from(["", "", "", "  # why, so", " #x", "#"])
ATOM = st.sampled_from(
    ["imaging-done", "not imaging-done", "pain >= 4 weeks", "pain at least 50 percent",
     "place in 11,  24", "diagnosis in zoster,esi", "modifier KX present",
     "at least 1 earlier esi , same region,in any 12 months,each with pain >= 50 percent",
     "date after 2025-12-31", "a is b", "a in b , c and d is not e"]
)  # fmt: skip
LIST = st.lists(CODE, min_size=1, max_size=30).flatmap(
    lambda codes: st.sampled_from([", ", ",", " ,\n    ", ", # c\n"]).map(
        lambda s: s.join(codes)
    )
)


@st.composite
def group(draw: st.DrawFn) -> str:
    head = draw(st.sampled_from(["all of", "any of", "none of", "at least 2 of"]))
    bullets = []
    for _ in range(draw(st.integers(1, 3))):
        if draw(st.booleans()):
            bullets.append("-- ".join(["- all of\n", draw(ATOM) + "\n", draw(ATOM)]))
        else:
            bullets.append(f"-  {draw(ATOM)}{draw(COMMENT)}")
    return head + "\n" + "\n".join(bullets)


LINE = st.one_of(
    st.builds("for: {}{}".format, LIST, COMMENT),
    st.builds("when: {}{}".format, ATOM, COMMENT),
    st.builds("require: {}".format, st.one_of(ATOM, group())),
    st.builds("limit:  4 sessions per {} in any 12 months{}".format, NAME, COMMENT),
    st.builds("otherwise: deny for frequency CO-151 , N362{}".format, COMMENT),
    st.builds("fix: {}".format, TEXT),
    st.builds("quote: {}".format, TEXT),
    st.builds(
        "cite: X12,{}".format,
        TEXT.map(lambda t: t.replace("#", "").replace(",", "") or "x"),
    ),
    st.builds("| {}".format, TEXT),
    st.builds("# {}".format, TEXT),
    st.just("in force:  from 2026-01-01 through 2026-12-31 ,then ended"),
)


@st.composite
def item(draw: st.DrawFn) -> str:
    lines = draw(st.lists(LINE, max_size=6))
    indents = [" " * draw(st.integers(0, 6)) for _ in lines]
    body = "\n".join(i + line for i, line in zip(indents, lines, strict=True))
    return f"rule  {draw(NAME)} : {draw(TEXT)}\n{body}"


@pytest.mark.slow
@pytest.mark.no_cover  # measured, it takes three times as long
@settings(
    max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
@given(st.lists(item(), min_size=10, max_size=10))
def test_the_proofs_hold_on_generated_items(items: list[str]) -> None:
    """A thousand files of ten items: tree, comments and stability."""
    text = "\n".join(items)
    before = parse(text)
    assert [d.message for d in before.diagnostics if d.severity == "error"] == []
    styled = in_style(text)

    assert meaning(parse(styled).document.items) == meaning(before.document.items)
    assert comments_of(styled) == comments_of(text)
    assert in_style(styled) == styled
