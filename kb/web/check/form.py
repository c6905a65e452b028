"""The claim form: what it offers to choose from, and what was written in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kb.claims.json.claim import FIELD_SHAPES
from kb.claims.words import CLOSED, PERFORMERS, PLANS
from kb.engine.judge.evaluate import Engine
from kb.web.check.fields import ALL_KNOWN, MORE, Fields, rows_in
from kb.web.check.view import Asked

STATES = (
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "DC", "FL", "GA", "HI", "ID", "IL", "IN",
    "IA", "KS", "KY", "LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH",
    "NJ", "NM", "NY", "NC", "ND", "OH", "OK", "OR", "PA", "PR", "RI", "SC", "SD", "TN", "TX",
    "UT", "VT", "VA", "WA", "WV", "WI", "WY",
)  # fmt: skip
AUTHORIZATIONS = ("approved", "pending", "denied", "none")
SHOWN = frozenset(
    {
        "payer", "plan", "state", "place", "date", "diagnoses", "authorization", "received",
        "requested", "type", "frequency", "replaces", "chart", ALL_KNOWN,
        *(f"fields.{name}" for name in FIELD_SHAPES),
    }
)  # fmt: skip
FOLDED = SHOWN - {"payer", "plan", "state", "place", "date", "diagnoses", ALL_KNOWN}
LINE_FIELDS = ("code", "modifiers", "units", "pointers", "level", "rendering", "date")
EARLIER_FIELDS = ("date", "code", "modifiers", "level", "units")


@dataclass(frozen=True, slots=True)
class Form:
    """The form as it is shown."""

    fields: Fields
    payers: tuple[str, ...]
    plans: tuple[str, ...]
    lines: int
    earlier: int
    given: tuple[Asked, ...]
    """Facts that were given already, as they were asked."""
    carried: tuple[tuple[str, str], ...]
    """What the claim says besides, that the form only hands on."""
    faults: Mapping[str, tuple[str, ...]]
    """What is wrong in a field, by its name."""

    def value(self, name: str) -> str:
        """What was written in a field."""
        return self.fields.get(name, "")

    @property
    def rest_given(self) -> bool:
        """Whether a field was filled in that is folded away at first."""
        return any(self.value(name) or name in self.faults for name in FOLDED)

    def offered(self, name: str, words: tuple[str, ...]) -> tuple[str, ...]:
        """Words to choose from, with the one that was given."""
        own = self.value(name)
        return words if not own or own in words else (own, *words)


def form_of(
    fields: Fields, engine: Engine, faults: Mapping[str, tuple[str, ...]] | None = None
) -> Form:
    """The form with what was written in it."""
    lines = max(rows_in(fields, "lines"), 1) + (fields.get(MORE) == "lines")
    earlier = rows_in(fields, "history.lines") + (fields.get(MORE) == "earlier")
    shown = {
        *(f"lines[{row}].{name}" for row in range(lines) for name in LINE_FIELDS),
        *(
            f"history.lines[{row}].{name}"
            for row in range(earlier)
            for name in EARLIER_FIELDS
        ),
        *SHOWN,
    }
    known = set(PLANS) | set(engine.plans)
    carried = tuple(
        (name, text)
        for name, text in fields.items()
        if name not in shown and "." in name and not name.startswith("facts.") and text
    )
    return Form(
        fields,
        tuple(sorted({payer.title for payer in engine.program.payers})),
        tuple(sorted(known)),
        lines,
        max(earlier, 1),
        tuple(given(fields, engine)),
        carried,
        faults or {},
    )


def given(fields: Fields, engine: Engine) -> list[Asked]:
    """The facts that the form says already."""
    found = []
    for name, text in fields.items():
        fact = name.removeprefix("facts.")
        words = engine.program.facts.get(fact)
        if name.startswith("facts.") and text and words:
            title = words.title or fact.replace("-", " ")
            found.append(
                Asked(name, title, words.ask, words.where, words.kind, words.choices, 0)
            )
    return found


WORDS: dict[str, tuple[str, ...]] = {
    "performers": PERFORMERS,
    "networks": CLOSED["network"],
    "sexes": CLOSED["sex"],
    "states": STATES,
    "authorizations": AUTHORIZATIONS,
}
