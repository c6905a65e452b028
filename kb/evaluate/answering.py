"""The one function that answers many claims: of a command, a program, a cluster."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kb.claims.model import BadClaim, Remark
from kb.claims.runs import Found, Run
from kb.engine import ClaimAnswer, Engine

Answered = ClaimAnswer | BadClaim | Remark


def answered(runs: Iterable[Found], engine: Engine) -> Iterator[Answered]:
    """An answer for each claim of the runs, in their order, each as soon as it is made.

    What could not be read, and what was left out, is handed on in its place.  The claims
    are checked already, as ``kb.claims.stream_runs`` does with ``engine.faults_in``:
    their facts are taken as they are.  Each run is answered by itself, so whoever cuts the
    runs into parts has the same answers.
    """
    sound = engine.taking_any_facts()
    for found in runs:
        if isinstance(found, Run):
            yield from sound.answer(found.claims, others=found.others)
        else:
            yield found
