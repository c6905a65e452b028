"""Rules to trees: each form of the language and the IR that it becomes."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dsl.base.model import Rule
from dsl.lint import lint
from dsl.load.folder import load_folder, load_texts
from tests.dsl.conftest import HEAD, SHARED, faults, load
from tests.seeds import fresh

VERSION = "medicare/cgs/esi@2021-12-05"
ESI, ZOSTER, OFFICES = (f"{VERSION}#{name}" for name in ("esi", "zoster", "offices"))


def amount(number: int, unit: str) -> list[dict[str, object]]:
    return [{"amount": number, "unit": unit, "from": None, "through": None}]


def compare(fact: str, of: str, cmp: str, number: int, unit: str) -> dict[str, object]:
    return {
        "op": "compare",
        "fact": fact,
        "of": of,
        "cmp": cmp,
        "amount": amount(number, unit),
    }


EARLIER: dict[str, object] = {
    "op": "earlier", "set": ESI, "count": {"min": 1, "max": None}, "same": [],
    "window": None, "before": None, "apart": None, "modifier": None, "without": None, "each": None,
}  # fmt: skip

TESTS = [
    ("imaging-done", {"op": "yes", "fact": "imaging-done", "of": "patient"}),
    ("not imaging-done",
     {"op": "not", "of": [{"op": "yes", "fact": "imaging-done", "of": "patient"}]}),
    ("imaging-done is documented",
     {"op": "documented", "fact": "imaging-done", "of": "patient"}),
    ("pain-duration at least 4 weeks", compare("pain-duration", "patient", ">=", 4, "week")),
    ("pain-duration more than 1 month", compare("pain-duration", "patient", ">", 1, "month")),
    ("pain-duration less than 2 years", compare("pain-duration", "patient", "<", 2, "year")),
    ("pain-duration <= 9 days", compare("pain-duration", "patient", "<=", 9, "day")),
    ("opioid-risk is high",
     {"op": "choice", "fact": "opioid-risk", "of": "patient", "in": ["high"]}),
    ("opioid-risk in low, high",
     {"op": "choice", "fact": "opioid-risk", "of": "patient", "in": ["low", "high"]}),
    ("opioid-risk is not low",
     {"op": "not", "of": [
         {"op": "choice", "fact": "opioid-risk", "of": "patient", "in": ["low"]}]}),
    ("place in 11, 24", {"op": "field", "field": "place", "in": ["11", "24"], "set": None}),
    ("level in C2-C3, T12-L1",
     {"op": "field", "field": "level", "in": ["C2-C3", "T12-L1"], "set": None}),
    ("place in offices", {"op": "field", "field": "place", "in": [], "set": OFFICES}),
    ("authorization is approved",
     {"op": "field", "field": "authorization", "in": ["approved"], "set": None}),
    ("date after 2025-12-31", {"op": "date", "cmp": ">", "date": "2025-12-31"}),
    ("date before 2025-12-31", {"op": "date", "cmp": "<", "date": "2025-12-31"}),
    ("rendering-npi is supervising-npi",
     {"op": "same-npi", "fields": ["rendering-npi", "supervising-npi"]}),
    ("mri-date within 24 months",
     {"op": "elapsed", "side": "before", "cmp": "<=", "fact": "mri-date", "of": "patient",
      "amount": [{"amount": 24, "unit": "month", "from": None, "through": None}]}),
    ("diagnosis in zoster", {"op": "diagnosis", "set": ZOSTER, "which": "any"}),
    ("primary diagnosis in zoster", {"op": "diagnosis", "set": ZOSTER, "which": "primary"}),
    ("no diagnosis in zoster",
     {"op": "not", "of": [{"op": "diagnosis", "set": ZOSTER, "which": "any"}]}),
    ("modifier 26 present", {"op": "modifier", "modifier": "26"}),
    ("modifier KX absent", {"op": "not", "of": [{"op": "modifier", "modifier": "KX"}]}),
    ("at least 1 earlier esi", EARLIER),
    ("no earlier esi, same region, same level",
     {**EARLIER, "count": {"min": 0, "max": 0}, "same": ["region", "level"]}),
    ("exactly 2 earlier esi, in any 12 months",
     {**EARLIER, "count": {"min": 2, "max": 2},
      "window": {"kind": "rolling", "n": 12, "unit": "month"}}),
    ("at most 3 earlier esi, in any 26 weeks",
     {**EARLIER, "count": {"min": 0, "max": 3},
      "window": {"kind": "rolling", "n": 182, "unit": "day"}}),
    (("at least 2 earlier esi, with modifier KX, at least 14 days apart,\n"
     "  at least 2 weeks before, each with pain-relief at least 80 percent"),
     {**EARLIER, "count": {"min": 2, "max": None}, "modifier": "KX",
      "apart": amount(14, "day"), "before": amount(2, "week"),
      "each": {"op": "and", "of": [compare("pain-relief", "procedure", ">=", 80, "percent")]}}),
    ("billed once", {"op": "billed", "how": "once"}),
    ("billed on both sides", {"op": "billed", "how": "on-both-sides"}),
    ("at least 1 same-day esi, same region",
     {"op": "same-day", "set": ESI, "count": {"min": 1, "max": None}, "same": ["region"]}),
    ("imaging-done or diagnosis in zoster",
     {"op": "or", "of": [
         {"op": "yes", "fact": "imaging-done", "of": "patient"},
         {"op": "diagnosis", "set": ZOSTER, "which": "any"}]}),
    ("at least 1 of\n    - imaging-done\n    - none of\n      -- modifier 59 present",
     {"op": "at-least", "count": 1, "of": [
         {"op": "yes", "fact": "imaging-done", "of": "patient"},
         {"op": "not", "of": [{"op": "or", "of": [{"op": "modifier", "modifier": "59"}]}]}]}),
]  # fmt: skip


@pytest.mark.parametrize(("written", "node"), TESTS, ids=[t[0][:40] for t in TESTS])
def test_a_test_becomes_its_node(
    written: str, node: object, compile_rule: Callable[[str], Rule]
) -> None:
    rule = compile_rule(f"  require: {written}")

    assert rule.ir["duty"] == {"duty": "require", "test": node}


ROLLING = {"kind": "rolling", "n": 12, "unit": "month"}
DUTIES = [
    ("covered: never", {"duty": "never"}),
    ("covered: without a policy", {"duty": "covers"}),
    ("bill as: esi", {"duty": "bill-as", "set": ESI}),
    ("limit: 4 sessions per region in any 12 months",
     {"duty": "limit", "count": amount(4, "number"), "unit": "session", "per": ["region"],
      "window": ROLLING, "counting": None}),
    ("limit: 1 region in one session",
     {"duty": "limit", "count": amount(1, "number"), "unit": "region", "per": [],
      "window": {"kind": "session"}, "counting": None}),
    ("limit: 2 levels per region per side on one date",
     {"duty": "limit", "count": amount(2, "number"), "unit": "level",
      "per": ["region", "side"], "window": {"kind": "date"}, "counting": None}),
    ("limit: 6 injections in each calendar year",
     {"duty": "limit", "count": amount(6, "number"), "unit": "injection", "per": [],
      "window": {"kind": "calendar", "unit": "year"}, "counting": None}),
    ("limit: 2 sessions per patient in a lifetime",
     {"duty": "limit", "count": amount(2, "number"), "unit": "session", "per": [],
      "window": {"kind": "lifetime"}, "counting": None}),
    ("limit: 3 units in any 1 year",
     {"duty": "limit", "count": amount(3, "number"), "unit": "unit", "per": [],
      "window": ROLLING, "counting": None}),
    ("interval: at least 14 days between sessions per region",
     {"duty": "interval", "least": amount(14, "day"), "between": "session",
      "per": ["region"], "counting": None}),
    ("limit: 1 unit in each plan year\n  counting: without modifier KX, denied too",
     {"duty": "limit", "count": amount(1, "number"), "unit": "unit", "per": [],
      "window": {"kind": "plan-year"},
      "counting": {"with": [], "without": ["KX"], "denied": True, "own": False}}),
    (("limit by opioid-risk:\n- low: 2 lines in a lifetime\n- moderate: 3 lines in a lifetime"
     "\n- high: 4 lines in a lifetime\n  counting: with modifier KX, own claims"),
     {"duty": "limit-by", "fact": "opioid-risk", "of": "patient", "cases": [
         {"choice": choice, "limit": {
             "duty": "limit", "count": amount(n, "number"), "unit": "line", "per": [],
             "window": {"kind": "lifetime"},
             "counting": {"with": ["KX"], "without": [], "denied": False, "own": True}}}
         for choice, n in (("low", 2), ("moderate", 3), ("high", 4))]}),
    ("not with: esi on same date",
     {"duty": "not-with", "set": ESI, "same": [], "unless_modifier": []}),
    ("not with: esi on same date and same region, allowed with modifier 59, XS",
     {"duty": "not-with", "set": ESI, "same": ["region"], "unless_modifier": ["59", "XS"]}),
]  # fmt: skip


@pytest.mark.parametrize(("written", "duty"), DUTIES, ids=[d[0][:40] for d in DUTIES])
def test_a_duty_becomes_its_node(
    written: str, duty: object, compile_rule: Callable[[str], Rule]
) -> None:
    rule = compile_rule(f"  {written}")

    assert rule.ir["duty"] == duty


def test_a_dated_value_is_put_in_its_place(compile_rule: Callable[[str], Rule]) -> None:
    rule = compile_rule(
        "  looking at: last esi, same region\n  require: pain-relief at least relief-needed"
    )

    assert rule.ir["last"] == {"set": ESI, "same": ["region"]}
    assert rule.ir["duty"]["test"]["amount"] == [
        {"amount": 50, "unit": "percent", "from": None, "through": "2022-12-31"},
        {"amount": 60, "unit": "percent", "from": "2023-01-01", "through": None},
    ]


@pytest.mark.parametrize(
    ("written", "outcome"),
    [
        ("deny for necessity", ("deny", "necessity", "CO-50", ["N115"])),
        (
            "deny for frequency CO-119, N362, M25",
            ("deny", "frequency", "CO-119", ["N362", "M25"]),
        ),
        ("deny CO-97", ("deny", "", "CO-97", [])),
        ("needs auth", ("needs-auth", "authorization", "", [])),
        ("needs evidence", ("needs-evidence", "documentation", "", [])),
        ("review", ("review", "", "", [])),
        ("note", ("note", "", "", [])),
    ],
)
def test_an_outcome_has_the_codes_of_its_reason(
    written: str,
    outcome: tuple[str, str, str, list[str]],
    compile_rule: Callable[[str], Rule],
) -> None:
    found = compile_rule(f"  covered: never\n  otherwise: {written}").ir["otherwise"]

    assert tuple(found.values()) == outcome


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("64490-64495", ["64490", "64491", "64492", "64493", "64494", "64495"]),
        ("0213T-0215T", ["0213T", "0214T", "0215T"]),
        ("G0480-G0483", ["G0480", "G0481", "G0482", "G0483"]),
        ("esi, 62323", ["62323", "64479", "64480", "64483", "64484"]),
        ("esi except 64480, 64484", ["64479", "64483"]),
    ],
)
def test_a_scope_is_expanded(written: str, codes: list[str]) -> None:
    text = HEAD + (
        f"rule tried: A rule\n  for: {written}\n  covered: never\n"
        "  otherwise: review\n  cite: X12\n"
    )
    policy = load(text).model.policies[0]
    scope = {s.key: s for s in policy.code_sets}[str(policy.rules[0].scope)]

    assert [m.code for m in scope.members] == codes


def test_dated_members_and_exclusions_are_cut_to_their_days() -> None:
    text = HEAD + (
        "codes approval: Needs approval\n"
        "  include from 2023-07-01: esi\n"
        "  exclude from 2024-08-16: 64480\n"
        "  exclude: 64484\n"
    )
    sets = {s.name: s for s in load(text).model.policies[0].code_sets}
    days = {m.code: (m.span.start, m.span.end) for m in sets["approval"].members}

    assert days == {
        "64479": (date(2023, 7, 1), None),
        "64480": (date(2023, 7, 1), date(2024, 8, 15)),
        "64483": (date(2023, 7, 1), None),
    }


BASE = """\
policy medicare/esi: Epidurals, the shared text
  status: shared
  cite: LCD
codes esi: Epidurals
  include: 64483
rule sessions: At most 4
  for: esi
  limit: 4 sessions in any 12 months
  otherwise: deny for frequency
  cite: LCD, limitations 7
rule blind: Never
  for: 62322
  covered: never
  otherwise: deny for necessity
  cite: LCD
exception allergy to blind: Except
  when: imaging-done
  cite: LCD
scenario four: Four
  claim: date 2026-03-10
  line 1: 64483
  expect: line 1 met by sessions
scenario never: About the dropped rule
  claim: date 2026-03-10
  line 1: 62322
  expect: line 1 deny by blind
"""
OVERLAY = """\
policy medicare/cgs/esi: Epidurals (CGS)
  based on: medicare/esi
  payer: medicare-part-b
  states: OH, KY
  in force: from 2022-01-01
  cite: L39015
source L39015: ESI
  grade: secondary
  read on: 2026-11-23
  review by: 2027-02-23
  stands for: LCD
change sessions: At most 3
  limit: 3 sessions in any 12 months
  cite: L39015, section 3
change esi: One more
  include: 64479
  cite: L39015
drop blind: Not in this text
  cite: L39015
"""


def test_an_overlay_inherits_changes_and_drops() -> None:
    loaded = load(BASE, OVERLAY)
    policies = {p.path: p for p in loaded.model.policies}
    overlay = policies["medicare/cgs/esi"]
    sessions = overlay.rules[0]
    sets = {s.name: [m.code for m in s.members] for s in overlay.code_sets}

    assert [d.render() for d in loaded.diagnostics] == []
    assert [r.name for r in overlay.rules] == ["sessions"]
    assert sessions.ir["duty"]["count"] == amount(3, "number")
    assert sessions.carc == "CO-151"
    assert sessions.origin == "medicare/esi"
    assert (sessions.place.file, sessions.place.line) == ("file-2.policy", 12)
    assert [(c.source, c.passage) for c in sessions.citations] == [
        ("L39015", "section 3")
    ]
    assert sessions.grade == "secondary"
    assert sets["esi"] == ["64479", "64483"]
    assert (overlay.changed, overlay.dropped) == (("esi", "sessions"), ("blind",))
    assert policies["medicare/esi"].status == "shared"
    assert policies["medicare/esi"].scenarios == ()


def test_a_shared_scenario_runs_for_the_payer_and_first_state_of_the_overlay() -> None:
    overlay = load(BASE, OVERLAY).model.policies[0]

    assert [s.name for s in overlay.scenarios] == ["four"]
    assert overlay.scenarios[0].claim["payer"] == "medicare-part-b"
    assert overlay.scenarios[0].claim["state"] == "KY"


def test_a_role_that_no_source_fills_is_reported_at_the_overlay() -> None:
    overlay = OVERLAY.split("change sessions")[0]
    found = load(BASE, overlay.replace("stands for: LCD", "stands for: LCA"))

    assert {(d.code, d.file) for d in found.diagnostics} == {("P029", "file-2.policy")}
    assert "Write `stands for: LCD`" in found.diagnostics[0].message


def test_a_rule_on_memory_only_advises() -> None:
    recalled = OVERLAY.replace("grade: secondary", "grade: recalled")
    rules = load(BASE, recalled).model.policies[0].rules

    assert rules[0].grade == "recalled"
    assert rules[0].ir["advisory"] is True


@pytest.mark.parametrize(
    ("cited", "grade"),
    [
        ("  cite: OWN\n", "primary"),
        ("  cite: OWN\n  cite: L39015\n", "secondary"),
        ("  cite: L39015\n  cite: OWN\n", "secondary"),
        ("  cite: OWN\n  quote: At most 3.\n  cite: L39015\n", "primary"),
        ("  cite: OWN\n  cite: L39015\n  quote: At most 3.\n", "secondary"),
        (
            "  cite: OWN\n  quote: At most 3.\n  cite: L39015\n  quote: Three.\n",
            "secondary",
        ),
        ("  grade: recalled\n  cite: OWN\n  quote: At most 3.\n", "recalled"),
        ("  grade: primary\n  cite: OWN\n  cite: L39015\n", "secondary"),
    ],
)
def test_the_grade_is_that_of_the_weakest_citation_that_is_needed(
    cited: str, grade: str
) -> None:
    own = "source OWN: Own\n  grade: primary\n  read on: 2026-11-23\n  review by: 2027-06-01\n"
    overlay = OVERLAY.replace("  cite: L39015, section 3\n", cited) + own
    loaded = load(BASE, overlay)

    assert [d.render() for d in loaded.diagnostics] == []
    assert loaded.model.policies[0].rules[0].grade == grade


def test_two_versions_of_a_rule_may_share_a_name_when_their_days_do_not_meet() -> None:
    rule = (
        "rule sessions: {title}\n  in force: {span}\n  for: esi\n  covered: never\n"
        "  otherwise: review\n  cite: X12\n"
    )
    apart = HEAD + rule.format(title="Old", span="from 2022-01-01 through 2022-12-31")
    apart += rule.format(title="New", span="from 2023-01-01")

    assert faults(apart) == []
    assert faults(
        apart.replace("through 2022-12-31\n  for", "through 2023-01-01\n  for")
    ) == ["P028"]


def test_a_rule_holds_only_while_its_policy_does() -> None:
    text = HEAD + (
        "rule tried: T\n  in force: from 2020-01-01 through 2022-06-30 then ended\n"
        "  for: esi\n  covered: never\n  otherwise: review\n  cite: X12\n"
    )

    assert load(text).model.policies[0].rules[0].ir["in_force"] == {
        "from": "2021-12-05", "through": "2022-06-30", "clock": "service", "ended": True,
    }  # fmt: skip


def test_exceptions_nest() -> None:
    text = HEAD + (
        "rule tried: T\n  for: esi\n  covered: never\n  otherwise: review\n  cite: X12\n"
        "exception out to tried: O\n  when: imaging-done\n  cite: X12\n"
        "exception back to out: B\n  when: opioid-risk is high\n  cite: X12\n"
    )
    rule = load(text).model.policies[0].rules[0]

    assert [e.name for e in rule.exceptions] == ["out", "back"]
    assert rule.ir["exceptions"][0]["name"] == "out"
    assert rule.ir["exceptions"][0]["exceptions"][0]["name"] == "back"


def test_a_scenario_like_another_changes_only_what_it_says() -> None:
    text = HEAD + (
        "rule tried: T\n  for: esi\n  covered: never\n  otherwise: review\n  cite: X12\n"
        "scenario one: O\n  claim: place 11, date 2026-03-10, network in\n"
        "  line 1: 64483-RT-59, dx M54.16 M54.17, units 2, level L4-L5\n"
        "  earlier: 64483 on 2025-01-01 2025-02-01, pain-relief 60 percent\n"
        "  chart: pain-duration 30 weeks, opioid-risk low, authorization approved\n"
        "  expect: line 1 review by tried\n"
        "scenario two: T\n  like: one\n  claim: date 2026-03-11, history unknown\n"
        "  chart: opioid-risk unknown\n"
        "  expect: line 1 not met by tried about pain-duration\n  expect: counted 4\n"
        "  expect: next date 2026-04-02\n"
    )
    one, two = load(text).model.policies[0].scenarios

    assert one.claim == {
        "claim": "one", "patient": "patient-1", "payer": "medicare-part-b", "state": "KY",
        "place": "11", "date": "2026-03-10", "fields": {"network": "in"},
        "authorization": "approved",
        "facts": {"pain-duration": "30 weeks", "opioid-risk": "low"},
        "lines": [{"line": 1, "code": "64483", "modifiers": ["RT", "59"],
                   "diagnoses": ["M54.16", "M54.17"], "units": 2, "level": "L4-L5"}],
        "history": {"state": "complete", "reach": "all-billers", "lines": [
            {"date": day, "code": "64483", "modifiers": [], "status": "paid",
             "facts": {"pain-relief": "60 percent"}} for day in ("2025-01-01", "2025-02-01")]},
    }  # fmt: skip
    assert two.claim["date"] == "2026-03-11"
    assert two.claim["facts"] == {"pain-duration": "30 weeks"}
    assert two.claim["history"]["state"] == "unknown"
    assert [e["status"] for e in two.expect] == ["not-met", None, None]
    assert two.expect[0]["about"] == ["pain-duration"]
    assert [e["counted"] for e in two.expect] == [None, 4, None]
    assert two.expect[2]["next_date"] == "2026-04-02"


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_files_changes_nothing(seed: int) -> None:
    texts = [("a.policy", SHARED), ("b.policy", BASE), ("c.policy", OVERLAY)]
    shuffled = list(texts)
    random.Random(fresh(seed)).shuffle(shuffled)

    assert load_texts(shuffled) == load_texts(texts)


def test_a_fault_in_one_policy_leaves_the_other_checked() -> None:
    broken = (
        OVERLAY.replace("cgs", "wps")
        .replace("L39015", "L39054")
        .replace("limit: 3", "limit: x")
    )
    loaded = load(BASE, OVERLAY, broken)

    assert {d.file for d in loaded.diagnostics} == {"file-3.policy"}
    assert len(loaded.model.policies) == 3


def test_sentences_tell_the_rule(compile_rule: Callable[[str], Rule]) -> None:
    rule = compile_rule(
        "  when: place in offices\n  limit: 4 sessions per region in any 12 months\n"
        "  unless: diagnosis in zoster\n  otherwise: deny for frequency"
    )

    assert rule.sentence == (
        "For esi, when place offices: at most 4 sessions per region in any 12 months, unless "
        "a diagnosis in zoster; otherwise denied (CO-151 N362)."
    )


def test_a_file_that_is_not_text_is_reported_and_the_others_are_read(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.policy").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "b.policy").write_text(SHARED, "utf-8")
    loaded = load_folder(tmp_path)

    assert [(d.code, d.file) for d in loaded.diagnostics] == [("P009", "a.policy")]
    assert loaded.model.payers
    assert json.dumps(replace(loaded.model.files[0]).sha256)


@pytest.mark.parametrize(
    "item",
    [
        "code 64483: A code\n  cite: NOWHERE, page 1\n",
        "payer p: A payer\n  line of business: commercial\n  cite: NOWHERE, page 1\n",
    ],
)
def test_shared_words_cite_declared_sources_only(item: str) -> None:
    found = load_texts([("shared.policy", item)]).diagnostics

    assert [(d.code, d.line) for d in found] == [("P010", 1)]
    assert "no source `NOWHERE`" in found[0].message


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["old first", "new first"])
def test_an_overlay_stands_on_the_newest_version_of_its_base(
    order: tuple[int, int],
) -> None:
    head = "policy medicare/esi: Shared\n  status: shared\n  in force: {days}\n  cite: X12\n"
    rule = (
        "rule sessions: At most {n}\n  for: 64483\n  limit: {n} sessions in any 12 months\n"
        "  otherwise: deny for frequency\n  cite: X12\n"
    )
    versions = (
        head.format(days="from 2020-01-01 through 2023-12-31") + rule.format(n=4),
        head.format(days="from 2024-01-01") + rule.format(n=3),
    )
    overlay = (
        "policy medicare/cgs/esi: Overlay\n  based on: medicare/esi\n"
        "  payer: medicare-part-b\n  in force: from 2022-01-01\n  cite: X12\n"
    )
    loaded = load(*(versions[i] for i in order), overlay)
    (found,) = (p for p in loaded.model.policies if p.path == "medicare/cgs/esi")

    assert [d.render() for d in loaded.diagnostics if d.severity == "error"] == []
    assert [r.title for r in found.rules] == ["At most 3"]


LIMITED = (
    "value most: Most\n{lines}\n  cite: X12\n\nrule r: R\n  for: esi\n"
    "  limit: most sessions in any 12 months\n  otherwise: deny for necessity\n"
    "  fix: {fix}\n  cite: X12\n"
)


def test_a_limit_may_be_a_plain_number_that_changed_on_a_day() -> None:
    lines = "  3 through 2025-12-31\n  4 from 2026-01-01"
    (policy,) = load(HEAD + LIMITED.format(lines=lines, fix="Wait.")).model.policies

    assert [
        (x["amount"], x["unit"], x["from"], x["through"])
        for x in policy.rules[0].ir["duty"]["count"]
    ] == [(3, "number", None, "2025-12-31"), (4, "number", "2026-01-01", None)]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            "  2 years from 2020-01-01",
            "A limit is a whole number from 1; `most` is 2 (year)",
        ),
        ("  500 dollars from 2020-01-01", "`most` is 500 (dollar)"),
        ("  4.5 from 2020-01-01", "`most` is 4.5."),
        ("  0 from 2020-01-01", "`most` is 0."),
        ("  4 sessions from 2020-01-01", "A plain number stands alone"),
        ("  4", "Write the day behind it: `4 from 2026-01-01`"),
    ],
)
def test_what_is_no_number_is_no_limit(lines: str, said: str) -> None:
    loaded = load(HEAD + LIMITED.format(lines=lines, fix="Wait."))
    (found,) = (d for d in loaded.diagnostics if d.severity == "error")

    assert said in found.message


@pytest.mark.parametrize(
    ("fix", "blanks"),
    [
        ("Move line {line} of {date} to {next-date}.", []),
        ("Move {foo} to {limit}.", ["{foo}", "{limit}"]),
        ("Move line {lin}.", ["{lin}"]),
        ("Write {}.", ["{}"]),
    ],
)
def test_a_blank_that_nothing_fills_in_is_a_fault(fix: str, blanks: list[str]) -> None:
    loaded = load(HEAD + LIMITED.format(lines="  4 from 2020-01-01", fix=fix))
    found = [d.message for d in loaded.diagnostics if d.severity == "error"]

    assert [m.partition(". ")[0] for m in found] == [
        f"Nothing fills in `{blank}`" for blank in blanks
    ]


def test_lists_that_take_codes_in_or_out_are_used() -> None:
    text = HEAD + (
        "codes few: Few\n  include: 64479\n\n"
        "codes fewer: Fewer\n  include: 64480\n\n"
        "codes rest: The rest\n  include: esi\n  exclude: fewer\n\n"
        "codes alone: Nobody names it\n  include: 62323\n\n"
        "rule r: R\n  for: rest except few\n  covered: never\n"
        "  otherwise: deny for necessity\n  cite: X12\n"
    )
    found = lint(load(text).model).diagnostics

    assert [d.message for d in found if d.code == "L032"] == [
        "Nothing uses the list `zoster`.",
        "Nothing uses the list `offices`.",
        "Nothing uses the list `alone`.",
    ]


@pytest.mark.parametrize(
    ("item", "duty", "expected"),
    [("gap", "", []), ("rule", "  covered: never\n", ["P025"])],
)
def test_only_a_gap_may_leave_a_claim_unknown(
    item: str, duty: str, expected: list[str]
) -> None:
    text = f"{HEAD}{item} unread: Not read\n  for: esi\n{duty}"

    assert faults(text + "  otherwise: unknown\n  cite: X12\n") == expected
