"""No reader of rules lacks a form that the registry declares."""

from __future__ import annotations

import pytest

from dsl.ir import tests as t
from dsl.ir.forms import DUTIES, TESTS, Form
from kb.engine.judge import conditions, deciding, duties, grounds, reasons
from tests.kb.engine.columns.one_rule import claim, ir, line, require
from tests.kb.engine.one_line import asked


@pytest.mark.parametrize("form", TESTS, ids=lambda form: form.name)
def test_every_test_is_evaluated_and_gives_its_reason(form: Form) -> None:
    assert form.kind in conditions.EVALUATORS
    assert form.kind in deciding.REASONS


@pytest.mark.parametrize("form", [*TESTS, *DUTIES], ids=lambda form: form.name)
def test_every_form_says_whether_it_may_be_a_ground(form: Form) -> None:
    assert form.kind in grounds.ASKS or form.kind in grounds.COVERS


@pytest.mark.parametrize("form", DUTIES, ids=lambda form: form.name)
def test_every_duty_is_evaluated_and_gives_its_reason(form: Form) -> None:
    assert form.kind in duties.EVALUATORS
    assert form.kind in reasons.BECAUSE


def test_a_form_without_a_reason_of_its_own_says_whether_it_is_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (form,) = (form for form in TESTS if form.kind is t.Modifier)
    stated = deciding.single(deciding.in_its_words(form))
    monkeypatch.setitem(deciding.REASONS, t.Modifier, stated)
    given = claim(line("64483"))
    wanted = {"op": "modifier", "modifier": "KX"}
    assert (
        asked(ir(require(wanted)), given).because
        == "modifier KX present: no; yes is asked"
    )
    barred = ir(require({"op": "not", "of": [wanted]}))
    carried = claim(line("64483", modifiers=("KX",)))
    assert asked(barred, carried).because == "modifier KX present: yes; no is asked"
