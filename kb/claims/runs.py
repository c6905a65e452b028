"""Claims of one patient together, so that each is answered with the others' lines.

Claims that stand one after the other are one run.  When a patient comes back later in
a regular file, the file is read twice: first what the claims of such patients show to
each other is taken into memory, then the claims are given in the order of the file.
Nothing is written to disk.  A pipe cannot be read twice: there a claim is given with
what came before it, and a remark says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import BinaryIO, NamedTuple, TypeVar

from kb.claims.json.text import MOST_BYTES, first_part
from kb.claims.model import BadClaim, Claim, PayerNamed, Read, Remark
from kb.claims.read import (
    can_be_read_twice,
    chunks_of,
    first_filled,
    format_of,
    opened,
    stream_chunks,
)
from kb.claims.returning import coming_back, number_of, returning

Given = TypeVar("Given")
Check = Callable[[Claim], list[BadClaim]]
"""Gives the faults of a claim that a reader cannot know."""

CAME_BACK = (
    "claims of the same patient stood before, with others between: it was answered"
    " with what came before it, and they without it"
)


class Run(NamedTuple):
    """Claims of one patient that stand together, and the patient's others.

    The others hold what claims see of each other: lines, and what is replaced.
    """

    claims: tuple[Claim, ...]
    others: tuple[Claim, ...] = ()


Found = Run | BadClaim | Remark


def _no_faults(_: Claim) -> list[BadClaim]:
    return []


def stream_runs(path: str | Path, check: Check = _no_faults) -> Iterator[Found]:
    """The claims of a file in runs, with each fault and remark, in the file's order.

    A claim in which ``check`` finds faults is a bad one.  Raises
    ``kb.claims.ClaimFileError`` as ``read_claims`` does.
    """
    with opened(path) as (stream, name):
        if can_be_read_twice(stream):
            yield from _of_a_file(stream, name, check)
            return
        chunks = chunks_of(stream, name)
        start = first_filled(chunks)
        if format_of(start) == "json":
            start, per_line = first_part(chain((start,), chunks))
            if not per_line:
                # It is taken into memory whole in any case.
                content = BytesIO(start + b"".join(_not_too_much(chunks)))
                yield from _of_a_file(content, name, check)
                return
        yield from _of_a_pipe(chain((start,), chunks), name, check)


def runs_in(
    content: bytes, name: str = "", check: Check = _no_faults
) -> Iterator[Found]:
    """The same of bytes that are in memory already."""
    return _of_a_file(BytesIO(content), name, check)


def runs_together(read: Iterable[Read], check: Check = _no_faults) -> Iterator[Found]:
    """The same of what a reader gave, all of it in memory: nobody comes back unseen."""
    found = list(checked(read, check))
    claims = [one for one in found if isinstance(one, Claim)]
    back = coming_back(number_of(claim.patient) for claim in claims)
    others: dict[int, list[Claim]] = defaultdict(list)
    for claim in claims if back else ():
        if (number := number_of(claim.patient)) in back:
            others[number].append(as_others_see(claim))
    for one in in_runs(found):
        if isinstance(one, Run):
            yield with_others(one, others.get(_number(one), ()))
        else:
            yield one


def _not_too_much(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The chunks up to the size beyond which a text is refused."""
    size = 0
    for chunk in chunks:
        yield chunk
        size += len(chunk)
        if size > MOST_BYTES:
            return


def _of_a_file(stream: BinaryIO, name: str, check: Check) -> Iterator[Found]:
    others = _others_in(stream, name, check)
    chunks = chunks_of(stream, name)
    for found in in_runs(checked(stream_chunks(chunks, name), check)):
        if isinstance(found, Run):
            yield with_others(found, others.get(_number(found), []))
        else:
            yield found


def _of_a_pipe(chunks: Iterator[bytes], name: str, check: Check) -> Iterator[Found]:
    return runs_as_they_come(stream_chunks(chunks, name), name, check)


def runs_as_they_come(
    read: Iterable[Read], name: str = "", check: Check = _no_faults
) -> Iterator[Found]:
    """The same of what can be read only once.

    A claim of a patient who was there before is given with what came before it, and a
    remark says so.
    """
    before: dict[int, list[Claim]] = defaultdict(list)
    for found in in_runs(checked(read, check)):
        if not isinstance(found, Run):
            yield found
            continue
        earlier = before[_number(found)]
        run = with_others(found, earlier)
        if run.others:
            yield from (Remark(name, CAME_BACK, id=claim.id) for claim in run.claims)
        earlier += map(as_others_see, run.claims)
        yield run


def _others_in(stream: BinaryIO, name: str, check: Check) -> dict[int, list[Claim]]:
    """The claims of patients who come back, as others see them.

    The stream is then where it was.
    """
    begin = stream.tell()
    back = returning(stream)
    stream.seek(begin)
    if back is not None and not back:
        return {}
    kept: dict[int, list[Claim]] = defaultdict(list)
    order: list[int] = []
    for found in checked(stream_chunks(chunks_of(stream, name), name), check):
        if isinstance(found, Claim):
            number = number_of(found.patient)
            order.append(number)
            if back is None or number in back:
                kept[number].append(as_others_see(found))
    stream.seek(begin)
    return {number: kept[number] for number in coming_back(order)}


def checked(found: Iterable[Given], check: Check) -> Iterator[Given | BadClaim]:
    """What a reader gives, with claims that ``check`` refuses as bad ones."""
    number = 0
    for one in found:
        if not isinstance(one, Claim):
            yield one
            continue
        number += 1
        faults = check(one)
        which = f"claim {number} of those read: " if number > 1 else ""
        yield from (replace(fault, where=which + fault.where) for fault in faults)
        if not faults:
            yield one


def in_runs(found: Iterable[Read]) -> Iterator[Found]:
    """Claims of one patient that stand together as one run."""
    run: list[Claim] = []
    for one in found:
        if not isinstance(one, Claim):
            yield one
            continue
        if run and one.patient != run[0].patient:
            yield Run(tuple(run))
            run = []
        run.append(one)
    if run:
        yield Run(tuple(run))


def _number(run: Run) -> int:
    return number_of(run.claims[0].patient)


def with_others(run: Run, claims: Iterable[Claim]) -> Run:
    """The run with those claims of its patient that are not in it."""
    own = {claim.id for claim in run.claims}
    patient = run.claims[0].patient
    others = (c for c in claims if c.patient == patient and c.id not in own)
    return run._replace(others=tuple(others))


def as_others_see(claim: Claim) -> Claim:
    """What other claims of the patient are answered with: no history, no payer."""
    return Claim(
        claim.id,
        claim.patient,
        PayerNamed(),
        claim.lines,
        frequency=claim.frequency,
        replaces=claim.replaces,
    )
