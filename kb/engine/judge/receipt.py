"""The receipt of an answer: what it was made from, as hashes.  No clock."""

from __future__ import annotations

from hashlib import sha256

from kb.claims.json.canonical import canonical_text
from kb.claims.model import Claim
from kb.engine.judge.answer import Receipt
from kb.engine.program import Program
from kb.version import ENGINE_VERSION

Editions = tuple[tuple[str, str], ...]
"""Editions by name, each with its hash."""


def receipt_of(claim: Claim, program: Program, tables: Editions = ()) -> Receipt:
    """The receipt for one claim under one program and editions of tables."""
    return Receipt(
        language=program.language,
        engine=ENGINE_VERSION,
        database=program.database,
        editions=(*program.editions, *tables),
        claim=claim_hash(claim),
    )


def claim_hash(claim: Claim) -> str:
    """SHA-256 of the claim's canonical JSON."""
    return "sha256:" + sha256(canonical_text(claim).encode()).hexdigest()
