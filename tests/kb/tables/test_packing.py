"""Codes and days as numbers: nothing is lost, and the order is that of the text."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.tables.packing import (
    LastDays,
    last_below,
    packed_code,
    packed_day,
    packed_diagnosis,
    read_day,
    unpacked_code,
    unpacked_day,
    unpacked_diagnosis,
)

CODES = st.from_regex(r"[0-9A-Z]{5}", fullmatch=True)
DIAGNOSES = st.from_regex(r"[A-Z][0-9][0-9A-Z]{1,5}", fullmatch=True)


@given(CODES, CODES)
def test_codes_come_back_and_keep_their_order(one: str, other: str) -> None:
    assert unpacked_code(packed_code(one)) == one
    assert (packed_code(one) < packed_code(other)) == (one < other)


@given(DIAGNOSES, DIAGNOSES)
def test_diagnoses_come_back_and_keep_their_order(one: str, other: str) -> None:
    pointed = f"{one[:3]}.{one[3:]}" if one[3:] else one
    assert unpacked_diagnosis(packed_diagnosis(one)) == pointed
    assert packed_diagnosis(pointed) == packed_diagnosis(one)
    assert (packed_diagnosis(one) < packed_diagnosis(other)) == (one < other)


@given(DIAGNOSES, DIAGNOSES)
def test_what_begins_with_a_code_lies_below_it(one: str, other: str) -> None:
    below = packed_diagnosis(one) <= packed_diagnosis(other) <= last_below(one)
    assert below == other.startswith(one)


@given(st.dates(date(1960, 1, 1), date(2099, 12, 31)))
def test_days_are_read_in_each_way_that_cms_writes_them(day: date) -> None:
    assert unpacked_day(packed_day(day)) == day
    for text in (f"{day:%Y%m%d}", f"{day:%Y-%m-%d}", f"{day:%m/%d/%Y}", f"{day:%Y%j}"):
        assert read_day(text) == day


@pytest.mark.parametrize(
    "text", ["", "*", "20261301", "2026366", "0000000", "10/1", "1/32/2026", "99991231"]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no date"):
        read_day(text)


@pytest.mark.parametrize("text", ["", "1234", "123456", "6448a", "64 83", "M54.5"])
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no code"):
        packed_code(text)


def test_the_deletion_date_is_the_last_day() -> None:
    assert LastDays()["20191231"] == 20191231
    assert LastDays()["*"] == LastDays()[" "] == 99991231
