"""Orders to coverage-information and cards, over the shipped policies."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from kb.claims import Claim, read_json_value
from kb.claims.model import History
from kb.crd.answer import response_to
from kb.crd.cards import shortened
from kb.crd.exact import written
from kb.crd.request import read_request
from kb.engine import Engine
from kb.read.store import open_knowledge_base

from .asking import ICD10, bundle, coverage, order, request, request_of
from .checks import URL, faults_of
from .conftest import TODAY, Ask
from .invariants import broken, values

Json = dict[str, Any]
SCHEMA = json.loads(files("kb.crd").joinpath("response.schema.json").read_text("utf-8"))
EACH_OUTCOME = 5
"""So many scenarios of each outcome are sent as orders."""


def information(response: Json, place: int = 0) -> Json:
    """The one coverage-information of an order."""
    extensions = response["systemActions"][place]["resource"]["extension"]
    (found,) = [each for each in extensions if each["url"] == URL]
    return dict(found)


def coded(response: Json, place: int = 0) -> dict[str, list[str]]:
    """The codes of a coverage-information."""
    found = information(response, place)
    names = ("covered", "pa-needed", "doc-needed", "doc-purpose", "info-needed")
    return {name: said for name in names if (said := values(found, name))}


def reason(response: Json, place: int = 0) -> str:
    (found,) = values(information(response, place), "reason")
    return str(found["text"])


def all_words(response: Json) -> str:
    """Everything that a person reads of a response."""
    cards = [card["summary"] + card["detail"] for card in response["cards"]]
    told = [
        str(part)
        for action in response["systemActions"]
        for each in action["resource"]["extension"]
        for part in each["extension"]
    ]
    return "\n".join([*cards, *told])


# ---------- many orders ----------


def as_ordered(claim: Claim) -> Claim:
    """A claim without what no order says: chart, history, approval."""
    lines = tuple(replace(x, facts={}, authorization=None) for x in claim.lines)
    return replace(
        claim, facts={}, history=History(), authorization=None, lines=lines, fields={}
    )


@pytest.fixture(scope="module")
def requests_of_every_outcome(engine: Engine, shipped_database: Any) -> list[Json]:
    """Orders made from scenarios, some of each outcome that their claims have."""
    titles = {payer.key: payer.title for payer in engine.program.payers}
    with open_knowledge_base(shipped_database) as connection:
        some = connection.execute("SELECT claim FROM scenario WHERE rowid % 60 = 0")
        read = [read_json_value(json.loads(claim)) for (claim,) in some]
    worked = [claim for each in read for claim in each.claims]
    chosen: dict[str, list[Claim]] = defaultdict(list)
    for claim in worked:
        if claim.payer.key not in titles:
            continue
        (answer,) = engine.answer([as_ordered(claim)])
        if len(chosen[answer.outcome]) < EACH_OUTCOME:
            chosen[answer.outcome].append(claim)
    assert {"deny", "fix", "needs-auth", "needs-evidence", "review", "unknown"} <= {
        *chosen
    }
    made = [
        request_of(claim, titles[claim.payer.key])
        for claims in chosen.values()
        for claim in claims
    ]
    humana = coverage("commercial")
    approved_first = request(
        order(), payer="Humana, commercial plans", state="AZ", coverages=(humana,)
    )
    return [*made, request(order("99213")), approved_first]


def test_every_response_keeps_the_specifications(
    ask: Ask, requests_of_every_outcome: list[Json]
) -> None:
    schema = Draft202012Validator(SCHEMA)
    seen = set()
    for body in requests_of_every_outcome:
        orders = [e["resource"] for e in body["context"]["draftOrders"]["entry"]]
        response = ask(body)
        assert faults_of(response, orders) == []
        assert [error.message for error in schema.iter_errors(response)] == []
        assert len(response["systemActions"]) == len(orders)
        for place in range(len(orders)):
            said = coded(response, place)
            seen.add((said["covered"][0], *said.get("pa-needed", ())))
    assert {
        ("not-covered",),
        ("covered", "no-auth"),
        ("covered", "auth-needed"),
        ("covered", "conditional"),
        ("conditional", "auth-needed"),
        ("conditional", "no-auth"),
        ("conditional", "conditional"),
    } <= seen


def test_nobody_is_told_to_write_off_what_is_not_done_yet(
    ask: Ask, requests_of_every_outcome: list[Json]
) -> None:
    for body in requests_of_every_outcome:
        words = all_words(ask(body))
        for past in ("rite it off", "or appeal with", "SBR09", " line 1"):
            assert past not in words


def test_the_same_request_gives_the_same_bytes(engine: Engine) -> None:
    content = written(request(order(), order("64484", "2")))
    first, second = (
        written(response_to(read_request(content, "order-sign"), engine, TODAY))
        for _ in range(2)
    )
    assert first == second


# ---------- outcomes ----------


def test_what_no_payer_covers_is_not_covered(ask: Ask) -> None:
    response = ask(request(order("64493", diagnoses=("M54.50",))))

    assert coded(response) == {"covered": ["not-covered"]}
    (card,) = response["cards"]
    assert card["indicator"] == "warning"
    assert card["summary"] == (
        "64493 not covered: the diagnosis must be on the covered list."
    )
    assert "diagnosis M54.50 is not on the list" in card["detail"]
    assert "A57787" in card["detail"]
    assert "read 2026-" in card["detail"]
    assert card["links"][0]["url"].startswith("https://www.cms.gov/")


def test_what_the_chart_must_show_is_told_by_document(ask: Ask) -> None:
    response = ask(request(order()))

    assert coded(response) == {
        "covered": ["conditional"],
        "pa-needed": ["no-auth"],
        "doc-needed": ["clinical"],
        "doc-purpose": ["retain-doc"],
        "info-needed": ["OTH"],
    }
    (card,) = response["cards"]
    assert card["summary"].startswith("64483 covered only if the chart shows ")
    assert "at least 4 weeks" in card["summary"]
    assert "\n- Imaging report" in card["detail"]
    assert card["indicator"] == "info"


def test_an_approval_is_asked_for_before_the_service(ask: Ask) -> None:
    response = ask(request(order(), payer="Cigna", coverages=(coverage("commercial"),)))

    assert coded(response)["pa-needed"] == ["auth-needed"]
    assert coded(response)["doc-purpose"] == ["retain-doc"]
    (card,) = response["cards"]
    assert card["summary"].startswith("Prior authorization needed for 64483: ")
    assert "Ask for it before the service: eviCore" in card["detail"]
    assert card["indicator"] == "warning"


def test_what_is_covered_gets_no_card(ask: Ask) -> None:
    body = request(order("99213"), payer="Medicare Part B")
    response = ask(body)

    assert coded(response) == {"covered": ["covered"], "pa-needed": ["no-auth"]}
    assert response["cards"] == []


def test_an_approval_that_no_rule_speaks_of_is_not_denied(ask: Ask) -> None:
    body = request(order("99213"), payer="Cigna", coverages=(coverage("commercial"),))
    response = ask(body)

    assert coded(response) == {
        "covered": ["covered"],
        "pa-needed": ["conditional"],
        "info-needed": ["OTH"],
    }
    assert "whether the payer approves it first is not known" in reason(response)


# ---------- what an order does not say ----------


def test_without_a_day_the_order_s_own_counts_and_is_said(ask: Ask) -> None:
    (card,) = ask(request(order(day=None)))["cards"]
    assert "Holds for 1 unit on 2026-03-02, the day of the order" in card["detail"]

    (card,) = ask(request(order(day=None, authoredOn=None)))["cards"]
    assert f"on {TODAY}, today, for it gives no day of service" in card["detail"]


def test_without_a_place_the_state_is_the_patient_s_and_is_said(ask: Ask) -> None:
    (card,) = ask(request(order(locationReference=None)))["cards"]
    assert "in FL, where the patient lives" in card["detail"]


def test_without_any_state_nothing_is_guessed(ask: Ask) -> None:
    response = ask(request(order(locationReference=None), state=""))

    assert coded(response)["covered"] == ["conditional"]
    assert "location" in coded(response)["info-needed"]
    assert "in which state the service will be given" in reason(response)


def test_without_a_diagnosis_the_order_is_asked_for_one(ask: Ask) -> None:
    response = ask(request(order(reasonCode=None)))

    assert coded(response)["covered"] == ["conditional"]
    assert "The order gives no diagnosis" in response["cards"][0]["detail"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"code": {"text": "epidural"}}, "no CPT or HCPCS code"),
        ({"code": None}, "no CPT or HCPCS code"),
        (
            {
                "code": {
                    "coding": [{"system": "http://snomed.info/sct", "code": "18946005"}]
                }
            },
            "no CPT or HCPCS code",
        ),
        (
            {
                "code": {
                    "coding": [
                        {"system": "http://www.ama-assn.org/go/cpt", "code": code}
                        for code in ("64483", "64479")
                    ]
                }
            },
            "several CPT or HCPCS codes",
        ),
    ],
)
def test_an_order_without_one_code_is_open(ask: Ask, changes: Json, said: str) -> None:
    response = ask(request(order(**changes)))

    assert coded(response) == {
        "covered": ["conditional"],
        "pa-needed": ["conditional"],
        "info-needed": ["detail-code"],
    }
    assert said in reason(response)


def test_a_drug_without_a_billing_code_is_open_and_with_one_is_not(ask: Ask) -> None:
    drug = {
        "resourceType": "MedicationRequest",
        "id": "m1",
        "status": "draft",
        "subject": {"reference": "Patient/p1"},
        "authoredOn": "2026-03-02",
        "medicationReference": {"reference": "Medication/m"},
    }
    rxnorm = {"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "1"}
    hcpcs = {
        "system": "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
        "code": "j3301",
    }
    medication = {"resourceType": "Medication", "id": "m"}
    for codings, known in (([rxnorm], False), ([rxnorm, hcpcs], True)):
        medicine = {**medication, "code": {"coding": codings}}
        response = ask(request(drug, medications=bundle(medicine)))
        assert ("detail-code" in str(coded(response))) is not known


def test_a_condition_that_came_along_is_the_diagnosis(ask: Ask) -> None:
    condition = {
        "resourceType": "Condition",
        "id": "x",
        "code": {"coding": [{"system": ICD10, "code": "M5450"}]},
    }
    asked = order(
        "64493", reasonCode=None, reasonReference=[{"reference": "Condition/x"}]
    )
    response = ask(request(asked, conditions=bundle(condition)))
    assert coded(response) == {"covered": ["not-covered"]}

    contained = {**asked, "reasonReference": [{"reference": "#x"}]}
    response = ask(request({**contained, "contained": [condition]}))
    assert coded(response) == {"covered": ["not-covered"]}


def test_a_day_outside_of_the_coverage_asks_for_the_next_contract(ask: Ask) -> None:
    ended = coverage(period={"end": "2026-03-09"})
    response = ask(request(order(), coverages=(ended,)))
    assert coded(response)["info-needed"] == ["contract-window"]

    last_day = coverage(period={"end": "2026-03-10"})
    response = ask(request(order(), coverages=(last_day,)))
    assert "contract-window" not in coded(response)["info-needed"]


def test_a_brand_without_its_plan_says_which_payers_it_may_be(ask: Ask) -> None:
    response = ask(request(order(), payer="Aetna"))

    assert coded(response)["covered"] == ["conditional"]
    (card,) = response["cards"]
    assert card["source"]["label"] == "Aetna"
    assert "the payer may be Aetna or Aetna Medicare Advantage" in card["summary"]
    assert "aetna" not in card["summary"] + card["detail"]
    assert "Give the kind of plan in the Coverage's type." in card["detail"]


# ---------- Coverages, wishes, what was asserted before ----------


def test_each_coverage_gets_its_own_assertion(ask: Ask) -> None:
    second = coverage("commercial", "c2", payor=[{"display": "Cigna"}])
    elsewhere = coverage("", "c3", payor=[{"display": "No such plan at all"}])
    response = ask(request(order(), coverages=(coverage(), second, elsewhere)))

    (action,) = response["systemActions"]
    extensions = action["resource"]["extension"]
    assert [values(e, "coverage")[0]["reference"] for e in extensions] == [
        "Coverage/c1",
        "Coverage/c2",
    ]
    ids = {values(e, "coverage-assertion-id")[0] for e in extensions}
    assert len(ids) == 2
    labels = {card["source"]["label"] for card in response["cards"]}
    assert labels == {"Medicare Part B", "Cigna Healthcare, commercial plans"}


def test_what_was_asserted_is_not_asserted_again(ask: Ask) -> None:
    (action,) = ask(request(order()))["systemActions"]

    again = ask(request(action["resource"]), on=date(2026, 3, 4))
    assert again["systemActions"] == []
    assert again["cards"]


def test_what_others_asserted_stays_and_ours_is_replaced(ask: Ask) -> None:
    (action,) = ask(request(order()))["systemActions"]
    (mine,) = action["resource"]["extension"]
    theirs = json.loads(json.dumps(mine).replace("payerkb-", "payer-77-"))
    other = {"url": "http://example.org/other", "valueString": "kept"}
    changed = order("64493", diagnoses=("M54.50",), extension=[other, theirs, mine])

    (action,) = ask(request(changed))["systemActions"]
    first, second, third = action["resource"]["extension"]
    assert (first, second) == (other, theirs)
    assert third != mine
    assert coded({"systemActions": [{"resource": {"extension": [third]}}]}) == {
        "covered": ["not-covered"]
    }


def test_a_client_may_want_fewer_cards_or_nothing(ask: Ask) -> None:
    orders = (order(), order("64493", "2", diagnoses=("M54.50",)))
    body = request(*orders)
    assert len(ask(body)["cards"]) == 2

    body["extension"] = {"davinci-crd.configuration": {"max-cards": 1}}
    (card,) = ask(body)["cards"]
    assert card["indicator"] == "warning"  # the gravest stays

    body["extension"] = {"davinci-crd.configuration": {"coverage-info": False}}
    assert ask(body) == {"cards": [], "systemActions": []}


def test_what_must_not_be_done_and_other_orders_are_passed_over(ask: Ask) -> None:
    diet = {"resourceType": "NutritionOrder", "id": "n"}
    response = ask(request(order(doNotPerform=True), diet))
    assert response == {"cards": [], "systemActions": []}


def test_orders_of_the_same_words_share_a_card(ask: Ask) -> None:
    orders = [order(code, code, diagnoses=("M54.50",)) for code in ("64493", "64635")]
    cards = ask(request(*orders))["cards"]
    summaries = [card["summary"] for card in cards]
    assert len(cards) <= 2
    assert all("64493" in s or "64635" in s for s in summaries)


def test_dispatched_orders_are_found_in_the_prefetch(ask: Ask) -> None:
    body = request(order())
    body["hook"] = "order-dispatch"
    body["context"] = {"patientId": "p1", "performer": "Practitioner/d1"}
    body["prefetch"]["serviceRequests"] = bundle(order())
    for named in (
        {"order": "ServiceRequest/1"},
        {"dispatchedOrders": ["ServiceRequest/1"]},
    ):
        body["context"] |= named
        assert coded(ask(body))["covered"] == ["conditional"]


# ---------- exactness ----------


def test_an_order_goes_back_with_every_digit(engine: Engine) -> None:
    body = written(request(order(note=[{"text": "DIGITS"}]))).replace(
        b'"DIGITS"', b'1.10,"x":1E+2,"y":12345678901234567890.000'
    )
    made = written(response_to(read_request(body, "order-sign"), engine, TODAY))
    assert b'{"text":1.10,"x":1E+2,"y":12345678901234567890.000}' in made


def test_half_a_letter_goes_back_as_it_came(ask: Ask) -> None:
    (action,) = ask(request(order(note=[{"text": "\ud800 é"}])))["systemActions"]
    assert action["resource"]["note"] == [{"text": "\ud800 é"}]


@pytest.mark.parametrize(
    ("quantity", "units"),
    [
        ({"value": 2}, "2 units"),
        ({"value": Decimal("2.0")}, "2.0 units"),
        ({"value": 0}, "1 unit"),
        ({"value": -3}, "1 unit"),
        ({"value": "2"}, "1 unit"),
        ({"value": 40, "code": "mg"}, "1 unit"),
        ({"value": Decimal("1e99")}, "1 unit"),
        ({"value": True}, "1 unit"),
    ],
)
def test_units_are_a_bare_number(ask: Ask, quantity: Json, units: str) -> None:
    response = ask(request(order(quantityQuantity=quantity)))
    assert f"Holds for {units} on" in all_words(response)


@pytest.mark.parametrize("letters", range(1, 30))
def test_a_summary_is_cut_behind_a_word(letters: int) -> None:
    said = "one two three four, five six."
    short = shortened(said, letters + 4)
    assert len(short) <= letters + 4
    assert short == said or short.endswith("...")


def test_the_invariants_notice_each_break() -> None:
    def made(*parts: tuple[str, str]) -> Json:
        return {"extension": [{"url": url, "valueCode": code} for url, code in parts]}

    table = {
        "crd-ci-q1": made(("questionnaire", "x")),
        "crd-ci-q2": made(("covered", "not-covered"), ("pa-needed", "no-auth")),
        "crd-ci-q3": made(("covered", "conditional")),
        "crd-ci-q4": made(("pa-needed", "no-auth"), ("doc-purpose", "withpa")),
        "crd-ci-q5": made(("pa-needed", "satisfied")),
        "crd-ci-q6": made(("info-needed", "OTH")),
        "crd-ci-q8": made(("doc-purpose", "retain-doc")),
        "crd-ci-q9": made(("covered", "indeterminate")),
    }
    for name, extension in table.items():
        assert name in broken(extension)
    wordless = {"url": "reason", "valueCodeableConcept": {"coding": []}}
    assert broken({"extension": [wordless]}) == ["crd-ci-q7"]
