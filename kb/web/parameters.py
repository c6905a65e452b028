"""What each address of ours may be asked: other words in it are refused, by name of none.

A word that is not known would be ignored in silence, and would make a cached page anew.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from datasette.utils.asgi import Request, Response

from kb.web.page import PageProblem

Handler = Callable[[Any, Request], Awaitable[Response]]
Declared = TypeVar("Declared", bound=Handler)


def takes(*names: str) -> Callable[[Declared], Declared]:
    """Declare what the address of a handler may be asked."""

    def declare(handler: Declared) -> Declared:
        handler.__dict__["takes"] = frozenset(names)
        return handler

    return declare


def known_to(handler: Handler) -> frozenset[str] | None:
    """What a handler's address may be asked; ``None`` when nobody declared it."""
    return cast("frozenset[str] | None", handler.__dict__.get("takes"))


def unknown_asked(handler: Handler, given: Iterable[str]) -> PageProblem | None:
    """The problem of an address that asks for what is not known."""
    known = known_to(handler)
    if known is None or known.issuperset(given):
        return None
    names = ", ".join(f"{name}=" for name in sorted(known))
    message = (
        f"Known here: {names}." if names else "This address takes nothing behind a ?."
    )
    return PageProblem(400, "This address asks for something unknown", message)


def key_of(request: Request) -> str:
    """The address as a cache knows it: what is asked in one order, nothing empty."""
    asked = sorted(
        (name, str(request.args[name]).strip())
        for name in request.args
        if str(request.args[name]).strip()
    )
    return f"{request.path}?{urlencode(asked)}"
