"""No reader of rules lacks a form that the registry declares."""

from __future__ import annotations

import pytest

from dsl.ir.forms import DUTIES, TESTS, Form
from kb.engine.judge import conditions, deciding, duties, grounds, reasons


@pytest.mark.parametrize("form", TESTS, ids=lambda form: form.name)
def test_every_test_is_evaluated_and_gives_its_reason(form: Form) -> None:
    assert form.kind in conditions.EVALUATORS
    assert form.kind in deciding.REASONS


@pytest.mark.parametrize("form", [*TESTS, *DUTIES], ids=lambda form: form.name)
def test_every_form_says_whether_it_may_be_a_ground(form: Form) -> None:
    assert form.kind in {*grounds.ASKS, *grounds.COVERS}


@pytest.mark.parametrize("form", DUTIES, ids=lambda form: form.name)
def test_every_duty_is_evaluated_and_gives_its_reason(form: Form) -> None:
    assert form.kind in duties.EVALUATORS
    assert form.kind in reasons.BECAUSE
