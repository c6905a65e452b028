"""The receipt of an answer in one line; all of it where it is asked for."""

from __future__ import annotations

from collections.abc import Iterator

from kb.engine.judge.answer import ClaimAnswer
from kb.engine.report.screen import OF_CLAIM, apart, labelled
from kb.engine.report.words import many

DIGITS = 12


def footer(answer: ClaimAnswer, *, verbose: bool) -> Iterator[str]:
    """How much was asked, and the hashes of what the answer was made from."""
    policies = len(answer.searched.policies)
    met = sum(r.status == "met" for line in answer.lines for r in line.results)
    asked = f"{many(policies, 'policy', 'policies')}, {many(met, 'rule')} met"
    more = "" if verbose or not policies else " (-v shows them)"
    r = answer.receipt
    if verbose:
        editions = ", ".join(f"{name} {edition}" for name, edition in r.editions)
        tables = f"code tables {editions}" if editions else "no code tables"
        made = f"language {r.language}, engine {r.engine}, {tables}"
        yield from labelled("made by", made, OF_CLAIM)
    yield apart(asked + more, f"db {short(r.database)}  claim {short(r.claim)}")


def short(digest: str) -> str:
    """The first digits of ``sha256:...``."""
    return digest.removeprefix("sha256:")[:DIGITS]
