"""Codes of denials: every one says something and what to do."""

from __future__ import annotations

import pytest

from dsl.load.words import TOPICS
from kb.asking.denial_codes import DENIALS, REMARKS, Denial
from kb.asking.denials import asked_by, denials_in, sentences_of, told_apart
from kb.plain.headings import ASPECTS


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("CO-50 64483", ["50"]),
        ("co 97", ["97"]),
        ("denied with 151", ["151"]),
        ("N115", ["N115"]),
        ("remark code M25", ["M25"]),
        ("CO-16 M51", ["M51", "16"]),
        ("CO-16 N822", ["N822", "16"]),
        ("MA130.", ["MA130"]),
    ],
)
def test_a_code_is_found_a_remark_first(text: str, told: list[str]) -> None:
    chips, _ = denials_in(text)
    assert [chip.value for chip in chips] == told


@pytest.mark.parametrize(
    "text", ["M25", "M51.16", "M54", "N18.6", "64483", "N95-1", "M51"]
)
def test_a_diagnosis_is_no_remark_code(text: str) -> None:
    assert denials_in(text) == ([], text)


@pytest.mark.parametrize("code", [*DENIALS.values(), *REMARKS.values()])
def test_a_code_reads_as_a_sentence_and_asks_of_cells_that_exist(code: Denial) -> None:
    assert set(code.cells) <= {aspect.key for aspect in ASPECTS}
    assert code.do.endswith(".")
    assert not code.says.endswith(".")


@pytest.mark.parametrize("number", [*DENIALS, *REMARKS])
def test_a_denial_asks_topics_that_exist(number: str) -> None:
    prefix = "CO-" if number in DENIALS else "remark "
    chips, _ = denials_in(f"{prefix}{number}")
    assert all(chip.value in TOPICS for chip in asked_by(chips))


def test_a_code_that_points_to_its_remark_is_said_by_the_remark() -> None:
    chips, _ = denials_in("CO-16 N822")
    told = [sentences_of(chip) for chip in told_apart(chips)]
    assert len(told) == 1
    assert told[0].startswith("N822 says that a modifier is missing. Correct it")


def test_an_unknown_code_says_so() -> None:
    chips, _ = denials_in("remark N999")
    assert sentences_of(chips[0]).startswith("What N999 says is not known here")
