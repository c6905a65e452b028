"""Levels of the spine in the words of staff."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.asking.spine import levels_in
from kb.claims.shapes import LEVELS


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("L4-5 TFESI", ("L4-L5",)),
        ("l4/5 and l5/s1", ("L4-L5", "L5-S1")),
        ("L5S1", ("L5-S1",)),
        ("L4 to S1", ("L4-L5", "L5-S1")),
        ("L3-L4-L5", ("L3-L4", "L4-L5")),
        ("L3-S1 rfa", ("L3-L4", "L4-L5", "L5-S1")),
        ("C4-5, 5-6, 6-7 mbb", ("C4-C5", "C5-C6", "C6-C7")),
        ("C7-T1", ("C7-T1",)),
        ("T12-L1 and L1-2", ("T12-L1", "L1-L2")),
        ("L5-4", ("L4-L5",)),
        ("L3, L4, L5 mbb", ("L3", "L4", "L5")),
        ("C8 nerve root", ("C8",)),
    ],
)
def test_levels_are_told_head_to_tail(text: str, told: tuple[str, ...]) -> None:
    chips, rest = levels_in(text)
    assert chips[0].values == told
    assert not any(name in rest.upper() for name in told)


@pytest.mark.parametrize(
    "text",
    [
        "L33906 esi",
        "64483-64484",
        "64483-LT",
        "M54.16",
        "J1030 20 mg",
        "L9",
        "part c",
        "S1 joint injection",
        "T1 modifier",
        "C9",
        "",
    ],
)
def test_what_is_no_level_stays_in_the_text(text: str) -> None:
    assert levels_in(text) == ([], text)


def test_a_number_of_times_behind_a_level_is_no_level() -> None:
    chips, _ = levels_in("L4-5, 2-3 times a year")
    assert chips[0].values == ("L4-L5",)


@given(
    st.sampled_from([each for each in LEVELS if "C0" not in each and "L6" not in each])
)
def test_every_level_of_claims_is_one_of_questions(level: str) -> None:
    chips, _ = levels_in(f"esi {level} medicare")
    assert chips[0].values == (level,)


@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    levels_in(text)
