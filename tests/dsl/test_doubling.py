# ruff: noqa: E501  (a table is read a line an entry)
"""A policy of twice the size is twice the work, whatever grows in it; and what is too large."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

import pytest
from lark import Lark

from bench.generators import GENERATORS, HEAD, day, rule
from dsl.base.diagnostics import Diagnostic
from dsl.ir.tests import And, Not
from dsl.lint import lint
from dsl.load.folder import load_texts

SIZE = 240
LIMITS = {
    "dsl.base.near": {"MOST_COMPARED": 40, "MOST_CHOSEN": 10, "MOST_ASKED": 10},
    "dsl.compile.scenarios": {"MOST_ROWS": 200},
    "dsl.resolve.code_lists": {"MOST_CODES": 300, "MOST_SPANS": 20},
    "dsl.resolve.dated_values": {"MOST_AMOUNTS": 20},
    "dsl.resolve.overlay": {"MOST_ASKED": 10, "MOST_CHANGES": 10, "MOST_VERSIONS": 10},
}
"""Where the work is bounded, not doubled, the bounds: small, so that files go beyond them."""


def errors(text: str) -> list[Diagnostic]:
    loaded = load_texts([("a.policy", text)])
    return [d for d in loaded.diagnostics if d.severity == "error"]


def said(text: str) -> None:
    """All that is said about a text."""
    for found in load_texts([("a.policy", text)]).diagnostics:
        found.render()


def calls(work: Callable[[], object]) -> int:
    """Calls of functions until a work is done."""
    count = 0

    def counted(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("kind", GENERATORS)
def test_twice_the_size_is_at_most_twice_the_work(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, limits in LIMITS.items():
        for name, limit in limits.items():
            monkeypatch.setattr(f"{module}.{name}", limit)
    generator = GENERATORS[kind]
    errors(generator(12))  # the grammar and what is cached once
    texts = (generator(n) for n in (12, SIZE, 2 * SIZE))
    least, once, twice = (calls(partial(said, text)) for text in texts)

    assert (twice - least) <= 2.3 * max(once - least, 200)


@pytest.mark.parametrize(
    "kind",
    ["rules", "rules with own lists", "definitions", "lists", "ranges", "values", "facts",
     "sources", "exceptions", "scenarios", "rules of a large list"],
)  # fmt: skip
def test_twice_the_policy_is_at_most_twice_the_work_of_lint(kind: str) -> None:
    loaded = [
        load_texts([("a.policy", GENERATORS[kind](n))]) for n in (12, SIZE, 2 * SIZE)
    ]
    least, once, twice = (calls(partial(lint, each.model)) for each in loaded)

    assert not any(each.has_errors for each in loaded)
    assert (twice - least) <= 2.3 * max(once - least, 200)


def test_each_line_is_lexed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    text = GENERATORS["rules"](600)
    lexed: list[int] = []
    given = Lark.parse_interactive

    def counted(self: Lark, text: str) -> Any:
        lexed.append(len(text))
        return given(self, text)

    monkeypatch.setattr(Lark, "parse_interactive", counted)

    assert errors(text) == []
    assert sum(lexed) <= len(text) + len(lexed)


@pytest.mark.parametrize("line", ["  # an old line\n", "\n", "  # a, b,\n"])
def test_a_block_taken_out_below_a_bad_line_is_one_error(line: str) -> None:
    found = errors(HEAD + rule("few", "  limitt: 4 sessions\n" + line * 5000))

    assert [(d.code, d.source.strip()) for d in found] == [
        ("P003", "limitt: 4 sessions")
    ]


def test_what_hangs_on_a_bad_line_goes_with_it_and_the_rest_stays() -> None:
    text = HEAD + (
        "rule few: Few\n  for: 64483\n  whenn: all of\n  # one\n\n    - imaging-done\n"
        "  # two\n    - imaging-done\n\n  # three\n  covered: never\n  otherwise: note\n"
        "  cite: S\n  badd: line\n"
    )

    assert [d.source.strip() for d in errors(text)] == ["whenn: all of", "badd: line"]


TOO_LARGE = {
    "names twice": (
        "".join(f"define d{i}: D\n  means: d{i + 1} and d{i + 1}\n\n" for i in range(26))
        + "define d26: D\n  means: imaging-done\n\n" + rule("deep", "  when: d0\n"),
        "`d16` stands for 1,024 tests",
    ),
    "names thrice": (
        "".join(
            f"define d{i}: D\n  means: at least 2 of\n    - d{i + 1}\n    - not d{i + 1}\n"
            f"    - d{i + 1}\n\n" for i in range(40)
        ) + "define d40: D\n  means: imaging-done\n\n" + rule("deep", "  when: d0\n"),
        "`d33` stands for 2,187 tests",
    ),
    "cases that double": (
        "".join(
            f"define d{i}: D\n  means: pain at least v{i} and pain at least v{i}\n\nvalue v{i}: V\n"
            f"  1 weeks when d{i + 1}\n  2 weeks otherwise\n\n" for i in range(40)
        ) + "define d40: D\n  means: imaging-done\n\nfact pain: P\n  kind: duration\n  of: patient\n\n"
        + rule("deep", "  when: d0\n"),
        "`d32` stands for 1,276 tests",
    ),
    "a chain": (
        "".join(f"define d{i}: D\n  means: d{i + 1}\n\n" for i in range(250))
        + "define d250: D\n  means: imaging-done\n\n" + rule("deep", "  when: d0\n"),
        "`d100` goes 101 deep",
    ),
    "groups in groups": (
        "".join(
            f"define d{i}: D\n  means: any of\n    - all of\n      -- none of\n        --- d{i + 1}\n"
            f"        --- imaging-done\n\n" for i in range(60)
        ) + "define d60: D\n  means: imaging-done\n\n" + rule("deep", "  when: d0\n"),
        " deep; groups and definitions may stand at most 100 deep",
    ),
    "bullets": (
        rule("deep", "  when: any of\n" + "    - imaging-done\n" * 1001),
        "This test stands for 1,001 tests",
    ),
    "cases of a value": (
        "fact pain: P\n  kind: duration\n  of: patient\n\nvalue v: V\n"
        + "".join(
            f"  {i + 1} weeks when c{i}\n" for i in range(200)
        ) + "  1 weeks otherwise\n\n"
        + "".join(f"define c{i}: C\n  means: imaging-done\n\n" for i in range(200))
        + rule("deep", "  when: pain at least v\n"),
        "This test goes 201 deep",
    ),
    "exceptions": (
        rule("few") + "exception e0 to few: E\n  when: imaging-done\n  cite: S\n\n"
        + "".join(
            f"exception e{i + 1} to e{i}: E\n  when: imaging-done\n  cite: S\n\n" for i in range(600)
        ),
        "`e20` lies 21 exceptions deep",
    ),
    "scenarios": (
        rule("few") + "scenario s0: S\n  line 1: 64483\n  expect: line 1 pass\n\n"
        + "".join(f"scenario s{i + 1}: S\n  like: s{i}\n  expect: line 1 pass\n\n" for i in range(1200)),
        "`s101` is the last of 102 scenarios",
    ),
    "scenarios from the end": (
        rule("few") + "scenario s1200: S\n  line 1: 64483\n  expect: line 1 pass\n\n"
        + "".join(f"scenario s{i}: S\n  like: s{i + 1}\n  expect: line 1 pass\n\n" for i in range(1200)),
        "`s1099` is the last of 102 scenarios",
    ),
    "days of a code": (
        "codes many: M\n" + "".join(
            f"  include from {day(2 * i)} through {day(2 * i)}: 64483\n" for i in range(300)
        ),
        "`many` holds `64483` on more than 100 spans of days",
    ),
    "days without a code": (
        "codes many: M\n  include: 64483\n" + "".join(
            f"  exclude from {day(2 * i)} through {day(2 * i)}: 64483\n" for i in range(300)
        ),
        "`many` holds `64483` on more than 100 spans of days",
    ),
    "amounts of a value": (
        "value v: V\n" + "".join(
            f"  4 weeks from {day(i)} through {day(i)}\n" for i in range(300)
        ),
        "`v` has 300 lines; a value may have 250",
    ),
    "lists": (
        rule("few") + "".join(f"codes c{i}: C\n  include: c{i + 1}\n\n" for i in range(600))
        + "codes c600: C\n  include: 64483\n",
        "`c100` lies 101 lists deep",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", TOO_LARGE)
def test_what_is_too_large_is_one_error_that_names_the_limit(kind: str) -> None:
    text, said = TOO_LARGE[kind]
    found = errors(HEAD + text)

    assert {d.code for d in found} == {"P037"}
    assert len(found) == 1
    assert said in found[0].message


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (
            "lists of a large one",
            "the lists of this policy come to more than 300 codes",
        ),
        (
            "rules of a large list",
            "the lists of this policy come to more than 300 codes",
        ),
        ("scenarios like a large one", "take more than 200 lines from those"),
        ("expected of every line", "or expect as much of every line"),
    ],
)
def test_what_stands_for_too_much_is_told_once(
    kind: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dsl.resolve.code_lists.MOST_CODES", 300)
    monkeypatch.setattr("dsl.compile.scenarios.MOST_ROWS", 200)
    found = errors(GENERATORS[kind](SIZE))

    assert [d.code for d in found] == ["P037"]
    assert said in found[0].message


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("versions of a rule", "`few` has more than 100 versions in this policy"),
        ("changes of a rule", "`few` is changed more than 100 times in this policy"),
    ],
)
def test_what_comes_too_often_is_told_where_it_does(kind: str, said: str) -> None:
    found = errors(GENERATORS[kind](740))

    assert {d.code for d in found} == {"P037"}
    assert all(said in d.message for d in found)


def test_of_a_very_long_line_is_shown_what_stands_about_the_fault() -> None:
    words = ", ".join(f"{i:05}" for i in range(10000, 12000))
    (found,) = errors(f"{HEAD}codes many: Many\n  include: {words}, x9, {words}\n")

    shown, marks, *_rest = found.render().split("\n")
    assert len(shown) < 440
    assert shown[marks.index("^") : marks.rindex("^") + 1] == "x9"
    assert shown.endswith("...")


def test_a_definition_is_one_test_for_all_that_name_it() -> None:
    text = (
        HEAD
        + "define known: K\n  means: diagnosis in M54.16, M54.17\n\n"
        + rule("few", "  when: all of\n    - known\n    - not known\n")
    )
    loaded = load_texts([("a.policy", text)])
    (when,) = [r.tree.when for r in loaded.model.policies[0].rules]

    assert loaded.diagnostics == ()
    assert isinstance(when, And)
    known, other = when.of
    assert isinstance(other, Not)
    assert known is other.of[0]
