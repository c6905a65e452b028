"""Payers grouped by what they say, as lines for people and as JSON."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from kb.asking.cell_words import SOME
from kb.asking.groups import DOUBT, Grouped, Saying

MOST_LINES = 7
MOST_NAMES = 5
"""Payers of a group that are named; of more than these one fewer is, and how many more."""
_NARROWED = re.compile(rf"[:;(]|{SOME}")
NOT_A_NO = "no loaded rule answers; that is not a no"


def group_lines(told: Grouped, of: int = 1) -> Iterator[str]:
    """The answer: Medicare's sentence, numbers that were asked, the biggest groups first."""
    title = told.title[:1].upper() + told.title[1:]
    if told.silent and not told.known:
        yield f"{title}: no loaded rule of {_silent(told)} says it; that is not a no."
        return
    yield title
    if told.first:
        yield f"Medicare: {told.first}{_following(told)}"
    if told.depends and len(told.known) > 1:
        yield f"Depends on the payer: {_counts(told)}"
    for number, groups in told.numbers:
        said = "; ".join(f"{each.says} ({names(each.payers)})" for each in groups)
        yield f"{number}: {said}"
    others = _ways(told)
    most = max(MOST_LINES // of - len(told.numbers), 1)
    # One line is no longer than the line that says it is left out.
    most = most if len(others) > most + 1 else len(others)
    for says, payers in others[:most]:
        yield f"{says}: {names(payers)}"
    if len(others) > most:
        yield f"and {len(others) - most} more ways, in the whole table"
    if told.silent:
        yield f"says nothing: {_silent(told)} ({NOT_A_NO})"


def _ways(told: Grouped) -> list[tuple[str, tuple[Saying, ...]]]:
    """The groups without those who were told with Medicare, or by a number that was asked."""
    by_number = {
        one for _, groups in told.numbers for each in groups for one in each.payers
    }
    ways = []
    for each in told.known:
        with_medicare = any(one.is_medicare for one in each.payers)
        rest = tuple(
            one
            for one in each.payers
            if one not in by_number
            and not (with_medicare and (one.follows or one.is_medicare))
        )
        ways += [(each.says, rest)] if rest else []
    return ways


def _silent(told: Grouped) -> str:
    alone = len(told.silent) == 1
    return told.silent[0].title if alone else f"{len(told.silent)} payers"


def names(payers: Sequence[Saying]) -> str:
    """Payers by name while they are few, those that follow Medicare by their number."""
    own = [each.title for each in payers if not each.follows]
    followers = [each.title for each in payers if each.follows]
    if len(followers) > 1:
        own.append(f"{len(followers)} plans that follow Medicare")
    else:
        own += followers
    if len(own) <= MOST_NAMES:
        return "; ".join(own)
    kept = own[: MOST_NAMES - 1]
    return f"{'; '.join(kept)} and {len(payers) - len(kept)} more"


def groups_json(told: Iterable[Grouped]) -> list[dict[str, object]]:
    """The same for programs."""
    return [
        {
            "question": each.title,
            "medicare": each.first,
            "numbers": {
                number: [
                    {"says": group.says, "payers": [one.title for one in group.payers]}
                    for group in groups
                ]
                for number, groups in each.numbers
            },
            "ways": [
                {
                    "says": group.says,
                    "payers": [one.title for one in group.named],
                    "following_medicare": [one.title for one in group.followers],
                }
                for group in each.groups
            ],
        }
        for each in told
    ]


def _following(told: Grouped) -> str:
    """How many plans say what Medicare says because they follow it."""
    own = (each for each in told.known if any(one.is_medicare for one in each.payers))
    many = sum(len(each.followers) for each in own)
    if not many:
        return ""
    return (
        f" (and {many} plans that follow it)"
        if many > 1
        else " (and 1 plan that follows it)"
    )


def _counts(told: Grouped) -> str:
    """How many payers answer yes, no or otherwise."""
    counts = Counter[str]()
    for each in told.known:
        counts[_verdict(each.says)] += len(each.payers)
    said = [f"{words} at {many}" for words, many in counts.most_common()]
    said += [f"not known of {len(told.silent)}"] if told.silent else []
    return "; ".join(said)


def _verdict(says: str) -> str:
    """An answer without its codes, states and cases."""
    if says.startswith(DOUBT):
        return "not certain"
    return says if not _NARROWED.search(says) else "some codes or cases only"
