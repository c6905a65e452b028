"""The frame around every page: the box, the choices made, the way to the other pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from markupsafe import Markup

from kb.plain.trade import PLACES
from kb.read.families import families, family_title
from kb.read.records import Payer
from kb.read.store import KnowledgeBase, contractors, payers
from kb.reference.days import day_of
from kb.web.options import options
from kb.web.states import STATES
from kb.web.where import CARRIED, CHOICES, Where, adding, day_shown, where_of

WITH_JSON = re.compile(
    r"/(?:payers|changes|compare|coverage|search|code/[^/]+|answer/[^/]+/[^/]+|rule/.+)"
)
"""The pages that have the same as JSON beside them, at their address with ``.json``."""
_PLACES = tuple((key, f"{key} {title}") for key, title in PLACES.items())
STAYING = ("/compare", "/coverage", "/changes", "/payers", "/check")
"""The pages that answer a change of the choices themselves."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What the frame of one page shows."""

    where: Where = field(default_factory=Where)
    path: str = ""
    has_json: bool = False
    """Whether the same stands beside it as JSON."""
    payers: tuple[Payer, ...] = ()
    states: tuple[str, ...] = ()
    """Where the payer has contractors, or every state."""
    families: Mapping[str, str] = field(default_factory=dict)
    today: str = ""
    query: str = ""
    """What stands behind the path in the address, with its question mark."""
    compares: str = ""
    """The payers that the page compares, as its address names them."""

    @property
    def day(self) -> str:
        """The day that the page answers for."""
        return day_shown(self.where).isoformat()

    @property
    def payer_options(self) -> Markup:
        """Every payer to choose from."""
        entries = tuple((each.id, each.title) for each in self.payers)
        return options(entries, self.where.payer)

    @property
    def state_options(self) -> Markup:
        """The states to choose from."""
        return options(
            tuple(zip(self.states, self.states, strict=True)), self.where.state
        )

    @property
    def place_options(self) -> Markup:
        """The places of service to choose from."""
        return options(_PLACES, self.where.place)

    @property
    def family_options(self) -> Markup:
        """The families of procedures that a half typed one may become."""
        return options(tuple((title, "") for title in self.families.values()))

    @property
    def at(self) -> str:
        """The page to stay on when a choice changes, if it is one for that."""
        return self.path if self.path in STAYING else ""

    @property
    def payer_title(self) -> str:
        """Of the payer chosen, as short as its title allows."""
        found = (each.title for each in self.payers if each.id == self.where.payer)
        return next(found, "")

    def to(self, path: str) -> str:
        """Another page about the same."""
        return self.where.address(path, *CHOICES)

    def like(self, path: str) -> str:
        """Another page for the same state, place and day."""
        return self.where.address(path, *CARRIED)

    @property
    def compared(self) -> str:
        """The comparison that begins with this payer and procedure."""
        here = self.where.address("/compare", "code", "family", *CARRIED)
        return adding(here, payers=self.where.payer)

    @property
    def for_today(self) -> str:
        """The same page for services of today."""
        here = self.where.today().address(self.path, *self._asked_in_query())
        return adding(here, payers=self.compares)

    def beside(self, ending: str) -> str:
        """The same with another ending: a table of a page, as ``.csv``."""
        return f"{self.path}{ending}{self.query}"

    def _asked_in_query(self) -> tuple[str, ...]:
        """Choices that the path does not already make."""
        named = where_of(self.path, {})
        return tuple(each for each in CHOICES if not getattr(named, each))


def frame_of(
    kb: KnowledgeBase, path: str, args: Mapping[str, str], query: str = ""
) -> Frame:
    """The frame of the page at ``path``; ``query`` is what stands behind its ``?``."""
    where = where_of(path, args)
    has_json = bool(WITH_JSON.fullmatch(path)) and not path.endswith(".json")
    several = "," in str(args.get("payers") or "")
    compares_nothing = path == "/compare" and not (several and where.subject)
    if compares_nothing or args.get("kind"):
        # A comparison begun, and the further hits of one kind, have none.
        has_json = False
    own = {
        state for each in contractors(kb, where.payer or None) for state in each.states
    }
    return Frame(
        where=where,
        path=path,
        has_json=has_json,
        query=f"?{query}" if query else "",
        payers=payers(kb),
        states=tuple(sorted(own if where.payer and own else STATES)),
        families={each: family_title(each) for each in families(kb, day_shown(where))},
        today=day_of(None).isoformat(),
        compares=str(args.get("payers") or "") if path == "/compare" else "",
    )
