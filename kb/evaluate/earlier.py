"""Earlier claims that a work is answered with: read once, looked up where it is answered."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kb.claims.model import BadClaim, Remark
from kb.history.known import KnownHistory


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the files of earlier claims tell."""

    known: KnownHistory
    said: tuple[BadClaim | Remark, ...] = ()
    """What could not be read of them, and what was left out."""

    @property
    def without_tellings(self) -> KnownHistory:
        """All that a process has to know that is told with each run what is told of it."""
        return replace(self.known, told={})
