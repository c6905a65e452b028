"""A model as rows: what each table gets from it."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import sqlite_utils

from dsl.base.model import (
    Code,
    CodeSet,
    Grouping,
    GroupMember,
    Member,
    Model,
    Place,
    Span,
)
from dsl.ir.codec import days_of
from dsl.ir.rule import InForce
from kb.build.code_rows import kinds_of_codes
from kb.build.rows import rows_of
from kb.build.rule_rows import scope_rows
from kb.database.row_values import canonical_json, earlier_day, later_day
from kb.database.schema import INDEXES, TABLES
from kb.database.table_rows import TABLE_ROWS
from tests.seeds import fresh

FACET = "health/facet@2024-01-01"
NORTH = "medicare/north/esi@2022-01-01"


@pytest.fixture(scope="module")
def rows(sample_model: Model) -> dict[str, Sequence[Any]]:
    return dict(rows_of(sample_model))


def test_row_types_have_the_columns_of_their_tables() -> None:
    with closing(sqlite_utils.Database(memory=True)) as database:
        database.executescript(TABLES + INDEXES)
        columns = {
            table.name: tuple(column.name for column in table.columns)
            for table in database.tables
            if not table.name.startswith("search_entry_fts")
        }
    fields = {table: row._fields for table, row in TABLE_ROWS.items()}  # type: ignore[attr-defined]
    assert fields == {name: found for name, found in columns.items() if name != "meta"}


def test_every_table_has_rows_in_the_sample(rows: dict[str, Sequence[Any]]) -> None:
    assert {table for table, found in rows.items() if not found} == set()
    assert set(rows) == set(TABLE_ROWS)


def test_order_of_files_and_items_does_not_show(sample_model: Model) -> None:
    shuffled = replace(
        sample_model,
        **{
            name: tuple(random.Random(fresh(7)).sample(items, len(items)))
            for name in sample_model.__slots__
            if (items := getattr(sample_model, name))
        },
    )
    assert rows_of(shuffled) == rows_of(sample_model)


def test_payer_is_matched_by_title_and_other_names(
    rows: dict[str, Sequence[Any]],
) -> None:
    found = [row for row in rows["payer_match"] if row.payer == "sample-medicare"]
    assert [(row.kind, row.value) for row in found] == [
        ("filing", "MB"),
        ("identifier", "00001"),
        ("identifier", "00002"),
        ("name", "samplemedicare"),
        ("name", "smedicarepartb"),
    ]


def test_scope_is_cut_to_the_days_of_the_rule(rows: dict[str, Sequence[Any]]) -> None:
    found = [
        tuple(row[1:]) for row in rows["rule_code"] if row.rule == f"{FACET}#blocks"
    ]
    assert found == [
        ("64490", "2024-01-01", "2024-03-31"),
        ("64493", "2024-01-01", "2024-05-31"),
    ]


def test_days_of_receipt_cut_no_dates_of_service(
    rows: dict[str, Sequence[Any]],
) -> None:
    late = f"{FACET}#late-claims"
    found = [tuple(row[1:]) for row in rows["rule_code"] if row.rule == late]
    assert found == [
        ("64490", None, "2024-03-31"),
        ("64493", None, None),
        ("64635", "2024-09-01", None),
    ]


def test_rule_without_scope_has_no_codes(rows: dict[str, Sequence[Any]]) -> None:
    assert not [row for row in rows["rule_code"] if row.rule == f"{FACET}#place"]


SPANS = [
    ((None, None), (None, None), [(None, None)]),
    (("2024-01-01", None), (None, "2024-06-30"), [("2024-01-01", "2024-06-30")]),
    (
        ("2024-01-01", "2024-01-31"),
        ("2024-01-31", None),
        [("2024-01-31", "2024-01-31")],
    ),
    (("2024-01-01", "2024-01-31"), ("2024-02-01", None), []),
    ((None, "2023-12-31"), ("2024-01-01", "2024-12-31"), []),
]


@pytest.mark.parametrize(("days", "member", "cut"), SPANS)
def test_overlap_of_rule_and_code(
    sample_model: Model, days: Any, member: Any, cut: list[Any]
) -> None:
    first, last = (date.fromisoformat(day) if day else None for day in member)
    rule = sample_model.policies[0].rules[0]
    in_force = InForce(
        days_of({"from": days[0], "through": days[1]}), "service", ended=False
    )
    rule = replace(rule, scope="s#s", tree=replace(rule.tree, in_force=in_force))
    one = CodeSet(
        "s#s",
        "s",
        "",
        "procedure",
        (Member("1", Span(first, last)),),
        "",
        Place("f", 1, 1),
    )
    found = scope_rows("r", rule, {"s#s": one})
    assert [tuple(row[2:]) for row in found] == cut


def test_later_versions_of_a_name_have_their_first_day_in_the_id(
    rows: dict[str, Sequence[Any]],
) -> None:
    ids = [row.id for row in rows["rule"] if row.name == "blocks"]
    assert ids == [f"{FACET}#blocks", f"{FACET}#blocks@2024-06-01"]


def test_rule_asks_for_the_facts_of_its_exceptions_too(
    rows: dict[str, Sequence[Any]],
) -> None:
    rule = f"{NORTH}#relief-first"
    facts = [row.fact for row in rows["rule_fact"] if row.rule == rule]
    assert facts == ["approach-changed", "pain-relief"]


def test_inherited_set_stands_once(sample_model: Model) -> None:
    shared = sample_model.policies[0]
    twice = replace(
        sample_model, policies=(shared, replace(shared, version="x/y@2020"))
    )
    keys = [row.id for row in rows_of(twice)["code_set"]]  # type: ignore[attr-defined]
    assert sorted(keys) == sorted(set(keys))


def test_code_set_belongs_to_the_version_in_its_key(
    rows: dict[str, Sequence[Any]],
) -> None:
    owners = {row.id: row.policy_version for row in rows["code_set"]}
    assert owners["shared#zoster"] is None
    assert owners[f"{NORTH}#esi"] == NORTH


def test_policy_has_the_title_of_its_latest_version(
    rows: dict[str, Sequence[Any]],
) -> None:
    titles = {row.id: row.title for row in rows["policy"]}
    assert titles["health/facet"] == "Facet interventions 2025"


def test_json_columns_are_canonical(rows: dict[str, Sequence[Any]]) -> None:
    for table, column in [
        ("rule", "ir"),
        ("rule", "rarc"),
        ("scenario", "claim"),
        ("scenario", "expect"),
        ("rule_exception", "citations"),
    ]:
        for row in rows[table]:
            text = getattr(row, column)
            assert text == canonical_json(json.loads(text))


def test_codes_of_every_place_have_a_kind(sample_model: Model) -> None:
    nowhere = Place("f", 1, 1)
    code = Code("64484", "", ("64483",), "", "", "", (), "", nowhere)
    grouping = Grouping("region", "", (GroupMember("neck", "64479"),), "", nowhere)
    modifier_list = CodeSet("k", "k", "", "modifier", (Member("24"),), "", nowhere)
    place_list = CodeSet(
        "p", "p", "", "place", (Member("24"), Member("11")), "", nowhere
    )
    model = Model(codes=(code,), groupings=(grouping,))
    assert kinds_of_codes(model, [place_list, modifier_list], []) == {
        "64484": "procedure",
        "64483": "procedure",
        "64479": "procedure",
        "24": "modifier",
        "11": "place",
    }


def test_open_days() -> None:
    assert later_day(None, None) is None
    assert later_day(None, "2024-01-01") == "2024-01-01"
    assert later_day("2024-01-02", "2024-01-01") == "2024-01-02"
    assert earlier_day("2024-01-02", None) == "2024-01-02"
    assert earlier_day("2024-01-02", "2024-01-01") == "2024-01-01"
