"""The pictures of the grammar are those of the grammar as it is."""

from __future__ import annotations

from docs.diagrams import PICTURES, pages


def test_the_pictures_are_up_to_date() -> None:
    behind = [
        place.name
        for place, text in pages().items()
        if not place.exists() or place.read_text("utf-8") != text
    ]

    assert behind == [], "run python -m docs.diagrams"


def test_no_picture_is_of_a_rule_that_is_gone() -> None:
    assert set(PICTURES.glob("*.svg")) - set(pages()) == set()
