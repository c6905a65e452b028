"""The readers that pages and commands stand on."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from kb.database.schema import APPLICATION_ID, SCHEMA_VERSION
from kb.read import code_store, policy_store, rule_store, source_store, store
from kb.read.store import KnowledgeBase, KnowledgeBaseError, open_knowledge_base

Connection = sqlite3.Connection
FACET = "health/facet"
NORTH = "medicare/north/esi@2022-01-01"
SOUTH = "medicare/south/esi@2022-01-01"


@pytest.fixture
def kb(connection: Connection) -> KnowledgeBase:
    """The same knowledge base, nothing of it read yet."""
    return KnowledgeBase(connection)


# Opening ---------------------------------------------------------------------------


def make_file(path: Path, application: int, version: int) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA application_id = {application}")
        connection.execute(f"PRAGMA user_version = {version}")
        connection.execute("CREATE TABLE t (n)")


def test_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(
        KnowledgeBaseError, match=r"no knowledge base at .*payerkb build"
    ):
        open_knowledge_base(tmp_path / "kb.db")
    assert not (tmp_path / "kb.db").exists()


@pytest.mark.parametrize(
    "content", [b"", b"text", b"SQLite format 3\0" + b"\xff" * 4096]
)
def test_file_of_another_kind_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "kb.db").write_bytes(content)
    with pytest.raises(
        KnowledgeBaseError, match=r"kb\.db (cannot be read|is an SQLite)"
    ):
        open_knowledge_base(tmp_path / "kb.db")


def test_database_of_another_program_is_refused(tmp_path: Path) -> None:
    make_file(tmp_path / "kb.db", 0, 0)
    with pytest.raises(KnowledgeBaseError, match="payerkb did not build it"):
        open_knowledge_base(tmp_path / "kb.db")


def test_database_of_another_version_says_to_build_again(tmp_path: Path) -> None:
    make_file(tmp_path / "kb.db", APPLICATION_ID, 99)
    with pytest.raises(KnowledgeBaseError, match=r"version 99.*payerkb build"):
        open_knowledge_base(tmp_path / "kb.db")


def test_folder_is_no_knowledge_base(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeBaseError, match="no knowledge base"):
        open_knowledge_base(tmp_path)


def test_opened_file_cannot_be_changed(connection: Connection) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("DELETE FROM rule")


def test_any_name_can_be_opened(knowledge_base: Path, tmp_path: Path) -> None:
    odd = tmp_path / "a b#c?d%20.db"
    odd.write_bytes(knowledge_base.read_bytes())
    with closing(open_knowledge_base(odd)) as opened:
        assert store.meta(opened)["schema"] == str(SCHEMA_VERSION)


def test_any_row_factory_will_do(knowledge_base: Path) -> None:
    with closing(sqlite3.connect(knowledge_base)) as plain:
        assert [payer.id for payer in store.payers(KnowledgeBase(plain))]


# Payers and policies ---------------------------------------------------------------


def test_payers_come_by_title_with_counts(kb: KnowledgeBase) -> None:
    found = [(payer.id, payer.policies, payer.rules) for payer in store.payers(kb)]
    assert found == [("sample-health", 1, 7), ("sample-medicare", 2, 12)]


def test_payer_with_names_contractors_and_policies(kb: KnowledgeBase) -> None:
    found = store.payer(kb, "sample-medicare")
    assert found
    assert found.identifiers == ("00001", "00002")
    assert found.filing == ("MB",)
    assert "smedicarepartb" in found.names
    assert [cited.source for cited in found.citations] == ["LCD-1"]
    states = [(each.id, each.states) for each in found.contractors]
    assert states == [("north", ("WA",)), ("south", ("FL", "TX"))]
    assert [each.id for each in found.policies] == [NORTH, SOUTH]
    assert "<strong>seniors</strong>" in found.payer.prose_html


@pytest.mark.parametrize(
    ("payer", "on", "expected"),
    [
        ("sample-health", None, [f"{FACET}@2024-01-01", f"{FACET}@2025-01-01"]),
        ("sample-health", "2024-12-31", [f"{FACET}@2024-01-01"]),
        ("sample-health", "2025-01-01", [f"{FACET}@2025-01-01"]),
        ("sample-health", "2023-12-31", []),
        (None, "2026-01-01", [f"{FACET}@2025-01-01", NORTH, SOUTH]),
        ("nobody", None, []),
    ],
)
def test_policies_of_a_payer_on_a_day(
    kb: KnowledgeBase, payer: str | None, on: str | None, expected: list[str]
) -> None:
    found = store.policies(kb, payer_id=payer, on=on)
    assert [policy.id for policy in found] == expected


def test_shared_texts_are_listed_only_among_all(kb: KnowledgeBase) -> None:
    statuses = {policy.id: policy.status for policy in store.policies(kb)}
    assert statuses["medicare/esi@2022-01-01"] == "shared"
    assert len(statuses) == 5


@pytest.mark.parametrize(
    ("path", "on", "expected"),
    [
        (FACET, None, f"{FACET}@2025-01-01"),
        (FACET, "2024-06-01", f"{FACET}@2024-01-01"),
        (FACET, "2020-01-01", None),
        (f"{FACET}@2024-01-01", None, f"{FACET}@2024-01-01"),
        ("no/such", None, None),
    ],
)
def test_policy_by_path_and_day(
    kb: KnowledgeBase, path: str, on: str | None, expected: str | None
) -> None:
    found = store.policy(kb, path, on)
    assert (found.id if found else None) == expected


def test_policy_record(kb: KnowledgeBase) -> None:
    found = store.policy(kb, FACET)
    assert found
    assert (found.payer_title, found.contractor_title) == ("Sample Health", "")
    assert (found.states, found.plans) == (("FL", "TX"), ("commercial",))
    assert (found.any_payer, found.ended) == (False, False)
    assert (found.rules, found.gaps) == (2, 0)


def test_policy_with_everything_in_it(kb: KnowledgeBase) -> None:
    found = policy_store.policy_detail(kb, NORTH)
    assert found
    assert found.policy.based_on == "medicare/esi"
    assert (found.changed, found.dropped) == (("sessions",), ())
    assert [(each.name, each.kind) for each in found.code_sets] == [
        ("blind", "procedure"),
        ("esi", "procedure"),
        ("guidance", "procedure"),
        ("zoster", "diagnosis"),
    ]
    assert [each.name for each in found.rules] == [
        "four-weeks",
        "blind",
        "sessions",
        "pause",
        "one-guidance",
        "relief-first",
        "training",
    ]
    assert [each.id for each in found.facts] == [
        "approach-changed",
        "pain-duration",
        "pain-relief",
    ]
    assert found.text == "\n".join(f"north line {n}" for n in range(1, 5))
    assert [version.id for version in found.versions] == [NORTH]


def test_code_set_has_members_with_days_and_labels(kb: KnowledgeBase) -> None:
    found = policy_store.policy_detail(kb, NORTH)
    assert found
    esi = next(each for each in found.code_sets if each.name == "esi")
    last = esi.members[-1]
    assert (last.code, last.from_day) == ("64484", "2023-07-01")
    assert last.label == "Each further level, low back"
    assert [cited.quote for cited in esi.citations] == ["no more than four sessions"]


def test_dated_value(kb: KnowledgeBase) -> None:
    found = policy_store.policy_detail(kb, NORTH)
    assert found
    (value,) = found.values
    amounts = [(each.amount, each.from_day, each.through_day) for each in value.amounts]
    assert amounts == [("6", None, "2021-12-31"), ("4", "2022-01-01", None)]
    assert value.citations[0].source == "LCD-1"


def test_scenario(kb: KnowledgeBase) -> None:
    found = policy_store.policy_detail(kb, SOUTH)
    assert found
    (scenario,) = found.scenarios
    assert scenario.claim["claim"] == "S-1"
    assert scenario.expect == ({"line": 1, "outcome": "deny"},)


# Rules -----------------------------------------------------------------------------


def test_rule_with_all_that_belongs_to_it(kb: KnowledgeBase) -> None:
    rule = rule_store.rules(kb, [f"{NORTH}#relief-first"])[f"{NORTH}#relief-first"]
    assert rule.ir["duty"]["duty"] == rule.duty == "require"
    assert (rule.carc, rule.rarc) == ("CO-151", ("N362",))
    assert rule.facts == ("approach-changed", "pain-relief")
    assert rule.citations[0].title == "Epidural coverage"
    (exception,) = rule.exceptions
    assert (exception.name, exception.of) == ("failed-first", "relief-first")
    assert exception.citations[0].url == "https://example.org/ART-1"


def test_codes_of_a_rule_are_cut_to_its_days(kb: KnowledgeBase) -> None:
    found = rule_store.codes_of_rule(kb, f"{NORTH}#sessions")
    assert [(each.code, each.from_day) for each in found] == [
        ("62321", "2022-01-01"),
        ("64479", "2022-01-01"),
        ("64483", "2022-01-01"),
        ("64484", "2023-07-01"),
    ]


def test_gaps_leave_out_shared_texts(kb: KnowledgeBase) -> None:
    found = [each.rule.id for each in rule_store.gaps(kb)]
    assert found == [f"{NORTH}#training", f"{SOUTH}#training"]


# Codes -----------------------------------------------------------------------------


def uses_of(kb: KnowledgeBase, code: str) -> set[tuple[str, str]]:
    found = code_store.code(kb, code)
    assert found
    return {(each.rule.id, each.use) for each in found.rules}


def test_procedure_with_its_rules_across_payers(kb: KnowledgeBase) -> None:
    uses = uses_of(kb, "64483")
    assert (f"{NORTH}#sessions", "for") in uses
    assert (f"{SOUTH}#sessions", "for") in uses
    assert (f"{NORTH}#relief-first", "last") in uses
    assert (f"{FACET}@2025-01-01#place", "every") in uses
    assert not [rule for rule, _use in uses if rule.startswith("medicare/esi@")]


def test_rules_of_a_code_come_by_payer_policy_and_place(kb: KnowledgeBase) -> None:
    found = code_store.code(kb, "64483")
    assert found
    order = [
        (each.policy.payer_title, each.policy.id, each.rule.position)
        for each in found.rules
    ]
    assert order == sorted(order)


def test_codes_that_only_rules_name(kb: KnowledgeBase) -> None:
    assert uses_of(kb, "B02.23") == {
        (f"{NORTH}#four-weeks", "diagnosis"),
        (f"{SOUTH}#four-weeks", "diagnosis"),
    }
    assert uses_of(kb, "KX") == {(f"{FACET}@2024-01-01#late-claims", "modifier")}
    assert uses_of(kb, "24") == {
        (f"{FACET}@2024-01-01#place", "place"),
        (f"{FACET}@2025-01-01#place", "place"),
    }
    assert (f"{NORTH}#one-guidance", "unless-modifier") in uses_of(kb, "59")
    assert (f"{NORTH}#one-guidance", "not-with") in uses_of(kb, "77003")


def test_code_with_groups_lists_and_add_ons(kb: KnowledgeBase) -> None:
    found = code_store.code(kb, "64484")
    assert found
    assert (found.code.kind, found.code.imaging) == ("procedure", "included")
    assert [each.id for each in found.add_on_to] == ["64483"]
    assert [(each.title, each.code_group, each.from_day) for each in found.groups] == [
        ("Spinal region", "low-back", "2023-07-01")
    ]
    assert {each.policy_version for each in found.lists} == {NORTH, SOUTH}
    base = code_store.code(kb, "64483")
    assert base
    assert [each.id for each in base.add_ons] == ["64484"]


def test_codes_of_a_kind(kb: KnowledgeBase) -> None:
    found = [each.id for each in code_store.codes(kb, "modifier")]
    assert found == ["59", "KX", "XS"]
    assert len(code_store.codes(kb)) > len(found)


# Sources and facts -----------------------------------------------------------------


def test_sources_with_what_is_due(kb: KnowledgeBase) -> None:
    assert [each.id for each in source_store.sources(kb)] == ["ART-1", "LCD-1"]
    due = source_store.sources(kb, review_before="2026-08-01")
    assert [each.id for each in due] == ["LCD-1"]
    assert not source_store.sources(kb, review_before="2026-07-31")


def test_source_with_what_stands_on_it(kb: KnowledgeBase) -> None:
    article = source_store.source(kb, "ART-1")
    assert article
    assert {each.rule.name for each in article.rules} == {"relief-first"}
    lcd = source_store.source(kb, "LCD-1")
    assert lcd
    assert NORTH in {each.id for each in lcd.policies}
    assert lcd.source.citations == len(lcd.rules) + len(lcd.policies)


def test_fact_with_the_rules_that_ask_for_it(kb: KnowledgeBase) -> None:
    found = source_store.fact(kb, "approach-changed")
    assert found
    assert [each.rule.id for each in found.rules] == [
        f"{NORTH}#relief-first",
        f"{SOUTH}#relief-first",
    ]
    risk = source_store.fact(kb, "opioid-risk")
    assert risk
    assert risk.fact.choices == ("low", "moderate", "high")


UNKNOWN = [
    store.payer,
    policy_store.policy_detail,
    code_store.code,
    source_store.source,
    source_store.fact,
    store.policy,
]


@pytest.mark.parametrize("reader", UNKNOWN, ids=lambda reader: reader.__name__)
@pytest.mark.parametrize("key", ["", "no-such", "'; DROP TABLE rule", "\x00"])
def test_unknown_things_are_none(kb: KnowledgeBase, reader: object, key: str) -> None:
    assert callable(reader)
    assert reader(kb, key) is None
