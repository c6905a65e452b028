"""What a question that the query language refuses asks in plain words."""

from __future__ import annotations

import shlex
from datetime import date

from kb.asking.reader import understand
from kb.asking.saying import LABELS
from kb.asking.subjects import subjects_of
from kb.asking.understood import CONTRACTOR, DAY, PAYER, PLACE, STATE, Understood
from kb.read.store import KnowledgeBase

THINGS = {
    "limit": "limits",
    "interval": "limits",
    "session": "limits",
    "approval": "payers requiring auth",
    "chart": "documentation",
    "diagnosis": "diagnoses",
}
"""What the query language shows for a topic; else rules."""


def offer(kb: KnowledgeBase, text: str, today: date) -> str:
    """How to ask the same, in plain words and in the query language; empty for nothing."""
    understood = understand(kb, text, today)
    if not understood.chips:
        return ""
    said = "; ".join(f"{LABELS[chip.kind]}: {chip.label}" for chip in understood.chips)
    return (
        f"In plain words I understand {said}. Ask:\n"
        f"  payerkb ask {shlex.join(understood.text.split())}\n"
        f"  payerkb query {_question(kb, understood)}"
    )


def _question(kb: KnowledgeBase, understood: Understood) -> str:
    topic = next((each for each in understood.topics if each in THINGS), "")
    subjects = subjects_of(kb, understood)
    who = understood.one(CONTRACTOR) or understood.one(PAYER)
    parts = [f"show {THINGS.get(topic, 'rules')}"]
    parts += [f"for {subjects[0]}"] if subjects else []
    parts += [f"under {who.value}"] if who is not None and who.known else []
    for kind, words in ((STATE, "state"), (PLACE, "at place"), (DAY, "as of")):
        if chip := understood.one(kind):
            parts.append(f"{words} {chip.value}")
    return " ".join(parts)
