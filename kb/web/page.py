"""What a page or a JSON answer is before it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dsl.errors import PayerkbError
from kb.reference.days import BadDay, day_of


@dataclass(frozen=True, slots=True)
class Page:
    """A template with what it shows."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    may_store: bool = True
    """False where the address holds what a person typed: no cache may keep it."""


@dataclass(frozen=True, slots=True)
class File:
    """What is read by other programs than a browser."""

    text: str
    content_type: str
    headers: Mapping[str, str] = field(default_factory=dict)


class PageProblem(PayerkbError):  # noqa: N818  (not always an error: often just not found)
    """A page that cannot be made; status, title and text are for the reader."""

    def __init__(self, status: int, title: str, message: str) -> None:
        super().__init__(title)
        self.status, self.title, self.message = status, title, message


def not_loaded(what: str) -> PageProblem:
    """The problem of asking for something that the knowledge base does not hold."""
    message = f"No {what} of that name is loaded."
    return PageProblem(404, "Not loaded", message)


def asked_day(text: str | None) -> date:
    """The day in the address; a problem that says how to write one when it is bad."""
    try:
        return day_of(text)
    except BadDay as error:
        raise PageProblem(400, "Which day?", str(error)) from None
