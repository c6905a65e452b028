"""The trade's words, names of codes and the places of service."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.plain import trade
from kb.plain.trade import (
    codes_words,
    in_trade_words,
    mid_sentence,
    place_words,
    plan_words,
    sentence_case,
)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (
            "Epidural through the nerve opening, low back",
            "Transforaminal epidural, low back",
        ),
        (
            "Epidurals between the bones or at the tail bone",
            "Interlaminar or caudal epidural",
        ),
        (
            "One level between the bones in a session",
            "One level interlaminar in a session",
        ),
        ("Four weeks of simpler care", "Four weeks of conservative care"),
        ("Simpler care failed", "Conservative care failed"),
        ("Heat ablation of facet nerves", "Radiofrequency ablation of facet nerves"),
        ("Balloon and cement, low back", "Kyphoplasty, low back"),
        ("Cement into a vertebra, low back", "Vertebroplasty, low back"),
        (
            "A root ganglion only as a replacement",
            "A dorsal root ganglion only as a replacement",
        ),
        ("Six weeks of physical therapy", "Six weeks of physical therapy"),
    ],
)
def test_our_words_become_the_fields(ours: str, theirs: str) -> None:
    assert in_trade_words(ours) == theirs


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        ([], ""),
        (["64484", "64483"], "64483, 64484"),
        (["64490", "64491", "64492", "64495"], "64490-64492, 64495"),
        (["0213T", "0214T", "0215T"], "0213T-0215T"),
        (["64490", "64492", "64494"], "64490, 64492, 64494"),
        (["64492", "64491", "64490", "64490"], "64490-64492"),
        (["0213T", "0214U", "0215T"], "0213T, 0214U, 0215T"),
        (["G0480", "J0481", "G0482"], "G0480, G0482, J0481"),
        (["M54.16", "M54.17", "M54.18"], "M54.16, M54.17, M54.18"),
    ],
)
def test_only_neighbours_make_a_range(codes: list[str], words: str) -> None:
    assert codes_words(codes) == words


@given(st.sets(st.integers(10_000, 10_060), max_size=30))
def test_a_range_holds_its_codes_and_no_others(numbers: set[int]) -> None:
    read: set[int] = set()
    for part in codes_words(map(str, numbers)).split(", "):
        first, _, last = part.partition("-")
        read |= set(range(int(first), int(last or first) + 1)) if first else set()

    assert read == numbers


@pytest.mark.parametrize(
    ("text", "begun", "inside"),
    [
        ("pain for 4 weeks", "Pain for 4 weeks", "pain for 4 weeks"),
        ("eviCore approves", "eviCore approves", "eviCore approves"),
        ("MRI of the spine", "MRI of the spine", "MRI of the spine"),
        ("Two views", "Two views", "two views"),
        ("", "", ""),
    ],
)
def test_names_keep_their_letters(text: str, begun: str, inside: str) -> None:
    assert sentence_case(text) == begun
    assert mid_sentence(text) == inside


def test_a_place_has_its_number() -> None:
    assert place_words("24") == "surgery center (24)"
    assert place_words("99") == "place 99"


@pytest.mark.parametrize(
    ("plans", "words"),
    [
        (["prime"], "a Prime plan"),
        (["hmo", "hmo-pos"], "an HMO or HMO POS plan"),
        (["fep", "medigap", "dual"], "an FEP, Medigap or dual plan"),
        (["pffs"], "a PFFS plan"),
        (["west"], "a West plan"),
        (["commercial", "self-funded"], "a commercial or self funded plan"),
        (["exchange"], "an exchange plan"),
        (["river-valley"], "a River Valley plan"),
    ],
)
def test_a_plan_goes_by_its_name(plans: list[str], words: str) -> None:
    assert plan_words(plans) == words


def test_no_text_with_roundabout_words_is_passed_over() -> None:
    """Texts without one of a few words are not looked at closer: no pattern lacks one."""
    ways = [
        way
        for old, _words in trade.FIELD_WORDS
        for way in re.sub(r"\([^()]*\)", "", old).split("|")
    ]

    assert [way for way in ways if not trade._ANY_OF_THEM.search(way)] == []
