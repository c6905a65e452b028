"""What billing staff ask of a payer: the headings under which cards answer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Aspect:
    """One question, as the heading of a cell."""

    key: str
    title: str


TILES = (
    Aspect("covered", "Covered?"),
    Aspect("approval", "Prior authorization?"),
    Aspect("limit", "How often"),
    Aspect("interval", "Between sessions"),
    Aspect("session", "In one session"),
    Aspect("wait", "Conservative care"),
    Aspect("repeat", "To repeat"),
    Aspect("sides", "Both sides"),
)
"""What is asked of every procedure; a card shows these even where nobody answers."""
ASPECTS = (
    *TILES,
    Aspect("diagnosis", "Diagnosis"),
    Aspect("chart", "The chart must show"),
    Aspect("imaging", "Imaging"),
    Aspect("same-day", "On the same day"),
    Aspect("place", "Where"),
    Aspect("modifiers", "Modifiers"),
    Aspect("coding", "Another code"),
    Aspect("provider", "Who may bill"),
    Aspect("filing", "Filing time"),
    Aspect("other", "Also required"),
)
"""All questions, in the fixed order of a card."""
OPEN_POINTS = Aspect("open", "Open points")
"""What a text leaves open: no question that a rule answers."""
