"""Codes, dates and numbers: what has which shape."""

from __future__ import annotations

import pytest

from dsl.resolve.codes import expand_range, kind_of


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("64483", "procedure"), ("G0480", "procedure"), ("0213T", "procedure"),
        ("J1010", "procedure"), ("M54.16", "diagnosis"), ("B02.23", "diagnosis"),
        ("M25", "diagnosis"), ("T85.112A", "diagnosis"), ("U07.1", "diagnosis"),
        ("Z79.891", "diagnosis"), ("11", "place"), ("RT", "modifier"), ("1P", "modifier"),
        ("6448", None), ("644835", None), ("m54.16", None), ("esi", None),
        ("M54.", None), ("N115", None), ("CO-151", None), ("4", None),
    ],
)  # fmt: skip
def test_a_code_is_known_by_its_shape(text: str, kind: str | None) -> None:
    assert kind_of(text) == kind


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("64633-64636", ("64633", "64634", "64635", "64636")),
        ("B02.7-B02.9", ("B02.7", "B02.8", "B02.9")),
        ("M50.121-M50.123", ("M50.121", "M50.122", "M50.123")),
        ("M48.00-M48.01", ("M48.00", "M48.01")),
        ("00100-00101", ("00100", "00101")),
        ("64483", None),
        ("L4-L5", None),
        ("esi-diagnoses", None),
    ],
)
def test_a_range_steps_through_its_last_digits(
    text: str, codes: tuple[str, ...] | None
) -> None:
    assert expand_range(text) == codes


@pytest.mark.parametrize(
    "text",
    ["64484-64483", "M54.12-M55.18", "64483-G0480", "T85.112A-T85.113A", "10000-20000",
     "M54.1-M54.16"],
)  # fmt: skip
def test_ends_that_do_not_belong_together_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="range"):
        expand_range(text)
