"""One walk over the tree of a rule finds everything, and changes what it is asked to."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from dsl.ir import walk
from dsl.ir.codec import decode_rule, encode_test
from dsl.ir.duties import LimitBy, NeverCovered, Require
from dsl.ir.parts import Amount, Days, Role
from dsl.ir.rule import Exemption
from dsl.ir.tests import And, Diagnosis, Elapsed, Not, Test, Yes
from tests.dsl.ir.made import some_duties, some_tests
from tests.dsl.ir.test_codec import NEVER

IMAGING = Elapsed(
    "before", "<=", (Amount(24, "month"),), fact="imaging-date", of="claim"
)
RULE = replace(
    decode_rule(NEVER),
    scope="a#scope",
    when=And((Yes("imaging-done", "claim"), Not((Diagnosis("a#dx", "any"),)))),
    duty=Require(IMAGING),
    exceptions=(
        Exemption(
            "outer", Days(), Yes("urgent", "claim"),
            (Exemption("inner", Days(), Yes("planned", "line"), ()),),
        ),
    ),
)  # fmt: skip


def test_the_walk_reaches_exceptions_and_what_hangs_below_them() -> None:
    assert walk.facts(RULE) == {"imaging-done", "imaging-date", "urgent", "planned"}
    assert walk.sets(RULE) == {"a#scope", "a#dx"}


def test_nodes_come_from_the_top_in_order() -> None:
    told = [type(node).__name__ for node in walk.nodes(RULE)]
    assert told == [
        "And",
        "Yes",
        "Not",
        "Diagnosis",
        "Require",
        "Elapsed",
        "Yes",
        "Yes",
    ]


def test_find_gives_the_forms_of_one_kind() -> None:
    assert list(walk.find(RULE, Elapsed)) == [IMAGING]
    assert list(walk.find(RULE, NeverCovered)) == []


@given(some_tests(2))
def test_a_map_that_changes_nothing_gives_the_same(node: Test) -> None:
    assert walk.mapped(node, lambda same: same) == node


@given(some_tests(2))
def test_the_walk_misses_no_name_that_the_json_has(node: Test) -> None:
    told = str(encode_test(node))
    named = {fact for n in walk.walk(node) for fact in walk.named(n, Role.FACT)}
    assert named == {fact for fact in FACTS if f"'fact': '{fact}'" in told}


FACTS = ("pain-duration", "imaging-date", "purpose", "region")


@given(some_duties())
def test_limits_by_choice_are_walked(node: walk.Node) -> None:
    if isinstance(node, LimitBy):
        assert list(walk.children(node)) == [case.limit for case in node.cases]


def test_a_map_reaches_every_leaf() -> None:
    def flip(node: walk.Node) -> walk.Node:
        return replace(node, fact="other") if isinstance(node, Yes) else node

    assert RULE.when is not None
    assert walk.mapped(RULE.when, flip) == And(
        (Yes("other", "claim"), Not((Diagnosis("a#dx", "any"),)))
    )
