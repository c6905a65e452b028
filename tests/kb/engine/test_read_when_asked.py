"""Out of a file that stays open the same is read as at once, but only when it is asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from dsl.ir.rule import Rule
from dsl.ir.tests import Field
from dsl.ir.walk import find
from kb.database.opening import open_knowledge_base
from kb.engine import Program
from kb.engine.load import load
from kb.engine.program import RulesToRead, with_word
from kb.engine.rows import KeptOpen

Both = tuple[Program, Program]


@pytest.fixture(scope="module")
def both(shipped_database: Path) -> Iterator[Both]:
    """The program read at once, and out of a file that stays open."""
    with closing(open_knowledge_base(shipped_database)) as connection:
        later, _words = load(connection, KeptOpen(connection))
        yield load(connection)[0], later


def test_lists_of_codes_are_the_same(both: Both) -> None:
    at_once, later = both
    asked = {key: later.sets.get(key) for key in at_once.sets}
    assert asked == dict(at_once.sets)
    assert dict(later.sets) == dict(at_once.sets)
    assert len(later.sets) == len(at_once.sets)


@pytest.mark.parametrize("key", ["", "no/policy@2026-01-01#list", "no list"])
def test_a_list_that_is_not_there_has_no_codes(both: Both, key: str) -> None:
    sets = both[1].sets
    assert (sets.get(key), sets.get(key, {}), key in sets) == ({}, {}, False)


def test_the_tree_of_a_rule_is_found_by_its_id(both: Both) -> None:
    at_once, later = both
    rule = next(rule for policy in at_once.policies for rule in policy.rules)
    assert later.tree(rule.id) == at_once.tree(rule.id) == rule.tree
    assert later.tree("no/policy@2026-01-01#rule") is None
    read = [p for p in later.policies if p.rules and "rules" in vars(p.rules)]
    assert {policy.id for policy in read} <= {rule.policy_version}


def test_rules_that_name_a_plan_are_found_without_reading_others(both: Both) -> None:
    at_once, later = both
    for one, other in zip(at_once.policies, later.policies, strict=True):
        named = {rule.id for rule in one.rules if names_a_plan(rule.tree)}
        found = with_word(other.rules, '"plan"')
        assert named <= {rule.id for rule in found} <= {rule.id for rule in one.rules}
        assert not isinstance(other.rules, RulesToRead) or len(found) < 10


def names_a_plan(tree: Rule) -> bool:
    return any(test.name == "plan" for test in find(tree, Field))
