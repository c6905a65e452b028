"""Claims on their way to be answered, each with the earlier services of its patient."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from kb.claims.runs import Found, Run, as_others_see
from kb.history.known import KnownHistory, as_it_stands, names_of, with_history
from kb.history.telling import member_of


class Asked(NamedTuple):
    """A run with all that is told of earlier claims under its member ids.

    Whoever has it needs no other part of the history, so that many processes can look
    up earlier services of which only one holds all.
    """

    run: Run
    told: Mapping[str, frozenset[str]]
    """As in ``KnownHistory``."""


def with_tellings(
    found: Iterable[Found], known: KnownHistory
) -> Iterator[Found | Asked]:
    """The same with what is told under the member ids of each run."""
    for one in found:
        if not isinstance(one, Run):
            yield one
            continue
        members = {member_of(claim) for claim in one.claims}
        told = {m: known.told[m] for m in sorted(members) if m in known.told}
        yield Asked(one, told)


def filled(asked: Asked, known: KnownHistory) -> Iterator[Found]:
    """The run with its history, as ``runs_with_history`` gives it.

    Of ``known`` all but its tellings is used.
    """
    return runs_with_history((asked.run,), replace(known, told=asked.told))


def runs_with_history(found: Iterable[Found], known: KnownHistory) -> Iterator[Found]:
    """The same with each claim's history filled; what has to be said of it stands before.

    Where it is known that a claim was denied or taken back, the others of its patient are
    answered without it.
    """
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
        yield from _as_they_stand(one._replace(claims=tuple(claims)), known)


def _as_they_stand(run: Run, known: KnownHistory) -> Iterator[Run]:
    """The run, or a run for each claim where not all stand as they were sent."""
    if len(run.claims) + len(run.others) == 1:
        yield run
        return
    # Of claims that stand elsewhere in the file the member id is not kept.
    member = member_of(run.claims[0])
    sent = {claim.id: claim for claim in [*run.others, *run.claims]}
    stand = {name: as_it_stands(claim, member, known) for name, claim in sent.items()}
    if all(stand[name] is claim for name, claim in sent.items()):
        yield run
        return
    for claim in run.claims:
        others = (seen for name, seen in stand.items() if seen and name != claim.id)
        yield Run((claim,), tuple(map(as_others_see, others)))
