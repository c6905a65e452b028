"""Claims that break a law, made as small as they can be while they still break it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from kb.claims.model import Claim
from tests.laws.mixing import Claims

MOST_TRIES = 600


def shrunk(claims: Claims, breaks: Callable[[Claims], bool]) -> Claims:
    """The claims without each claim, line, past service and fact that is not needed."""
    tries = 0
    while True:
        for smaller in smaller_ones(claims):
            tries += 1
            if tries > MOST_TRIES:
                return claims
            if breaks(smaller):
                claims = smaller
                break
        else:
            return claims


def smaller_ones(claims: Claims) -> Iterator[Claims]:
    """The claims with one thing less, the largest things first."""
    if len(claims) > 1:
        yield from (claims[:n] + claims[n + 1 :] for n in range(len(claims)))
    for place, claim in enumerate(claims):
        for smaller in smaller_claims(claim):
            yield (*claims[:place], smaller, *claims[place + 1 :])


def smaller_claims(claim: Claim) -> Iterator[Claim]:
    """The claim with one line, past service, fact or modifier less."""
    lines, past = claim.lines, claim.history.lines
    if len(lines) > 1:
        for n in range(len(lines)):
            yield replace(claim, lines=lines[:n] + lines[n + 1 :])
    for n in range(len(past)):
        left = past[:n] + past[n + 1 :]
        yield replace(claim, history=replace(claim.history, lines=left))
    for name in claim.facts:
        left_facts = {key: x for key, x in claim.facts.items() if key != name}
        yield replace(claim, facts=left_facts)
    for n, line in enumerate(lines):
        if line.modifiers or line.facts:
            bare = replace(line, modifiers=(), facts={})
            yield replace(claim, lines=(*lines[:n], bare, *lines[n + 1 :]))
