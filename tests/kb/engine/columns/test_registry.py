"""No reader of rules lacks a form."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl.ir.codec import decode_rule
from dsl.ir.forms import DUTIES, TESTS, Form
from kb.engine.columns.duties import COLUMN_DUTIES
from kb.engine.columns.interpreted import lacks_evaluator
from kb.engine.columns.tests import COLUMN_TESTS
from tests.dsl.ir.made import made
from tests.kb.engine.columns.one_rule import ir

FORMS = (*TESTS, *DUTIES)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.kind.__name__)
@settings(max_examples=10)
@given(data=st.data())
def test_columns_have_each_form_or_leave_it_to_the_interpreter(
    form: Form, data: st.DataObject
) -> None:
    node = data.draw(made(form, 1))
    place = "when" if form in TESTS else "duty"
    rule = replace(decode_rule(ir(None)), **{place: node})
    here = form.kind in COLUMN_TESTS.keys() | COLUMN_DUTIES.keys()
    assert here or lacks_evaluator(rule)


def test_columns_know_no_form_that_is_not_declared() -> None:
    declared = {form.kind for form in FORMS}
    assert COLUMN_TESTS.keys() | COLUMN_DUTIES.keys() <= declared
