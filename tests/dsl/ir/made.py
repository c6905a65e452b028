"""Tests and duties made at random from the registry: whatever a form's roles allow."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from dsl.ir.duties import Case, Duty, Limit
from dsl.ir.forms import DUTIES, TESTS, Form, Part
from dsl.ir.parts import (
    Amount,
    Calendar,
    Count,
    Counting,
    Days,
    Lifetime,
    OneDate,
    OneSession,
    PlanYear,
    Role,
    Rolling,
)
from dsl.ir.tests import Test

NAMES = st.sampled_from(["pain-duration", "imaging-date", "purpose", "region"])
MODIFIERS = st.sampled_from(["KX", "59", "RT", "50"])
GROUPS = st.lists(st.sampled_from(["region", "side", "level"]), unique=True, max_size=2)
OPEN_DAYS = st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1))
DAYS = st.builds(Days, OPEN_DAYS, OPEN_DAYS)
ROLLING = st.builds(Rolling, st.integers(1, 400), st.sampled_from(["day", "month"]))
WINDOWS = ROLLING | st.sampled_from(
    [Calendar("year"), Calendar("quarter"), PlanYear(), Lifetime(), OneSession(), OneDate()]
)  # fmt: skip
AMOUNTS = {
    "": st.builds(Amount, st.integers(0, 99) | st.just("0.5"), st.just("percent"), DAYS),
    "durations": st.builds(Amount, st.integers(0, 99), st.sampled_from(["day", "month"]), DAYS),
    "limits": st.builds(Amount, st.integers(1, 99), st.just("number"), DAYS),
}  # fmt: skip
COUNTS = st.builds(Count, st.integers(0, 9), st.none() | st.integers(0, 9))
COUNTING = st.builds(
    Counting,
    st.lists(MODIFIERS, max_size=2).map(tuple),
    st.lists(MODIFIERS, max_size=2).map(tuple),
    st.booleans(),
    st.booleans(),
)
LIMITS: st.SearchStrategy[Limit] = st.builds(
    Limit,
    st.lists(AMOUNTS["limits"], min_size=1, max_size=2).map(tuple),
    st.sampled_from(["session", "unit"]),
    GROUPS.map(tuple),
    WINDOWS,
    st.none() | COUNTING,
)


def some_tests(depth: int) -> st.SearchStrategy[Test]:
    """Tests whose parts are at most so deep."""
    return st.one_of([made(form, depth) for form in fitting(TESTS, depth)])


def some_duties() -> st.SearchStrategy[Duty]:
    """Duties of every form."""
    return st.one_of([made(form, 2) for form in DUTIES])


def fitting(forms: tuple[Form, ...], depth: int) -> list[Form]:
    """The forms that may stand so far above the ground."""
    nested = (Role.TEST, Role.TESTS)
    return [
        form
        for form in forms
        if depth > 0 or not any(form.having(role) for role in nested)
    ]


def made(form: Form, depth: int) -> st.SearchStrategy[Any]:
    """A node of one form."""
    if form.name == "elapsed":
        return elapsed(form)
    if form.name == "field":
        return st.one_of(
            built(form, depth, {"values": st.just(("24",)), "set": st.none()}),
            built(form, depth, {"values": st.just(())}),
        )
    return built(form, depth, {})


def built(
    form: Form, depth: int, given: dict[str, st.SearchStrategy[Any]]
) -> st.SearchStrategy[Any]:
    """A node whose fields are made by their roles, but those that are given."""
    hints = get_type_hints(form.kind)
    return st.builds(
        form.kind,
        **{p.name: filled(p, hints[p.name], depth) for p in form.parts} | given,
    )


def elapsed(form: Form) -> st.SearchStrategy[Any]:
    """Of a day of the claim, or of a dated fact."""
    nothing = st.none()
    fact = {"clock": nothing, "fact": NAMES, "of": st.just("claim")}
    clock = {"clock": st.just("received"), "fact": nothing, "of": nothing}
    return built(form, 0, fact) | built(form, 0, clock)


def filled(part: Part, hint: object, depth: int) -> st.SearchStrategy[Any]:
    """What a field may hold, by its type where that is literal, else by its role."""
    if get_origin(hint) is Literal:
        return st.sampled_from(get_args(hint))
    match part.role:
        case Role.TESTS:
            members = get_args(hint)
            least, most = (1, 3) if Ellipsis in members else (len(members),) * 2
            inner = some_tests(depth - 1)
            return st.lists(inner, min_size=least, max_size=most).map(tuple)
        case Role.TEST:
            return some_tests(depth - 1)
        case Role.AMOUNTS:
            return st.lists(AMOUNTS[part.schema], min_size=1, max_size=2).map(tuple)
        case Role.WINDOW if hint is Rolling:
            return ROLLING
        case Role.WORDS if get_origin(get_args(hint)[0]) is Literal:
            return st.just(get_args(get_args(hint)[0])[:2])
    return BY_ROLE.get(part.role, NAMES)


BY_ROLE: dict[Role, st.SearchStrategy[Any]] = {
    Role.WINDOW: WINDOWS,
    Role.COUNT: COUNTS,
    Role.COUNTING: st.none() | COUNTING,
    Role.GROUPS: GROUPS.map(tuple),
    Role.MODIFIERS: st.lists(MODIFIERS, unique=True, max_size=2).map(tuple),
    Role.MODIFIER: MODIFIERS,
    Role.DAY: st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    Role.NUMBER: st.integers(1, 5),
    Role.CASES: st.lists(st.builds(Case, NAMES, LIMITS), min_size=1, max_size=2).map(
        tuple
    ),
    Role.WORDS: st.just(("high", "low")),
}
