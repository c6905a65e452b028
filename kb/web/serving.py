"""What a served site shares: its settings, and the turns of what is costly."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from kb.web.settings import Settings
from kb.web.turns import Turns
from kb.web.visits import Visits

MOST_WAITING = 64
"""So many costly questions may wait; the others are told to come again."""
LEFT_TO_OTHERS = 1.0
"""After a page of tables others have the processor for as long as it took."""


@dataclass(frozen=True, slots=True)
class Serving:
    """A site as it is served."""

    settings: Settings
    checks: Turns
    tables: Turns
    visits: Visits = field(default_factory=Visits)


def serving(settings: Settings) -> Serving:
    """A site with its turns."""
    return Serving(
        settings,
        Turns(settings.checks_at_once, MOST_WAITING),
        Turns(settings.tables_at_once, MOST_WAITING, LEFT_TO_OTHERS),
    )


def serving_of(datasette: Any) -> Serving:  # noqa: ANN401  (Datasette is not typed)
    """How a site is served; as by default, when it was made without saying how."""
    found = getattr(datasette, "payerkb", None)
    if not isinstance(found, Serving):
        found = datasette.payerkb = serving(Settings())
    return found
