"""By which names a server of ours is asked.

A page of another site can make its own name lead to this machine, and would then be taken
for ours; it cannot make a bare address so.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Collection
from functools import lru_cache
from ipaddress import ip_address

BRACKETED = re.compile(r"\[([0-9a-fA-F:.]+)\](:[0-9]{1,5})?")
PLAIN = re.compile(r"([A-Za-z0-9._-]+?)\.?(:[0-9]{1,5})?")


def is_known_name(host: str, given: Collection[str]) -> bool:
    """Whether a Host header has a name of ours: bare, this machine's own, or one given.

    ``given`` are in small letters, without port.
    """
    name = host_name(host)
    if not name:
        return False
    if name in {*given, "localhost", *own_names()} or name.endswith(".localhost"):
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def host_name(host: str) -> str:
    """The name in a Host header, without its port; empty when there is none."""
    if bracketed := BRACKETED.fullmatch(host):
        return bracketed[1]
    plain = PLAIN.fullmatch(host)
    return plain[1].lower() if plain else ""


@lru_cache(maxsize=1)
def own_names() -> frozenset[str]:
    """The names that this machine gives itself."""
    name = socket.gethostname().lower()
    return frozenset({name, f"{name}.local"})
