"""What a word of a closed list may have meant: by its meaning, then by its letters."""

from __future__ import annotations

import pytest

from kb.claims.near import MEANT, meant_word

TECHNIQUES = (
    "conventional-radiofrequency", "pulsed-radiofrequency", "cooled-radiofrequency",
    "cryo", "chemical", "laser", "endoscopic", "other",
)  # fmt: skip
RISKS = ("low", "moderate", "high")


@pytest.mark.parametrize(
    ("word", "known", "meant"),
    [
        ("thermal", TECHNIQUES, "conventional-radiofrequency"),
        ("RFA", TECHNIQUES, "conventional-radiofrequency"),
        ("pulsed", TECHNIQUES, "pulsed-radiofrequency"),
        ("Cooled RF", TECHNIQUES, "cooled-radiofrequency"),
        ("cryoablation", TECHNIQUES, "cryo"),
        ("conventional", TECHNIQUES, "conventional-radiofrequency"),
        ("mother", TECHNIQUES, "other"),
        ("fluoro", ("fluoroscopy", "ct", "ultrasound"), "fluoroscopy"),
        ("dx", ("diagnostic", "therapeutic"), "diagnostic"),
        ("theraputic", ("diagnostic", "therapeutic"), "therapeutic"),
        ("hihg", RISKS, "high"),
        ("medium", RISKS, "moderate"),
        ("thermal", RISKS, ""),
        ("unclear", RISKS, ""),
    ],
)
def test_a_word_is_met_by_its_meaning(
    word: str, known: tuple[str, ...], meant: str
) -> None:
    assert meant_word(word, known) == meant


def test_no_word_stands_for_itself() -> None:
    assert [word for word, meant in MEANT.items() if word == meant] == []
