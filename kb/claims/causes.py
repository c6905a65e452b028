"""What was not read of claims, and what was settled: by cause, with the first places.

Of a large file a person reads the causes; programs have each fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from kb.claims.model import BadClaim, Remark

MOST_OF_A_CAUSE = 3
"""How many of one cause are told with their places."""
_NUMBERS = re.compile("[0-9]+")
Json = dict[str, Any]


@dataclass(slots=True)
class Cause:
    """How often something was found for one cause, and where first."""

    count: int = 0
    said: str = ""
    """The first of them in its own words."""
    fix: str = ""
    places: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    """The sender's numbers of the claims at these places; empty where not told."""


Causes = dict[str, Cause]
"""Each cause by what its texts have in common: all but their numbers."""


def count_cause(causes: Causes, found: BadClaim | Remark) -> Cause:
    """Count a fault or a remark, and give its cause."""
    text, fix = (
        (found.reason, found.fix) if isinstance(found, BadClaim) else (found.text, "")
    )
    said = text.partition("; the same at ")[0]
    cause = causes.setdefault(_NUMBERS.sub("#", said), Cause(0, said, fix))
    cause.count += 1
    if len(cause.places) < MOST_OF_A_CAUSE:
        cause.places.append(found.where)
        cause.ids.append(found.id)
    return cause


def add_causes(causes: Causes, later: Causes) -> None:
    """Add those of later claims."""
    for key, other in later.items():
        cause = causes.setdefault(key, Cause(0, other.said, other.fix))
        cause.count += other.count
        left = MOST_OF_A_CAUSE - len(cause.places)
        cause.places += other.places[:left]
        cause.ids += other.ids[:left]


def text_of_causes(causes: Causes) -> Iterator[str]:
    """The lines that tell causes to people, first the most frequent."""
    for cause in sorted(causes.values(), key=lambda one: (-one.count, one.said)):
        yield f"  {cause.count:,} x {cause.said}"
        if cause.fix:
            yield f"      {cause.fix}"
        for place, name in zip(cause.places, cause.ids, strict=True):
            yield f"      {place}{f' (claim {name})' if name else ''}"


def more_like_them(causes: Causes) -> Iterator[str]:
    """A sentence for each cause of which some were not told one by one."""
    for cause in causes.values():
        if cause.count > MOST_OF_A_CAUSE:
            yield f"{cause.count - MOST_OF_A_CAUSE:,} more like it: {cause.said}"


def json_of_causes(causes: Causes) -> list[Json]:
    """The same for programs, in the order in which they were met."""
    return [
        {
            "count": cause.count,
            "reason": cause.said,
            "fix": cause.fix,
            "first": [
                {"where": place, "id": name}
                for place, name in zip(cause.places, cause.ids, strict=True)
            ],
        }
        for cause in causes.values()
    ]


def of_claim(found: BadClaim | Remark) -> str:
    """``claim C-7: ``: the sender's id, else the position in the file."""
    if found.id:
        return f"claim {found.id}: "
    return f"{found.claim}: " if found.claim else ""
