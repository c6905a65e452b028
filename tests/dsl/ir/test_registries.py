"""No reader of rules lacks a form: each registry has every form of ``dsl.ir.forms``."""

from __future__ import annotations

import pytest

from dsl.compile.single_tests import WRITTEN
from dsl.ir import tests as t
from dsl.ir.forms import DUTIES, TESTS, Form
from dsl.ir.sentences import DUTY_WORDS, TEST_WORDS
from dsl.syntax.builder import NodeBuilder
from dsl.syntax.parser import grammar
from kb.engine.report.wanted import WAYS
from kb.plain import clauses
from kb.reference.duty_words import DUTIES as DUTY_CHIPS


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


def test_a_rule_of_the_grammar_without_a_method_is_a_test_of_words() -> None:
    named = {
        rule.alias or rule.origin.name
        for rule in grammar().rules
        if rule.alias or not rule.options.expand1
    }
    made = {name for name in named if not name.startswith("_")}
    assert {name for name in made if not hasattr(NodeBuilder, name)} == {*WRITTEN}


@pytest.mark.parametrize(
    ("test", "words"),
    [
        (t.Billed("on-both-sides"), "billed on both sides"),
        (t.Modifier("KX"), "modifier KX present"),
        (t.Documented("pain-scale", "claim"), "pain scale documented"),
        (t.Never(), "never"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_a_form_says_its_fields_in_its_words(test: t.Test, words: str) -> None:
    (form,) = (form for form in TESTS if form.kind is type(test))
    assert form.say(test) == words
    assert TEST_WORDS[type(test)](test, None) == words
