"""The rows that ship: each with its source, none twice, none contradicting another."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

import pytest

from kb.tables.layers import Layered
from kb.tables.model import Kind, Setting
from kb.tables.shipped_rows import (
    FILES,
    FOLDER,
    Row,
    rows_of,
    shipped_hash,
    shipped_rows,
)
from tests.kb.tables.in_memory import InMemory

PROCEDURE = re.compile(r"[0-9]{5}|[0-9]{4}T|[A-Z][0-9]{4}")
DIAGNOSIS = re.compile(r"[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?")
KEYS = {
    "pairs": ("paid", "denied"),
    "unit_caps": ("code",),
    "add_ons": ("add_on",),
    "indicators": ("code", "modifier"),
    "diagnoses": ("code",),
}
EDITIONS = {row["edition"]: row for row in rows_of(FOLDER, "editions")}


def rows(name: str) -> list[Row]:
    return list(rows_of(FOLDER, name))


@pytest.mark.parametrize("name", FILES[1:])
def test_every_row_has_an_edition_and_a_source(name: str) -> None:
    for row in rows(name):
        source = EDITIONS[row["edition"]]
        assert row["cite"]
        assert source["source"]
        assert source["url"].startswith("https://")
        assert source["grade"] in ("primary", "secondary")
        assert date.fromisoformat(source["read_on"])


@pytest.mark.parametrize("name", KEYS)
def test_no_code_stands_twice_in_an_edition(name: str) -> None:
    keys = Counter(
        (row["edition"], *sorted(row[one] for one in KEYS[name])) for row in rows(name)
    )

    assert [key for key, times in keys.items() if times > 1] == []


def test_codes_and_numbers_are_of_their_kind() -> None:
    for row in rows("pairs"):
        assert PROCEDURE.fullmatch(row["paid"])
        assert PROCEDURE.fullmatch(row["denied"])
        assert row["indicator"] in ("0", "1")
    for row in rows("unit_caps"):
        assert PROCEDURE.fullmatch(row["code"])
        assert int(row["units"]) > 0
        assert row["indicator"] in ("1", "2", "3")
    for row in rows("add_ons"):
        assert all(PROCEDURE.fullmatch(one) for one in row["primaries"].split())
        assert row["add_on"] not in row["primaries"].split()
    for row in rows("diagnoses"):
        assert DIAGNOSIS.fullmatch(row["code"])
        longer = row["longer"].split()
        assert all(one.startswith(row["code"]) and one != row["code"] for one in longer)


@pytest.mark.parametrize(
    ("one", "other", "paid", "indicator"),
    [
        ("62323", "64483", "62323", 1),
        ("62321", "77003", "62321", 1),
        ("20552", "20553", "20553", 0),
        ("64451", "64493", "64451", 0),
        ("64635", "64450", "64635", 1),
        ("63685", "63688", "63685", 1),
        ("01992", "64483", "64483", 0),
    ],
)
def test_a_pair_is_found_in_either_order(
    one: str, other: str, paid: str, indicator: int
) -> None:
    day = date(2024, 8, 1)
    for codes in ((one, other), (other, one)):
        pair = shipped_rows().pair(Setting.PRACTITIONER, *codes, day)
        assert pair is not None
        assert (pair.paid, pair.indicator) == (paid, indicator)


@pytest.mark.parametrize(
    ("one", "other"),
    [("64483", "64493"), ("27096", "64451"), ("64483", "99152"), ("20553", "76942")],
)
def test_what_was_read_to_be_no_pair_is_none(one: str, other: str) -> None:
    assert (
        shipped_rows().pair(Setting.PRACTITIONER, one, other, date(2024, 8, 1)) is None
    )


def test_the_newest_edition_by_the_day_answers() -> None:
    rows = shipped_rows()
    old, new = date(2026, 9, 30), date(2026, 10, 1)

    for day in (old, new):
        cap = rows.unit_cap(Setting.PRACTITIONER, "20553", day)
        assert cap is not None
        assert cap.edition.name == "2026 Q4"
    older = rows.unit_cap(Setting.PRACTITIONER, "22510", new)
    assert older is not None
    assert older.edition.name == "2024 Q3"


@pytest.mark.parametrize("code", ["62323", "64483", "64493", "64635"])
def test_two_sides_are_one_unit(code: str) -> None:
    cap = shipped_rows().unit_cap(Setting.PRACTITIONER, code, date(2026, 11, 1))
    assert cap is not None
    assert cap.units == 1


def test_an_edition_owns_its_days_only() -> None:
    rows = shipped_rows()
    days = {
        date(2024, 6, 30): None,
        date(2024, 7, 1): "2024 Q3",
        date(2024, 9, 30): "2024 Q3",
        date(2024, 10, 1): None,
    }

    for day, name in days.items():
        found = rows.edition(Kind.PAIRS, Setting.PRACTITIONER, day)
        assert (found and found.name) == name


def test_the_hash_is_of_the_files() -> None:
    assert re.fullmatch("[0-9a-f]{64}", shipped_hash())


def test_an_imported_table_answers_alone_on_its_days() -> None:
    tables = Layered(InMemory(pairs={("64483", "62323"): 0}), shipped_rows())
    setting = Setting.PRACTITIONER
    owned, other = date(2026, 11, 3), date(2027, 1, 4)

    pair = tables.pair(setting, "62323", "64483", owned)
    assert pair is not None
    assert (pair.paid, pair.indicator) == ("64483", 0)
    assert tables.pair(setting, "20552", "20553", owned) is None
    shipped = tables.pair(setting, "20552", "20553", other)
    assert shipped is not None
    assert shipped.edition.shipped
    assert tables.edition(Kind.PAIRS, setting, other) is None
    assert tables.unit_cap(setting, "20553", owned) is None
    assert tables.diagnosis("M54.5", owned) is None
    assert tables.add_on("64484", owned) is None
    assert tables.indicators("62323", owned) is None
