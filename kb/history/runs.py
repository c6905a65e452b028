"""Claims on their way to be answered, each with the earlier services of its patient."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kb.claims.runs import Found, Run
from kb.history.known import KnownHistory, names_of, with_history


def runs_with_history(found: Iterable[Found], known: KnownHistory) -> Iterator[Found]:
    """The same with each claim's history filled; what has to be said of it stands before."""
    for one in found:
        if not isinstance(one, Run):
            yield one
            continue
        names = names_of([*one.claims, *one.others])
        claims = []
        for claim in one.claims:
            filled, remarks = with_history(claim, known, names)
            yield from remarks
            claims.append(filled)
        yield one._replace(claims=tuple(claims))
