"""Claims that turn on a table of CMS: right with the rows that ship, and with tables imported.

As shipped the rows are older than the claim: they ask a person to look, and name their
edition.  With the tables of the day the same claim is denied or to be corrected, by an
edition with its hash.  The tables are made in CMS's layouts from the rows that each claim
needs, and read by the importer.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bench.table_files import (
    write_add_ons,
    write_caps,
    write_diagnoses,
    write_pairs,
)
from kb import Engine
from kb.claims import read_json_value
from kb.engine.judge.answer import ClaimAnswer, Outcome, RuleResult
from kb.engine.report.explain import explain
from kb.tables.layers import Layered
from kb.tables.model import Kind
from kb.tables.opening import open_tables
from kb.tables.shipped_rows import shipped_hash, shipped_rows
from tests.everyday.claims import DAYS, KINDS, PAYERS, as_json
from tests.kb.tables.samples import imported

Json = dict[str, Any]
SHA256 = 64
NOVEMBER, AUGUST = "2026-11-10", "2026-08-19"
PAIRS = (
    ("20553", "20552", "20100101", "*", "0", "Misuse of column two"),
    ("63685", "63688", "20100101", "*", "1", "Misuse of column two"),
    ("62323", "99214", "20100101", "*", "1", "CPT Manual"),
)
CAPS = (("20553", 1, 2, "Code Descriptor"), ("63650", 2, 2, "Clinical: Data"))
ADD_ONS = (
    ("1", "64484", "64483", "2013001", "       "),
    ("1", "64491", "64490", "2013001", "       "),
    ("1", "77003", "62267", "2013001", "       "),
)
DIAGNOSES = (
    ("M54", 0, "A heading"),
    ("M545", 0, "A heading"),
    ("M5450", 1, "A code"),
    ("M5416", 1, "A code"),
    ("M7918", 1, "A code"),
    ("M47812", 1, "A code"),
    ("M961", 1, "A code"),
    ("G894", 1, "A code"),
)


def of_medicare(day: str, *lines: str, diagnoses: str = "M54.16") -> Json:
    """A claim of Medicare in an office: lines as ``64483-RT*2``."""
    return {
        "payer": "medicare-part-b", "plan": "medicare", "state": "FL", "place": "11",
        "date": day, "diagnoses": diagnoses.split(), "lines": [*map(line_of, lines)],
        "fields": {"performer": "physician"},
    }  # fmt: skip


def line_of(billed: str) -> Json:
    """A line as it is billed."""
    code, *modifiers = billed.partition("*")[0].split("-")
    return {
        "code": code,
        "modifiers": modifiers,
        "units": int(billed.partition("*")[2] or 1),
    }


def of_everyday(kind: str, *more: str) -> Json:
    """The claim of a kind that a practice sends to Medicare, with further lines."""
    place = next(n for n, one in enumerate(KINDS) if one.name == kind) * len(PAYERS)
    found: Json = [*as_json(DAYS[-1])][place]
    return {**found, "lines": [*found["lines"], *map(line_of, more)]}


@dataclass(frozen=True)
class Twice:
    """A claim, the line that a table decides, and what is right of it."""

    name: str
    claim: Json
    line: int
    kind: Kind
    shipped: tuple[str, str]
    """Outcome as billed with the rows that ship (of an old row a person is asked to look;
    a rule of a policy may decide beside it), and how the answer names their edition: by its first
    day where it begins after the claim."""
    imported: str
    """Outcome with the table of the day."""


TWICE = (
    Twice(
        "two kinds of trigger point injections",
        of_medicare(NOVEMBER, "20553", "20552", diagnoses="M79.18"),
        2, Kind.PAIRS, ("review", "2024 Q3"), "deny",
    ),
    Twice(
        "an old generator out and a new one in",
        of_medicare(NOVEMBER, "63685", "63688", diagnoses="M96.1"),
        2, Kind.PAIRS, ("fix", "2024 Q3"), "fix",
    ),
    Twice(
        "an everyday epidural in a center, and a visit without 25",
        of_everyday("an interlaminar epidural in a center", "99214"),
        2, Kind.PAIRS, ("review", "2024 Q3"), "fix",
    ),
    Twice(
        "a further level alone",
        of_medicare(NOVEMBER, "64484-RT"),
        1, Kind.ADD_ONS, ("fix", "2024 Q3"), "fix",
    ),
    Twice(
        "guidance alone",
        of_medicare(NOVEMBER, "77003-26"),
        1, Kind.ADD_ONS, ("review", "2024 Q3"), "fix",
    ),
    Twice(
        "trigger points by number",
        of_medicare(AUGUST, "20553*7", diagnoses="M79.18"),
        1, Kind.UNIT_CAPS, ("fix", "2026 Q3"), "fix",
    ),
    Twice(
        "leads by number",
        of_medicare(AUGUST, "63650*3", diagnoses="M96.1"),
        1, Kind.UNIT_CAPS, ("review", "2026-10-01"), "fix",
    ),
    Twice(
        "a heading for a diagnosis",
        of_medicare(NOVEMBER, "64483-RT", diagnoses="M54.5"),
        1, Kind.DIAGNOSES, ("review", "FY2026"), "fix",
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def with_imported(
    shipped_database: Path, tmp_path_factory: pytest.TempPathFactory
) -> Engine:
    """The shipped policies with tables of the day before the rows that ship."""
    folder = tmp_path_factory.mktemp("tables")
    tables = folder / "tables.db"
    pairs = write_pairs(folder / "ccipra-v323r0-f1.TXT", PAIRS)
    imported(tables, Kind.PAIRS, pairs)
    caps = write_caps(folder, CAPS, "practitioner", "07-01-2026")
    imported(tables, Kind.UNIT_CAPS, caps)
    imported(tables, Kind.ADD_ONS, write_add_ons(folder, ADD_ONS, "2026Q4"))
    imported(tables, Kind.DIAGNOSES, write_diagnoses(folder, DIAGNOSES, 2027))
    engine = Engine.open(shipped_database)
    return engine.with_tables(
        Layered(open_tables(tables), shipped_rows()), shipped_hash()
    )


@pytest.fixture(scope="module")
def as_shipped(shipped_database: Path) -> Engine:
    """The shipped policies with the rows that ship."""
    return Engine.open(shipped_database)


def answer_of(given: Json, engine: Engine) -> ClaimAnswer:
    """The answer to a claim as JSON brings it."""
    read = read_json_value([{"claim": "C", "patient": "P", **given}])
    assert not read.bad, read.bad[0]
    return engine.answer(read.claims)[0]


def of_table(answer: ClaimAnswer, case: Twice) -> list[RuleResult]:
    """What the table says of the line."""
    line = answer.lines[case.line - 1]
    return [r for r in line.results if r.table and r.table.kind == case.kind.value]


def told(result: RuleResult, answer: ClaimAnswer, case: Twice) -> Outcome:
    """What a result comes to; where a rule of a policy says the same, that rule's outcome."""
    others = answer.lines[case.line - 1].results
    return next((r.outcome for r in others if r.rule == result.same_as), result.outcome)


@pytest.mark.parametrize("case", TWICE, ids=lambda case: case.name)
def test_as_shipped_no_old_row_decides_and_its_edition_is_named(
    case: Twice, as_shipped: Engine
) -> None:
    answer = answer_of(case.claim, as_shipped)
    outcome, edition = case.shipped
    found = {told(r, answer, case) for r in of_table(answer, case)}

    assert outcome in (found or {answer.lines[case.line - 1].as_billed})
    assert edition in explain(answer, as_shipped)


@pytest.mark.parametrize("case", TWICE, ids=lambda case: case.name)
def test_with_the_tables_of_the_day_it_is_decided(
    case: Twice, with_imported: Engine
) -> None:
    answer = answer_of(case.claim, with_imported)
    found = [
        r for r in of_table(answer, case) if told(r, answer, case) == case.imported
    ]

    assert found, [(r.outcome, r.table) for r in of_table(answer, case)]
    table = found[0].table
    assert table is not None
    assert not table.shipped
    assert table.first_day <= answer.lines[0].date <= table.last_day
    assert len(table.sha256) == SHA256
    assert table.sha256[:8] in explain(answer, with_imported)
    assert answer.outcome in ("deny", "fix")
