"""Requests that are refused: with the right status, the place, and no value of theirs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.crd.answer import response_to
from kb.crd.exact import written
from kb.crd.problem import CrdProblem, outcome_of
from kb.crd.request import read_request
from kb.engine import Engine

from .asking import bundle, coverage, order, request
from .conftest import TODAY

Json = dict[str, Any]
SECRET = "Zebulon"


def refused(content: bytes, engine: Engine, hook: str = "order-sign") -> CrdProblem:
    with pytest.raises(CrdProblem) as caught:
        response_to(read_request(content, hook), engine, TODAY)
    return caught.value


def drop(*keys: str) -> Callable[[Json], None]:
    def change(body: Json) -> None:
        for key in keys[:-1]:
            body = body[key]
        del body[keys[-1]]

    return change


def put(value: Any, *keys: str) -> Callable[[Json], None]:
    def change(body: Json) -> None:
        for key in keys[:-1]:
            body = body[key]
        body[keys[-1]] = value

    return change


OTHER = {"reference": f"Patient/{SECRET}"}
HOSTILE: dict[str, tuple[Callable[[Json], None], int, str]] = {
    "another hook": (put(SECRET, "hook"), 400, "hook"),
    "hook is a list": (put([SECRET], "hook"), 400, "hook"),
    "no instance": (drop("hookInstance"), 400, "hookInstance"),
    "instance no UUID": (put(SECRET, "hookInstance"), 400, "hookInstance"),
    "no context": (drop("context"), 400, "context"),
    "context is text": (put(SECRET, "context"), 400, "context"),
    "no patient": (drop("context", "patientId"), 400, "context.patientId"),
    "patient is a list": (put([SECRET], "context", "patientId"), 400, "context.patientId"),
    "no orders": (drop("context", "draftOrders"), 400, "context.draftOrders"),
    "orders are no Bundle": (
        put(order(), "context", "draftOrders"), 400, "context.draftOrders",
    ),
    "an entry is empty": (
        put({"resourceType": "Bundle", "entry": [{}]}, "context", "draftOrders"),
        400, "context.draftOrders.entry[0].resource",
    ),
    "an order without id": (
        put(bundle(order(id=None)), "context", "draftOrders"),
        422, "context.draftOrders.entry[0].resource.id",
    ),
    "two of one id": (
        put(bundle(order(), order()), "context", "draftOrders"),
        422, "context.draftOrders.entry[1].resource.id",
    ),
    "another patient's order": (
        put(bundle(order(subject=OTHER)), "context", "draftOrders"),
        422, "context.draftOrders.entry[0].resource.subject",
    ),
    "too many orders": (
        put(bundle(*(order(id=str(n)) for n in range(101))), "context", "draftOrders"),
        422, "context",
    ),
    "no prefetch": (drop("prefetch"), 412, "prefetch"),
    "prefetch is null": (put(None, "prefetch"), 412, "prefetch"),
    "prefetch is a list": (put([SECRET], "prefetch"), 400, "prefetch"),
    "prefetched text": (put(SECRET, "prefetch", "patient"), 400, "prefetch"),
    "prefetched under a strange key": (put(SECRET, "prefetch", SECRET), 400, "prefetch"),
    "another patient": (
        put({"resourceType": "Patient", "id": SECRET}, "prefetch", "patient"),
        422, "prefetch.patient",
    ),
    "no Coverage": (drop("prefetch", "coverage"), 400, "prefetch.coverage"),
    "Coverage is null": (put(None, "prefetch", "coverage"), 400, "prefetch.coverage"),
    "a Coverage that was cancelled": (
        put(coverage(status="cancelled"), "prefetch", "coverage"),
        400, "prefetch.coverage",
    ),
    "another's Coverage": (
        put(coverage(beneficiary=OTHER), "prefetch", "coverage"),
        400, "prefetch.coverage",
    ),
    "a Coverage without id": (
        put(coverage(id=None), "prefetch", "coverage"), 422, "prefetch.coverage",
    ),
    "a payer that is not here": (
        put(coverage(payor=[{"display": SECRET}]), "prefetch", "coverage"),
        400, "prefetch.coverage",
    ),
    "a Coverage without payer": (
        put(coverage(payor=None), "prefetch", "coverage"), 400, "prefetch.coverage",
    ),
    "an authorization without token": (
        put({"token_type": "Bearer", "scope": "x", "subject": "y"}, "fhirAuthorization"),
        400, "fhirAuthorization.access_token",
    ),
    "an authorization without server": (
        put(
            {"access_token": SECRET, "token_type": "Bearer", "scope": "x", "subject": "y"},
            "fhirAuthorization",
        ),
        400, "fhirServer",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "status", "where"), HOSTILE.values(), ids=HOSTILE.keys()
)
def test_a_request_that_is_not_right_is_refused(
    engine: Engine, change: Callable[[Json], None], status: int, where: str
) -> None:
    body = request(order())
    change(body)

    problem = refused(written(body), engine)
    assert (problem.status, problem.where) == (status, where)
    assert SECRET not in str(outcome_of(problem))


BYTES = {
    "nothing": (b"", "line 1 column 1"),
    "text": (b"Zebulon", "line 1 column 1"),
    "cut": (b'{"hook": "order-sign", "Zebulon', "line 1 column"),
    "a list": (b'["Zebulon"]', "no object"),
    "a number": (b"7", "no object"),
    "no UTF-8": (b'{"hook": "\xff"}', "no UTF-8"),
    "NaN": (b'{"hook": NaN}', "no JSON: NaN"),
    "a key twice": (b'{"hook": "a", "hook": "b"}', "a key stands twice"),
    "deep": (b'{"a":' * 100_000, "nested too deep"),
    "deep lists": (b"[" * 100_000, "nested too deep"),
    "digits": (b'{"a": ' + b"9" * 100_000 + b"}", "The body is no JSON"),
}


@pytest.mark.parametrize(("content", "said"), BYTES.values(), ids=BYTES.keys())
def test_what_is_no_json_object_is_refused(
    engine: Engine, content: bytes, said: str
) -> None:
    problem = refused(content, engine)
    assert problem.status == 400
    assert said in problem.text
    assert SECRET not in problem.text


def test_a_dispatched_order_that_did_not_come_along_is_asked_for(
    engine: Engine,
) -> None:
    body = request(order())
    body["hook"] = "order-dispatch"
    body["context"]["dispatchedOrders"] = [f"ServiceRequest/{SECRET}"]
    problem = refused(written(body), engine, "order-dispatch")
    assert (problem.status, problem.where) == (412, "context.dispatchedOrders[0]")
    assert SECRET not in problem.text

    body["context"]["dispatchedOrders"] = []
    assert refused(written(body), engine, "order-dispatch").status == 400


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.sampled_from([SECRET, "", "64483"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["coding", "code", "reference", "value", "start", "state"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=5,
)
PLACES = [
    ("context", "draftOrders", "entry"),
    *(("order", key) for key in order(bodySite=[], performer=[], quantityQuantity={})),
    *(("coverage", key) for key in (*coverage(), "type", "period")),
    ("prefetch", "patient"),
    ("prefetch", "locations"),
    ("prefetch", "practitioners"),
    ("prefetch", "payers"),
    ("extension",),
]


@settings(max_examples=120, deadline=None)
@given(place=st.sampled_from(PLACES), value=ANYTHING)
def test_whatever_stands_in_a_place_is_answered_or_refused(
    engine: Engine, place: tuple[str, ...], value: Any
) -> None:
    changed, paid = order(), coverage()
    if place[0] == "order":
        changed[place[1]] = value
    if place[0] == "coverage":
        paid[place[1]] = value
    body = request(changed, coverages=(paid,))
    if place[0] in ("context", "prefetch", "extension"):
        put(value, *place)(body)
    content = written(body)
    try:
        response = response_to(read_request(content, "order-sign"), engine, TODAY)
    except CrdProblem:
        problem = refused(content, engine)
        assert problem.status in {400, 412, 422}
        assert SECRET not in str(outcome_of(problem))
    else:
        assert set(response) == {"cards", "systemActions"}
