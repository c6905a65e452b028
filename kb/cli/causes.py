"""Faults and remarks of a large file: the first of each cause, and how many more."""

from __future__ import annotations

from dataclasses import dataclass, field

from kb.claims import BadClaim, Remark
from kb.evaluate.summary import cause_of

MOST_OF_A_CAUSE = 3
"""How many of one cause are told one by one."""


@dataclass(slots=True)
class Causes:
    """What was found so far, by cause: what is said of it without its numbers."""

    counts: dict[str, int] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    def is_told(self, text: str) -> bool:
        """Whether this one is among the first of its cause."""
        cause, said = cause_of(text)
        self.texts.setdefault(cause, said)
        self.counts[cause] = self.counts.get(cause, 0) + 1
        return self.counts[cause] <= MOST_OF_A_CAUSE

    def others(self) -> list[str]:
        """A sentence for each cause of which some were not told one by one."""
        return [
            f"{count - MOST_OF_A_CAUSE:,} more like it: {self.texts[cause]}"
            for cause, count in self.counts.items()
            if count > MOST_OF_A_CAUSE
        ]


def of_claim(found: BadClaim | Remark) -> str:
    """``claim C-7: ``: the sender's id, else the position in the file."""
    if found.id:
        return f"claim {found.id}: "
    return f"{found.claim}: " if found.claim else ""
