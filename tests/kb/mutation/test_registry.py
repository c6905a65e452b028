"""No reader of rules lacks a form that the registry declares."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dsl.ir.codec import decode_rule
from dsl.ir.duties import Covers, Duty, NeverCovered
from dsl.ir.forms import DUTIES, TESTS, Form
from dsl.ir.parts import Role
from dsl.ir.rule import Outcome, Rule
from dsl.ir.tests import Always, Test
from dsl.ir.walk import named, walk
from kb.engine.program import CompiledPolicy, CompiledRule, Program
from kb.mutation.hints import fact_values
from kb.mutation.mutants import edits_of
from tests.dsl.ir.made import made
from tests.dsl.ir.test_codec import NEVER

BARE = replace(decode_rule(NEVER), duty=NeverCovered())
EVERY_FORM = pytest.mark.parametrize(
    "form", [*TESTS, *DUTIES], ids=lambda form: str(form.name)
)
some = settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])


def ruled(node: Test | Duty) -> Rule:
    """A rule whose ``when`` is the test, or whose duty is the duty."""
    if isinstance(node, Test):
        return replace(BARE, when=node)
    return replace(BARE, duty=node)


def changes_in(rule: Rule) -> list[str]:
    """What operators change in the test or the duty itself, in words."""
    top = "duty" if rule.when is None else "when"
    policy = CompiledPolicy("a@1", "a", "A policy", "payer")
    compiled = CompiledRule("a@1#r", "a@1", "r", "A rule", rule)
    found = edits_of(compiled, policy)
    return [e.change for e in found if e.path[:1] == (top,) and e.operator != "when"]


@EVERY_FORM
@given(data=st.data())
@some
def test_every_form_has_a_mutant(form: Form, data: st.DataObject) -> None:
    node = data.draw(made(form, 1))
    if isinstance(node, NeverCovered | Covers):
        # It says nothing that could be otherwise: its outcome is changed instead.
        assert not form.parts
    else:
        # A code set that is named is changed itself, for all that name it.
        named_sets = [key for n in walk(node) for key in named(n, Role.SET)]
        assert changes_in(ruled(node)) or named_sets


@EVERY_FORM
@given(data=st.data())
@some
def test_every_fact_that_a_form_reads_has_a_value_to_try(
    form: Form, data: st.DataObject
) -> None:
    node = data.draw(made(form, 1))
    tried = {fact for fact, _value in fact_values(node, Program())}
    assert tried == set(named(node, Role.FACT))


def test_what_is_covered_is_tried_as_if_nobody_had_said_so() -> None:
    rule = replace(BARE, duty=Covers(), otherwise=Outcome("pass", "", "", ()))
    compiled = CompiledRule("a@1#r", "a@1", "r", "A rule", rule)
    found = edits_of(compiled, CompiledPolicy("a@1", "a", "A policy", "payer"))

    assert [e.change for e in found] == ["dropped: covered without a policy"]


def test_a_test_that_is_always_met_is_tried_as_its_opposite() -> None:
    assert changes_in(ruled(Always())) == ["always -> not (always)"]
