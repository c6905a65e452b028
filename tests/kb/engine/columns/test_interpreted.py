"""A form without an evaluator over columns is answered by the interpreter."""

from __future__ import annotations

from typing import Any

import pytest

from dsl.ir.forms import DUTIES, TESTS, Form
from kb.engine.columns import interpreted
from kb.engine.columns.arrays import ColumnResult, evaluate_columns
from kb.engine.columns.batch_claims import batch_from_claims
from kb.engine.columns.duties import COLUMN_DUTIES
from kb.engine.columns.parts import evaluate_in_parts
from kb.engine.columns.tests import COLUMN_TESTS
from kb.engine.judge.interpret import judged
from tests.kb.engine.columns.one_rule import claim, ir, program, require, statuses
from tests.kb.engine.columns.random_cases import random_case
from tests.seeds import fresh


def told(result: ColumnResult) -> list[Any]:
    """All that a result says, to be compared."""
    rules = [(c.rule, c.lines.tolist(), c.status.tolist()) for c in result.rules]
    return [rules, result.headline.tolist(), result.decided_by.tolist()]


def unlearn(monkeypatch: pytest.MonkeyPatch, *forms: Form) -> None:
    """Take the evaluators of forms out of the registries."""
    for form in forms:
        monkeypatch.delitem(COLUMN_TESTS, form.kind, raising=False)
        monkeypatch.delitem(COLUMN_DUTIES, form.kind, raising=False)


@pytest.mark.parametrize("form", [*TESTS, *DUTIES], ids=lambda form: form.kind.__name__)
def test_rules_with_a_form_without_evaluator_get_the_same_answers(
    form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [random_case(number) for number in map(fresh, range(6000, 6060))]
    asked = [(case.program, batch_from_claims(case.claims)) for case in cases]
    before = [told(evaluate_columns(*one)) for one in asked]
    unlearn(monkeypatch, form)
    assert [told(evaluate_columns(*one)) for one in asked] == before


@pytest.mark.parametrize("seed", range(7000, 7300, 100))
def test_without_any_evaluator_every_rule_is_interpreted(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [random_case(number) for number in map(fresh, range(seed, seed + 100))]
    asked = [(case.program, batch_from_claims(case.claims)) for case in cases]
    before = [told(evaluate_columns(*one)) for one in asked]
    unlearn(monkeypatch, *TESTS, *DUTIES)
    assert [told(evaluate_columns(*one)) for one in asked] == before
    in_parts = [told(evaluate_in_parts(*one, 2)) for one in asked]
    assert in_parts == before


def test_only_the_rules_that_have_the_form_are_interpreted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kx = {"op": "modifier", "modifier": "KX"}
    rules = [ir(require(kx), rule="marked"), ir({"duty": "never"}, rule="never")]
    asked: list[str] = []

    def noting(rule: Any, *rest: Any) -> Any:
        asked.append(rule.name)
        return judged(rule, *rest)

    monkeypatch.setattr(interpreted, "judged", noting)
    unlearn(monkeypatch, *(form for form in TESTS if form.name == "modifier"))
    assert statuses(program(*rules), claim()) == ["not-met"]
    assert asked == ["marked"]


@pytest.mark.parametrize(
    "changes",
    [
        {"when": {"op": "not", "of": [{"op": "modifier", "modifier": "59"}]}},
        {"unless": {"op": "modifier", "modifier": "59"}},
        {
            "exceptions": [
                {
                    "name": "outer",
                    "in_force": {"from": None, "through": None},
                    "when": {"op": "never"},
                    "exceptions": [
                        {
                            "name": "inner",
                            "in_force": {"from": None, "through": None},
                            "when": {"op": "modifier", "modifier": "59"},
                            "exceptions": [],
                        }
                    ],
                }
            ]
        },
    ],
    ids=["condition", "unless", "exception-to-an-exception"],
)
def test_a_form_is_found_wherever_it_stands_in_a_rule(
    changes: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = program(ir({"duty": "never"}, **changes)).policies[0].rules[0].tree
    assert not interpreted.lacks_evaluator(tree)
    unlearn(monkeypatch, *(form for form in TESTS if form.name == "modifier"))
    assert interpreted.lacks_evaluator(tree)
