"""Which payer, contractor and policies a claim is under, and what is said when none is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from kb.claims.model import PayerNamed
from kb.engine.judge.evaluate import evaluate
from kb.engine.judge.undecided import NO_STATE
from kb.engine.payers import find_payer
from kb.engine.program import (
    CompiledPolicy,
    CompiledRule,
    PayerWords,
    Program,
    RulesToRead,
    with_deferrals,
)
from kb.engine.select import select
from kb.names import plain_name
from tests.kb.engine.columns.one_rule import PAYER, SETS, Json, claim, ir, line, require
from tests.kb.engine.one_line import ALWAYS

MAY = date(2026, 5, 1)
PAYERS = (
    PayerWords(
        "medicare-part-b",
        "Medicare Part B",
        "medicare",
        identifiers=frozenset({"04402"}),
        filing=frozenset({"MB"}),
        names=frozenset({"medicarepartb"}),
    ),
    PayerWords(
        "blue-one",
        "Blue One",
        "commercial",
        identifiers=frozenset({"BL1", "SHARED"}),
        filing=frozenset({"BL"}),
        names=frozenset({"blueone"}),
    ),
    PayerWords(
        "blue-two",
        "Blue Two",
        "medicaid",
        identifiers=frozenset({"SHARED"}),
        filing=frozenset({"BL"}),
        names=frozenset({"bluetwo"}),
    ),
)


def policy(name: str, first: str = "", last: str = "", **more: Any) -> CompiledPolicy:
    """A policy version with one rule, called after its first day."""
    version = f"{name}@{first or 'v'}"
    rule = ir(more.pop("duty", require(ALWAYS)), version=version)
    return CompiledPolicy(
        id=version,
        policy=name,
        title=name,
        payer=more.pop("payer", PAYER),
        days=(
            date.fromisoformat(first) if first else None,
            date.fromisoformat(last) if last else None,
        ),
        rules=(CompiledRule.of(f"{version}#r", version, "r", "r", rule),),
        **more,
    )


def program(*policies: CompiledPolicy, **more: Any) -> Program:
    return Program(policies=with_deferrals(policies), sets=SETS, payers=PAYERS, **more)


def asked(known: Program, on: str = "2026-03-10", **more: Any) -> list[str]:
    """The versions that a claim's line was asked under."""
    found = evaluate(known, [claim(line(on=on), **more)])[0]
    return [result.rule.partition("#")[0] for result in found.lines[0].results]


def headline(known: Program, on: str = "2026-03-10", **more: Any) -> tuple[str, str]:
    found = evaluate(known, [claim(line(on=on), **more)])[0].lines[0]
    return found.outcome, found.reason


# ---------- payer ----------


@pytest.mark.parametrize(
    ("named", "key"),
    [
        (PayerNamed(key="blue-one"), "blue-one"),
        (PayerNamed(key="blue-one", identifier="04402"), "blue-one"),
        (PayerNamed(identifier="04402"), "medicare-part-b"),
        (PayerNamed(identifier="04402", name="Medicare Part B"), "medicare-part-b"),
        (PayerNamed(key="medicare-part-bs", name="blue one"), "blue-one"),
        (PayerNamed(key="blue--one"), "blue-one"),
        (PayerNamed(name="MEDICARE, Part B"), "medicare-part-b"),
        (PayerNamed(identifier="0", name="blue-one"), "blue-one"),
        (PayerNamed(identifier="SHARED", name="Blue Two"), "blue-two"),
        (PayerNamed(filing="MB"), "medicare-part-b"),
        (PayerNamed(name="somebody", filing="MB"), "medicare-part-b"),
    ],
    ids=str,
)
def test_the_payer_is_found_by_key_identifier_name_and_filing(
    named: PayerNamed, key: str
) -> None:
    assert find_payer(named, program()) == (key, "")


@pytest.mark.parametrize(
    ("named", "reason"),
    [
        (PayerNamed(), "the claim names no payer"),
        (PayerNamed(key="nobody"), "no loaded payer goes by the key given"),
        (PayerNamed(filing="BL"), "no loaded payer goes by filing indicator BL"),
        (
            PayerNamed(name="MEDICARE PART C"),
            ("no loaded payer goes by the name given."
            " Did you mean medicare-part-b (medicare)?"),
        ),
        (
            PayerNamed(name="Blue One of Idaho"),
            ("no loaded payer goes by the name given."
            " Did you mean blue-one (commercial)?"),
        ),
        (
            PayerNamed(identifier="SHARED", filing="ZZ"),
            ("the claim's payer may be blue-one (commercial) or blue-two (medicaid): the"
            " claim does not give its plan, on which that depends (SBR09 in an 837,"
            " `Coverage.type` in FHIR)"),
        ),
        (
            PayerNamed(identifier="04402", name="Blue One"),
            ("the claim gives the id of medicare-part-b (medicare) and the name of"
            " blue-one (commercial)"),
        ),
    ],
    ids=[
        "nothing said",
        "unknown key",
        "two by filing",
        "nearly a name",
        "a name that goes on",
        "two by id",
        "id of one and name of another",
    ],
)  # fmt: skip
def test_a_payer_that_is_not_found_leaves_the_line_unknown(
    named: PayerNamed, reason: str
) -> None:
    assert find_payer(named, program()) == ("", reason)

    one = replace(claim(), payer=named)
    found = evaluate(program(policy("esi")), [one])[0].lines[0]
    assert (found.outcome, found.reason, found.results) == ("unknown", reason, ())


@pytest.mark.parametrize(
    ("named", "plan", "key"),
    [
        (PayerNamed(identifier="SHARED"), "commercial", "blue-one"),
        (PayerNamed(identifier="SHARED"), "medicaid", "blue-two"),
        (PayerNamed(name="Blue One"), "commercial", "blue-one"),
        (PayerNamed(name="Blue One"), "", "blue-one"),
        (PayerNamed(name="Blue One"), "west", "blue-one"),
        (PayerNamed(key="blue-one"), "medicaid", "blue-one"),
    ],
    ids=str,
)
def test_the_plan_decides_between_the_payers_of_a_brand(
    named: PayerNamed, plan: str, key: str
) -> None:
    assert find_payer(named, program(), plan) == (key, "")


def test_a_plan_that_no_loaded_payer_of_the_brand_has_leaves_it_open() -> None:
    named = PayerNamed(identifier="SHARED", name="Blue One")
    assert find_payer(named, program(), "medicare") == (
        "",
        (
            "the claim's plan is medicare, and what is loaded by its payer's name or id is"
            " blue-one (commercial)"
        ),
    )


@pytest.mark.parametrize(
    ("named", "told"),
    [
        (PayerNamed(name="Jane Doe"), "the name given"),
        (PayerNamed(identifier="MEMB998877"), "an id of 10 characters"),
        (PayerNamed(identifier="7"), "an id of 1 character"),
        (
            PayerNamed(identifier="123-45-6789", name="Jane Doe"),
            "an id of 11 characters",
        ),
    ],
    ids=["a name", "an id of a member", "one digit", "both"],
)
def test_names_and_ids_on_a_claim_are_told_by_their_kind(
    named: PayerNamed, told: str
) -> None:
    _key, reason = find_payer(named, program())

    assert told in reason
    assert not any(
        text in reason for text in (named.name, named.identifier) if len(text) > 1
    )


@pytest.mark.parametrize("name", ["Plan Médico", "PLAN ME\u0301DICO", "plan medico"])
def test_a_name_is_found_however_its_letters_are_written(name: str) -> None:
    payers = (
        PayerWords("medico", "Plan", names=frozenset({plain_name("Plan Médico")})),
    )
    known = replace(program(), payers=payers)

    assert find_payer(PayerNamed(name=name), known) == ("medico", "")


# ---------- policies ----------


def test_policies_of_another_payer_are_never_asked() -> None:
    known = program(
        policy("mine"), policy("other", payer="blue-one"), policy("any", payer="")
    )

    assert asked(known) == ["mine@v", "any@v"]


@pytest.mark.parametrize(
    ("scope", "more", "expected"),
    [
        ({"states": frozenset({"FL"})}, {"state": "FL"}, ("pass", "")),
        (
            {"states": frozenset({"FL"})},
            {"state": "OH"},
            ("unknown", "no policy is loaded for 64483 under medicare-part-b in OH on 2026-03-10"),
        ),
        (
            {"states": frozenset({"FL"})},
            {},
            ("unknown", f"{NO_STATE}, on which esi depends"),
        ),
        ({"plans": frozenset({"hmo"})}, {"plan": "hmo"}, ("pass", "")),
        (
            {"plans": frozenset({"hmo"})},
            {},
            ("unknown", "the claim does not give its plan, on which esi depends"),
        ),
        (
            {"states": frozenset({"FL"}), "plans": frozenset({"hmo"})},
            {"state": "OH"},
            ("unknown", "no policy is loaded for 64483 under medicare-part-b in OH on 2026-03-10"),
        ),
    ],
    ids=str,
)  # fmt: skip
def test_a_policy_may_hold_in_states_and_for_plans(
    scope: Json, more: Json, expected: tuple[str, str]
) -> None:
    assert headline(program(policy("esi", **scope)), **more) == expected


def test_a_missing_state_is_not_asked_for_where_the_code_is_not_concerned() -> None:
    known = program(policy("esi", states=frozenset({"FL"})))
    found = evaluate(known, [claim(line("77003"))])[0].lines[0]

    assert found.reason == (
        "no policy is loaded for 77003 under medicare-part-b on 2026-03-10"
    )


def test_a_missing_state_is_not_asked_for_once_the_code_left_the_policys_list() -> None:
    esi = policy("esi", states=frozenset({"FL"}))
    tree = replace(esi.rules[0].tree, scope="until-june")
    known = program(replace(esi, rules=(replace(esi.rules[0], tree=tree),)))

    assert "state" in headline(known, "2025-06-30")[1]
    assert "no policy is loaded" in headline(known, "2025-07-01")[1]


def test_a_denial_stands_although_another_policy_waits_for_the_state() -> None:
    known = program(
        policy("esi", states=frozenset({"FL"})),
        policy("strict", duty={"duty": "never"}),
    )
    outcome, reason = headline(known)

    assert outcome == "deny"
    assert (
        reason
        == "the claim does not say in which state the service was given, on which esi depends"
    )


# ---------- days ----------

SPRING = policy("esi", "2026-01-01", "2026-03-31")
SUMMER = policy("esi", "2026-04-01", "2026-06-30")


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2025-12-31", []),
        ("2026-01-01", ["esi@2026-01-01"]),
        ("2026-03-31", ["esi@2026-01-01"]),
        ("2026-04-01", ["esi@2026-04-01"]),
        ("2026-07-01", []),
    ],
)
def test_the_version_of_the_date_of_service_is_asked(
    on: str, expected: list[str]
) -> None:
    assert asked(program(SPRING, SUMMER), on) == expected


@pytest.mark.parametrize(
    ("versions", "on", "reason"),
    [
        (
            (SPRING,),
            "2026-04-01",
            "esi ended on 2026-03-31, and no later version is loaded",
        ),
        (
            (replace(SPRING, ended=True),),
            "2026-04-01",
            "no policy is loaded for 64483 under medicare-part-b on 2026-04-01",
        ),
        ((SPRING, SUMMER), "2026-04-01", ""),
        (
            (SUMMER,),
            "2026-03-31",
            "esi begins on 2026-04-01; the service was on 2026-03-31",
        ),
    ],
    ids=["over", "ended for good", "followed", "not yet"],
)
def test_a_policy_that_is_over_without_a_successor_is_unknown(
    versions: tuple[CompiledPolicy, ...], on: str, reason: str
) -> None:
    outcome, said = headline(program(*versions), on)

    assert (outcome, said) == ("unknown" if reason else "pass", reason)


def test_lines_of_one_claim_may_fall_under_two_versions() -> None:
    both = claim(line(on="2026-03-31"), line(on="2026-04-01", number=2))
    found = evaluate(program(SPRING, SUMMER), [both])[0]

    assert [x.results[0].rule for x in found.lines] == [
        "esi@2026-01-01#r",
        "esi@2026-04-01#r",
    ]
    assert found.searched.policies == ("esi@2026-01-01", "esi@2026-04-01")


# ---------- contractors ----------


@pytest.mark.parametrize(
    ("payer", "state", "expected"),
    [
        (PAYER, "FL", "first-coast"),
        (PAYER, "OH", "cgs"),
        (PAYER, "TX", ""),
        (PAYER, "", ""),
        ("blue-one", "FL", ""),
    ],
)
def test_the_contractor_is_the_payers_for_the_state(
    payer: str, state: str, expected: str
) -> None:
    known = program(
        contractors={
            "cgs": (PAYER, frozenset({"OH", "KY"})),
            "first-coast": (PAYER, frozenset({"FL"})),
        }
    )

    assert select(claim(payer=payer, state=state), MAY, known).contractor == expected


def test_the_contractor_of_the_first_date_is_named() -> None:
    known = program(
        replace(SPRING, contractor="old"), replace(SUMMER, contractor="new")
    )
    lines = (line(on="2026-04-01"), line(on="2026-03-31", number=2))

    assert evaluate(known, [claim(*lines)])[0].searched.contractor == "old"


# ---------- deferrals ----------

MEDICARE = policy("medicare/esi", states=frozenset({"FL"}), duty={"duty": "never"})
PLAN = policy("plan/esi", payer="blue-one", defers_to=PAYER, plans=frozenset({"hmo"}))


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"plan": "hmo", "state": "FL"}, ["plan/esi@v", "medicare/esi@v"]),
        ({"plan": "hmo", "state": "OH"}, ["plan/esi@v"]),
        ({"plan": "ppo", "state": "FL"}, []),
    ],
    ids=str,
)
def test_a_payer_that_defers_is_under_the_others_policies_too(
    more: Json, expected: list[str]
) -> None:
    assert asked(program(MEDICARE, PLAN), payer="blue-one", **more) == expected


@pytest.mark.parametrize(
    "second",
    [
        replace(PLAN, id="plan/facet@v", policy="plan/facet", rules=()),
        replace(PLAN, id="plan/facet@v", policy="plan/facet", plans=frozenset(), rules=()),
        replace(PLAN, id="plan/facet@v", policy="plan/facet", states=frozenset({"FL"}),
                plans=frozenset({"hmo", "ppo"}), rules=()),
    ],
    ids=["the same plans", "all plans", "other limits"],
)  # fmt: skip
@pytest.mark.parametrize("order", [1, -1])
def test_a_policy_that_two_policies_defer_to_is_asked_once(
    second: CompiledPolicy, order: int
) -> None:
    known = program(MEDICARE, *[PLAN, second][::order])
    found = asked(known, payer="blue-one", plan="hmo", state="FL")

    assert found.count("medicare/esi@v") == 1


def test_every_policy_of_the_other_payer_is_followed() -> None:
    facet = replace(MEDICARE, id="medicare/facet@v", policy="medicare/facet")
    found = asked(
        program(MEDICARE, facet, PLAN), payer="blue-one", plan="hmo", state="FL"
    )

    assert len(found) == 3


def test_what_one_deferral_settles_another_does_not_wait_for() -> None:
    """One policy defers for its plan, another in its state: the state is enough."""
    everywhere = replace(MEDICARE, states=frozenset(), rules=policy("m").rules)
    by_plan = replace(PLAN, rules=())
    by_state = replace(
        PLAN,
        id="b@v",
        policy="b",
        plans=frozenset(),
        states=frozenset({"FL"}),
        rules=(),
    )
    known = program(everywhere, by_plan, by_state)

    assert headline(known, payer="blue-one", state="FL") == ("pass", "")


def own(each: CompiledPolicy) -> CompiledPolicy:
    """The policy with its rules kept to itself."""
    return replace(each, rules=tuple(replace(r, carried=False) for r in each.rules))


@pytest.mark.parametrize(
    "kept", [replace(MEDICARE, carried=False), own(MEDICARE)], ids=["policy", "rule"]
)
def test_what_belongs_to_the_other_payer_alone_is_not_followed(
    kept: CompiledPolicy,
) -> None:
    known = program(kept, PLAN)

    assert asked(known, state="FL") == ["medicare/esi@v"]
    assert asked(known, payer="blue-one", plan="hmo", state="FL") == ["plan/esi@v"]


def test_rules_that_are_not_followed_are_left_out_before_they_are_read() -> None:
    (rule,) = MEDICARE.rules
    read: list[str] = []

    def rules() -> tuple[CompiledRule, ...]:
        read.append("read")
        return rule, replace(rule, id="medicare/esi@v#own", carried=False)

    waiting = replace(MEDICARE, rules=RulesToRead(2, rules, own_only=1))
    (copy,) = (p for p in with_deferrals([waiting, PLAN]) if p.followed_by)

    assert (len(copy.rules), read) == (1, [])
    assert [r.id for r in copy.rules] == [rule.id]


@pytest.mark.parametrize(
    ("on", "text"),
    [("2021-12-05", "2026-05-07"), ("2026-05-06", "2026-05-07"), ("2026-05-07", None)],
)
def test_a_service_before_the_version_that_was_read_is_answered_by_it(
    on: str, text: str | None
) -> None:
    read = replace(
        policy("medicare/esi", "2021-12-05"), read_in=date.fromisoformat("2026-05-07")
    )
    found = read.text_of(date.fromisoformat(on))

    assert asked(program(read), on) == ["medicare/esi@2021-12-05"]
    assert (found.isoformat() if found else None) == text


def test_deferring_ends_with_the_policy_that_defers() -> None:
    known = program(
        policy("medicare/esi"),
        policy(
            "plan/esi", "2026-01-01", "2026-03-31", payer="blue-one", defers_to=PAYER
        ),
    )

    assert asked(known, "2026-03-31", payer="blue-one") == [
        "plan/esi@2026-01-01",
        "medicare/esi@v",
    ]
    assert asked(known, "2026-04-01", payer="blue-one") == []


def test_a_followed_policy_holds_where_both_do() -> None:
    deferring = policy(
        "plan/esi",
        "2026-01-01",
        payer="blue-one",
        defers_to=PAYER,
        plans=frozenset({"hmo"}),
    )
    followed = with_deferrals((MEDICARE, deferring))[2]

    assert (followed.id, followed.payer) == ("medicare/esi@v", "blue-one")
    assert (followed.states, followed.plans) == (frozenset({"FL"}), frozenset({"hmo"}))
    assert followed.days == (date(2026, 1, 1), None)


def test_policies_that_never_meet_are_not_followed() -> None:
    elsewhere = replace(PLAN, states=frozenset({"CA"}))

    assert with_deferrals((MEDICARE, elsewhere)) == (MEDICARE, elsewhere)


def test_how_another_payer_is_billed_is_its_own_matter() -> None:
    billing = policy("medicare/modifiers", coverage=False)
    deferring = policy("plan/esi", payer="blue-one", defers_to=PAYER)

    found = with_deferrals((MEDICARE, billing, deferring))

    assert [p.policy for p in found if p.payer == "blue-one"] == [
        "plan/esi",
        MEDICARE.policy,
    ]
