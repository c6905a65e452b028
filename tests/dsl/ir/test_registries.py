"""No reader of rules lacks a form: each registry has every form of ``dsl.ir.forms``."""

from __future__ import annotations

import pytest

from dsl.ir.forms import DUTIES, TESTS, Form
from dsl.ir.sentences import DUTY_WORDS, TEST_WORDS
from kb.engine.report.wanted import WAYS
from kb.plain import clauses
from kb.reference.wording import DUTIES as DUTY_CHIPS


@pytest.mark.parametrize("form", TESTS, ids=lambda form: form.name)
def test_every_test_has_its_words(form: Form) -> None:
    assert form.kind in TEST_WORDS


@pytest.mark.parametrize("form", TESTS, ids=lambda form: form.name)
def test_every_test_says_what_it_asks_of_the_chart(form: Form) -> None:
    assert form.kind in WAYS


@pytest.mark.parametrize("form", DUTIES, ids=lambda form: form.name)
def test_every_duty_has_its_words(form: Form) -> None:
    assert form.kind in DUTY_WORDS


@pytest.mark.parametrize("form", DUTIES, ids=lambda form: form.name)
def test_every_duty_has_its_short_words_on_pages(form: Form) -> None:
    assert DUTY_CHIPS[form.name]


@pytest.mark.parametrize("form", TESTS, ids=lambda form: form.name)
def test_every_test_is_said_to_people(form: Form) -> None:
    assert form.kind in clauses.TESTS


@pytest.mark.parametrize("form", DUTIES, ids=lambda form: form.name)
def test_every_duty_is_said_to_people(form: Form) -> None:
    assert form.kind in clauses.DUTIES
