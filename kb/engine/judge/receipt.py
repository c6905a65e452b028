"""The receipt of an answer: what it was made from, as hashes.  No clock."""

from __future__ import annotations

import hashlib
import json

from kb.claims.json.writer import claim_to_json
from kb.claims.model import Claim
from kb.engine.judge.answer import Receipt
from kb.engine.program import Program
from kb.version import ENGINE_VERSION

CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"))


def receipt_of(claim: Claim, program: Program) -> Receipt:
    """The receipt for one claim under one program."""
    return Receipt(
        language=program.language,
        engine=ENGINE_VERSION,
        database=program.database,
        editions=program.editions,
        claim=claim_hash(claim),
    )


def claim_hash(claim: Claim) -> str:
    """SHA-256 of the claim's canonical JSON."""
    text = CANONICAL.encode(claim_to_json(claim))
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
