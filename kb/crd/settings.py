"""How the CRD service is served."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CrdSettings:
    """How the CRD service is served."""

    host: str = "127.0.0.1"
    """Address to listen on."""
    port: int = 8002
    hosts: tuple[str, ...] = ()
    """Names by which clients may reach it, besides this machine's own; small letters."""
    token: str = ""
    """What every request must bring along; empty: nothing is asked."""
    max_body_bytes: int = 2_000_000
    body_seconds: float = 30.0
    """A body that takes longer to come is not waited for."""
    at_once: int = 2
    """Requests that are answered at a time."""
    may_wait: int = 64
    """So many more may wait; the others are told to come again."""
