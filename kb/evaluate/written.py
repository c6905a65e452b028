"""An answer with all that the forms of output write of it."""

from __future__ import annotations

from typing import NamedTuple

from kb.claims.model import Claim
from kb.engine import ClaimAnswer, Engine
from kb.engine.report.findings import Json


class Written(NamedTuple):
    """An answer with all that forms write of it."""

    claim: Claim
    answer: ClaimAnswer
    brief: Json
    """The answer in the brief form; its number may be a mark."""
    engine: Engine
