"""Where rules stand, and whether they hold: both ends of their days count."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date

import pytest

from kb.read.code_store import code
from kb.read.knowledge_base import KnowledgeBase
from kb.read.policy_store import policy_contents
from kb.read.records import Rule
from kb.read.store import open_knowledge_base
from kb.reference.comparison import other_uses
from kb.reference.places import codes_on, in_force_on, rule_path
from tests.kb.reference.test_cards import built


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    with closing(
        open_knowledge_base(built(tmp_path_factory.mktemp("places")))
    ) as opened:
        yield KnowledgeBase(opened)


@pytest.fixture
def rules(kb: KnowledgeBase) -> dict[str, Rule]:
    (content,) = policy_contents(kb, ["sample/esi@2025-01-01"])
    return {rule.name: rule for rule in content.rules}


@pytest.mark.parametrize(
    ("rule", "day", "holds"),
    [
        ("four", date(2024, 12, 31), False),
        ("four", date(2025, 1, 1), True),
        ("four", date(2025, 12, 31), True),
        ("four", date(2026, 1, 1), False),
        ("two", date(2025, 12, 31), False),
        ("two", date(2026, 1, 1), True),
        ("two", date(2099, 1, 1), True),
    ],
)
def test_a_rule_holds_on_both_its_ends(
    rule: str, day: date, holds: bool, rules: dict[str, Rule]
) -> None:
    assert in_force_on(rules[rule], day) is holds


def test_a_rule_has_its_place(kb: KnowledgeBase, rules: dict[str, Rule]) -> None:
    (content,) = policy_contents(kb, ["sample/esi@2025-01-01"])

    assert rule_path(content.policy, rules["two"]) == (
        "/policy/sample/esi@2025-01-01#rule-two"
    )


def test_a_list_has_the_codes_of_the_day(kb: KnowledgeBase) -> None:
    (content,) = policy_contents(kb, ["sample/esi@2025-01-01"])
    listed = {each.name: each for each in content.code_sets}

    assert codes_on(listed["esi"], date(2026, 1, 1)) == ("64479", "64483")


def test_a_modifier_is_named_by_rules_in_force(kb: KnowledgeBase) -> None:
    detail = code(kb, "11")
    assert detail is not None

    assert [use.rule.name for use in other_uses(detail, (), date(2026, 6, 1))] == [
        "waits"
    ]
    assert other_uses(detail, (), date(2024, 6, 1)) == []
    shown = ["/policy/sample/esi@2025-01-01#rule-waits"]
    assert other_uses(detail, shown, date(2026, 6, 1)) == []
