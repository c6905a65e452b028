"""Claims of several files in runs, each with its patient's others, wherever they stand.

A quick look tells whether any patient comes back after another's claims, in the same file
or in the next.  If none does, each claim is answered as it is read.  Else the files are
read twice: first what the claims of such patients show to each other goes on a shelf on
disk (``kb.evaluate.shelf``), then the claims are given in the order of the files.  So
memory holds a number of each patient and nothing else, and the order of the answers is
that of the input; sorting the claims by patient would give up both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from kb.claims.model import Claim, Remark, own_patient
from kb.claims.read import stream_chunks
from kb.claims.returning import UNTOLD, Look, coming_back, look, number_of
from kb.claims.runs import Check, Found, Run, checked, in_runs
from kb.evaluate.shelf import Shelf, distinct, written
from kb.evaluate.sources import Source

TWICE = (
    "the same claim stands in the files more than once: each was answered as if it were"
    " sent once"
)
_NOBODY = -(1 << 64)
"""Below the numbers of all people."""
Kept = Callable[[Claim], bool]


@dataclass(frozen=True, slots=True)
class Comers:
    """Which claims may be of patients who come back."""

    kept: Kept | None
    """``None``: nobody comes back."""


def runs_of(sources: Sequence[Source], check: Check) -> Iterator[Found]:
    """The claims of the files in runs, with each fault and remark, in their order.

    A claim in which ``check`` finds faults is a bad one.
    Raises ``kb.claims.ClaimFileError`` when a file can no longer be read.
    """
    comers = who_comes_back(sources)
    twice: set[int] = set()
    with ExitStack() as stack:
        shelf = None
        if comers.kept is not None:
            shelf = stack.enter_context(Shelf())
            shelf.put(filter(comers.kept, _claims(sources, check)))
        for source in sources:
            with source.open() as stream:
                read = stream_chunks(source.chunks(stream), source.name)
                for found in in_runs(checked(read, check)):
                    if shelf is None or not isinstance(found, Run):
                        yield found
                    else:
                        yield from _beside_others(found, shelf, source.name, twice)


def who_comes_back(sources: Sequence[Source]) -> Comers:
    """Look the files through, without reading their claims."""
    ways: set[Look] = set()
    back = coming_back(_people(sources, ways))
    if not back:
        return Comers(None)
    if UNTOLD in back:
        return Comers(lambda _: True)
    if ways == {"member"}:
        return Comers(lambda claim: number_of(claim.member) in back)
    return Comers(lambda claim: number_of(claim.patient) in back)


def _people(sources: Sequence[Source], ways: set[Look]) -> Iterator[int]:
    """The people of all files; ``ways`` then tells how they are numbered."""
    for place, source in enumerate(sources):
        with source.open() as stream:
            way, numbers = look(source.chunks(stream))
            ways.add(way)
            if not way or len(ways) > 1:
                yield from (UNTOLD, 1, UNTOLD)
                return
            yield from numbers
        # Runs end with their file: who is last in one and first in the next comes back.
        yield _NOBODY - place


def _claims(sources: Sequence[Source], check: Check) -> Iterator[Claim]:
    for source in sources:
        with source.open() as stream:
            read = stream_chunks(source.chunks(stream), source.name)
            for found in checked(read, check):
                if isinstance(found, Claim):
                    yield found


def _beside_others(
    run: Run, shelf: Shelf, name: str, twice: set[int]
) -> Iterator[Found]:
    """The run with its patient's others; ``twice`` are claims that were said to be doubled."""
    patient = run.claims[0].patient
    if patient == own_patient(run.claims[0].id):
        yield run
        return
    rows = shelf.of(patient)
    for claim in run.claims:
        text = written(claim)
        if rows.count(text) > 1 and hash(text) not in twice:
            twice.add(hash(text))
            yield Remark(name, TWICE, id=claim.id)
    others = distinct(rows, run.claims)
    yield run._replace(others=tuple(c for c in others if c.patient == patient))
