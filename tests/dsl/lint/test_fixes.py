"""What a fix may say, and which denials say why no correction helps."""

from __future__ import annotations

import pytest

from dsl.lint.fixes import NO_FIX, misleading


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("Move the service to {next-date} or later.", "moves a service"),
        ("Take line {line} to another date.", "moves a service"),
        ("Show a new episode, or wait until {next-date}.", "moves a service"),
        ("The test is free from {next-date}.", "moves a service"),
        ("Take the other block off this date.", "moves a service"),
        ("Next time move it to {next-date}.", "moves a service"),
        ("Tell the patient before the service.", "before the service"),
        ("Ask for approval before {date}.", "before the service"),
        ("Ask the plan first; the text is old.", "before the service"),
        ("Do the block under fluoroscopy.", "done otherwise"),
        ("Look the code up, or use a surgery center.", "done otherwise"),
        ("Bill 64483 for the first level.", "whatever was done"),
        ("Bill J1010, one unit for each milligram.", "whatever was done"),
        ("Bill the code of one drug instead.", "in place of what was done"),
    ],
)
def test_advice_that_nobody_can_follow_any_more_is_found(
    sentence: str, why: str
) -> None:
    found = misleading(sentence)

    assert found is not None
    assert why in found.why


@pytest.mark.parametrize(
    "sentence",
    [
        "Write it off, or appeal with the records that show the need.",
        "Next from {next-date}.",
        "Next time tell the patient before the service that it is not covered.",
        "Send the notes that date each treatment before the injection.",
        "If the first level was treated too, add 64483 for it.",
        "If the joint was injected, bill G0260 for it on line {line}.",
        "Bill line {line} as two lines, one with RT and one with LT.",
        "Bill line {line} under the number of the one who did the work.",
        "Ask eviCore for approval and give its number.",
    ],
)
def test_advice_for_the_claim_at_hand_is_left_alone(sentence: str) -> None:
    assert misleading(sentence) is None


@pytest.mark.parametrize(
    ("prose", "said"),
    [
        ("No fix: a score is taken before the injection or not at all.", True),
        ("The plan pays one procedure.\nNo fix: both were done.", True),
        ("No fix:", False),
        ("There is no fix: none.", False),
        ("", False),
    ],
)
def test_a_rule_says_why_not_in_a_line_of_its_own(prose: str, *, said: bool) -> None:
    assert bool(NO_FIX.search(prose)) is said
