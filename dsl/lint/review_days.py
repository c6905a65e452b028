"""Checks of review days: nobody reads hundreds of sources again in one week."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from zlib import crc32

from dsl.lint.registry import Asked, Finding, check

SOONEST, SPREAD_OVER = 90, 275
"""Days after reading: due at the soonest, and over how many days more, a year in all."""
WEEK = 7
"""Days."""
FEW = 5
"""So many sources are read again in an afternoon."""
LARGEST_SHARE = 10
"""Percent of all sources that may fall due in one week."""


def spread_day(key: str, read_on: date) -> date:
    """The review day of a source: three months to a year after reading, by its key alone.

    The key's checksum chooses the day, so that neighbours fall apart and nobody decides.
    """
    return read_on + timedelta(days=SOONEST + crc32(key.encode()) % SPREAD_OVER)


@check("L009", "review-days-on-a-cliff", "warning", "Many sources fall due in one week")
def review_days_on_a_cliff(asked: Asked) -> Iterator[Finding]:
    """Sources that are to be read again together with too many others."""
    sources = asked.model.sources
    due = Counter(s.review_by.toordinal() for s in sources if s.review_by)
    for source in sources:
        if source.review_by is None or source.read_on is None:
            continue
        with_it = most_in_a_week(source.review_by.toordinal(), due)
        crowded = with_it > FEW and with_it * 100 > LARGEST_SHARE * len(sources)
        day = spread_day(source.key, source.read_on)
        if crowded and source.review_by != day:
            yield Finding(
                source.place,
                f"`{source.key}` falls due on {source.review_by}, and {with_it} of "
                f"{len(sources)} sources within one week. Spread the days over a year, or "
                "say why this one cannot wait.",
                f"review by: {day}",
            )


def most_in_a_week(day: int, due: Counter[int]) -> int:
    """How many fall due in the fullest week that holds a day; days by their ordinals."""
    weeks = (range(first, first + WEEK) for first in range(day - WEEK + 1, day + 1))
    return max(sum(due[each] for each in week) for week in weeks)
