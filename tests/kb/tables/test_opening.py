"""What the tables answer on a day."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from kb.tables.errors import TablesError
from kb.tables.model import Kind, Setting, Tables
from kb.tables.opening import OpenTables, open_tables

from .samples import caps_file, filled, imported, pairs_file

PRACTITIONER = Setting.PRACTITIONER


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> OpenTables:
    return open_tables(filled(tmp_path_factory.mktemp("tables")))


def test_they_are_the_contract(tables: OpenTables) -> None:
    asked: Tables = tables
    assert asked.edition(Kind.HCPCS, Setting.ALL, date(2026, 1, 1)) is None


@pytest.mark.parametrize(
    ("one", "other", "day", "paid", "indicator"),
    [
        ("11111", "22222", "2016-12-31", None, None),
        ("11111", "22222", "2017-01-01", "11111", 1),
        ("22222", "11111", "2017-01-01", "11111", 1),
        # the deletion date is the last day
        ("11111", "22222", "2019-12-31", "11111", 1),
        ("11111", "22222", "2020-01-01", "22222", 0),
        ("11111", "22222", "2020-09-30", "22222", 0),
        ("11111", "22222", "2020-10-01", "11111", 0),
        ("11111", "22222", "2026-12-31", "11111", 0),
        # after the quarter nothing is said
        ("11111", "22222", "2027-01-01", None, None),
        # indicator 9 never applied
        ("11111", "44444", "2013-01-01", None, None),
        ("0001u", "33333", "2026-12-31", "33333", 0),
        ("11111", "11111", "2026-12-31", None, None),
        ("11111", "no code", "2026-12-31", None, None),
    ],
)
def test_a_pair_on_a_day(
    tables: OpenTables, one: str, other: str, day: str, paid: str, indicator: int
) -> None:
    found = tables.pair(PRACTITIONER, one, other, date.fromisoformat(day))
    told = (found.paid, found.indicator) if found else (None, None)
    assert told == (paid, indicator)


def test_a_pair_tells_its_days_and_reason(tables: OpenTables) -> None:
    found = tables.pair(PRACTITIONER, "22222", "11111", date(2019, 1, 1))
    assert found
    assert (found.first_day, found.last_day) == (date(2017, 1, 1), date(2019, 12, 31))
    assert found.rationale == "Mutually exclusive"
    lasting = tables.pair(PRACTITIONER, "11111", "33333", date(2026, 11, 1))
    assert lasting
    assert lasting.last_day is None


def test_a_day_before_the_oldest_edition_is_read_from_its_history(
    tables: OpenTables,
) -> None:
    before = date(2018, 5, 5)
    edition = tables.edition(Kind.PAIRS, PRACTITIONER, before)
    assert edition
    assert edition.name == "2026 Q4"
    assert edition.first_day > before
    assert tables.edition(Kind.UNIT_CAPS, PRACTITIONER, before) is None


def test_a_pair_is_of_the_setting_that_was_asked_for(tables: OpenTables) -> None:
    assert tables.pair(Setting.HOSPITAL, "11111", "33333", date(2026, 11, 1)) is None
    assert tables.edition(Kind.PAIRS, Setting.HOSPITAL, date(2026, 11, 1)) is None


def test_a_later_edition_answers_for_its_quarter_only(tmp_path: Path) -> None:
    tables = tmp_path / "tables.db"
    imported(tables, Kind.PAIRS, pairs_file(tmp_path, name="ccipra-v321r0-f1.txt"))
    changed = [("11111", "33333", "20261001", "*", "0", "New")]
    imported(tables, Kind.PAIRS, pairs_file(tmp_path, changed))
    asked = open_tables(tables)
    days = {"2026-04-01": 1, "2026-06-30": 1, "2026-07-15": None, "2026-10-01": 0}
    for day, indicator in days.items():
        found = asked.pair(PRACTITIONER, "11111", "33333", date.fromisoformat(day))
        assert (found.indicator if found else None) == indicator


@pytest.mark.parametrize(
    ("code", "day", "units", "indicator"),
    [
        ("11111", "2026-10-01", 2, 3),
        ("00100", "2026-12-31", 0, 1),
        ("11111", "2026-09-30", None, None),
        ("11111", "2027-01-01", None, None),
        ("22222", "2026-10-01", None, None),
    ],
)
def test_a_cap_on_a_day(
    tables: OpenTables, code: str, day: str, units: int, indicator: int
) -> None:
    found = tables.unit_cap(PRACTITIONER, code, date.fromisoformat(day))
    assert ((found.units, found.indicator) if found else (None, None)) == (
        units,
        indicator,
    )


def test_caps_of_three_settings(tmp_path: Path) -> None:
    tables = tmp_path / "tables.db"
    settings = ("practitioner", "hospital", "dme")
    files = [caps_file(tmp_path, setting) for setting in settings]
    imported(tables, Kind.UNIT_CAPS, *files)
    asked = open_tables(tables)
    for setting in settings:
        cap = asked.unit_cap(Setting(setting), "11111", date(2026, 10, 1))
        assert cap
        assert cap.edition.setting == setting


@pytest.mark.parametrize(
    ("code", "day", "kind", "primaries"),
    [
        ("22222", "2026-06-29", 1, {"11111", "33333"}),
        ("22222", "2026-06-30", 1, {"11111", "33333"}),
        ("44444", "2026-05-01", 2, set()),
        ("55555", "2026-05-01", 3, {"11111"}),
        ("11111", "2026-05-01", None, None),
        ("22222", "2026-07-01", None, None),
    ],
)
def test_an_add_on_code_on_a_day(
    tables: OpenTables, code: str, day: str, kind: int, primaries: set[str]
) -> None:
    found = tables.add_on(code, date.fromisoformat(day))
    told = (found.type, set(found.primaries)) if found else (None, None)
    assert told == (kind, primaries)


@pytest.mark.parametrize(
    ("code", "day", "billable", "longer"),
    [
        ("M54.5", "2026-09-30", True, ()),
        ("M54.5", "2026-10-01", False, ("M54.50", "M54.59")),
        ("M545", "2026-10-01", False, ("M54.50", "M54.59")),
        ("m54.50", "2027-09-30", True, ()),
        ("M54", "2026-10-01", False, ("M54.50", "M54.59", "M54.6")),
        ("M54.9", "2026-10-01", None, None),
        ("M54.50", "2027-10-01", None, None),
        ("M5.450", "2026-10-01", None, None),
    ],
)
def test_a_diagnosis_on_a_day(
    tables: OpenTables, code: str, day: str, billable: bool, longer: tuple[str, ...]
) -> None:
    found = tables.diagnosis(code, date.fromisoformat(day))
    assert ((found.billable, found.longer) if found else (None, None)) == (
        billable,
        longer,
    )


def test_many_threads_ask_at_once(tables: OpenTables) -> None:
    days = [date(2026, 10, 1 + n % 30) for n in range(2_000)]
    with ThreadPoolExecutor(8) as pool:
        found = list(
            pool.map(lambda day: tables.pair(PRACTITIONER, "11111", "33333", day), days)
        )
    assert all(pair and pair.indicator == 1 for pair in found)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "no tables at"),
        (b"", "no database of tables"),
        (b"SQLite format 3\0" + bytes(200), "no database of tables"),
    ],
)
def test_what_is_no_database_of_tables(
    tmp_path: Path, content: bytes | None, words: str
) -> None:
    path = tmp_path / "tables.db"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(TablesError, match=words):
        open_tables(path)


def test_a_database_that_was_cut_off(tmp_path: Path) -> None:
    tables = filled(tmp_path)
    tables.write_bytes(tables.read_bytes()[:-4096])
    with pytest.raises(TablesError, match="not whole"):
        open_tables(tables)
    with pytest.raises(TablesError, match="not whole"):
        imported(tables, Kind.DIAGNOSES, tmp_path / "icd10cm_order_2027.txt")
