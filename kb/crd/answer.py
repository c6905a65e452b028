"""A CDS Hooks request to its response: every order under every Coverage of a payer here.

No call is made to anybody: what did not come along is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from kb.crd.assertion import OUT_OF_PERIOD, WITHOUT_CODE, Assertion, assertion_of
from kb.crd.cards import Told, cards_of
from kb.crd.claims import (
    Asked,
    Whereabouts,
    claims_of,
    is_by_home,
    state_of,
    whereabouts,
)
from kb.crd.coverage import Covered, covered
from kb.crd.exact import Json
from kb.crd.extension import coverage_information, updated
from kb.crd.orders import Order, read_order
from kb.crd.problem import CrdProblem
from kb.crd.request import HookRequest
from kb.crd.resources import part
from kb.crd.words import Advice, advice_of
from kb.engine import Engine
from kb.engine.payers import find_payer
from kb.engine.report.words import payer_title

NO_PAYER = (
    "No active Coverage names a payer of this knowledge base: its `payor` needs the"
    " payer's id or name, as an Organization in the prefetch or in `payor` itself."
)


def response_to(request: HookRequest, engine: Engine, today: date) -> Json:
    """The cards and system actions for a request; ``engine`` takes any facts.

    Raises ``CrdProblem`` with 400 where no Coverage names a payer that is known here.
    """
    coverages = [
        found
        for each in request.coverages
        if (found := covered(each, request.known, engine.program)) is not None
    ]
    if not coverages:
        raise CrdProblem(400, "not-found", NO_PAYER, "prefetch.coverage")
    orders = tuple(
        read_order(order, request.known, request.performer)
        for order in request.orders
        # What must not be done needs no coverage.
        if part(order, "doNotPerform") is not True
    )
    if not request.wishes.coverage_info:
        return {"cards": [], "systemActions": []}
    around = whereabouts(request.known, request.patient)
    told = [
        one
        for coverage in coverages
        for one in told_of(coverage, orders, request.patient, around, engine, today)
    ]
    database = engine.program.database
    actions = list(actions_of(orders, told, database, today))
    return {
        "cards": cards_of(told, request.wishes.most_cards),
        "systemActions": actions,
    }


def actions_of(
    orders: tuple[Order, ...], told: list[Told], database: str, today: date
) -> Iterator[Json]:
    """An update for each order that gets something new."""
    for order in orders:
        informations = [
            coverage_information(
                one.coverage, order, one.found, one.advice, today, database
            )
            for one in told
            if one.order == order.reference
        ]
        resource = updated(order.resource, informations)
        if resource is not None:
            yield {
                "type": "update",
                "description": "Add what the payer's rules say of this order",
                "resource": resource,
            }


def told_of(
    coverage: Covered,
    orders: tuple[Order, ...],
    patient: Json,
    around: Whereabouts,
    engine: Engine,
    today: date,
) -> Iterator[Told]:
    """What is found of each order under a Coverage."""
    payer = name_of(coverage, engine)
    for order in orders:
        if not order.code:
            advice = without_code(order, payer)
            yield Told(order.reference, "", coverage.reference, WITHOUT_CODE, advice)
        elif not coverage.holds_on(order.day_of(today)):
            advice = out_of_period(order, payer, today)
            yield Told(
                order.reference, order.code, coverage.reference, OUT_OF_PERIOD, advice
            )
    held = tuple(o for o in orders if coverage.holds_on(o.day_of(today)))
    for asked in claims_of(held, coverage, patient, around, today):
        for order, found, advice in answered(asked, payer, around, engine, today):
            yield Told(order.reference, order.code, coverage.reference, found, advice)


def name_of(coverage: Covered, engine: Engine) -> str:
    """The payer as people call it; where a brand has several, as the Coverage does."""
    key, _why = find_payer(coverage.payer, engine.program, coverage.plan)
    return payer_title(key, engine) or coverage.payer.name


def answered(
    asked: Asked, payer: str, around: Whereabouts, engine: Engine, today: date
) -> Iterator[tuple[Order, Assertion, Advice]]:
    """What the engine says of the orders of a claim."""
    (answer,) = engine.answer([asked.claim])
    for line, order in zip(answer.lines, asked.orders, strict=True):
        found = assertion_of(line, order)
        holds = holds_for(order, around, today)
        yield order, found, advice_of(line, order, answer, engine, payer, holds)


def holds_for(order: Order, around: Whereabouts, today: date) -> str:
    """The day, the units and the state that an answer holds for, and whence they are."""
    service = order.day_of(today)
    units = order.units or Decimal(1)
    counted = f"{units:f} unit{'' if units == 1 else 's'}"
    said = [f"Holds for {counted} on {service}"]
    if order.service is None:
        whence = "the day of the order" if order.written else "today"
        said.append(f"{whence}, for it gives no day of service")
    if is_by_home(order, around) and (state := state_of(order, around)):
        said.append(
            f"in {state}, where the patient lives, for it names no place of service"
        )
    return f"{', '.join(said)}."


def without_code(order: Order, payer: str) -> Advice:
    """What is said of an order that no rule can be asked about."""
    several = "several CPT or HCPCS codes" if order.several else "no CPT or HCPCS code"
    return Advice(
        payer=payer,
        lead="Order undecided",
        say=f"it gives {several}, and rules go by code.",
        do="Give the one code that will be billed.",
    )


def out_of_period(order: Order, payer: str, today: date) -> Advice:
    """What is said of an order for a day on which the Coverage does not hold."""
    return Advice(
        payer=payer,
        lead=f"{order.code} undecided",
        say=f"the Coverage does not hold on {order.day_of(today)}.",
        do="Give the Coverage of that day.",
    )
