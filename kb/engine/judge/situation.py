"""The situation that a rule is asked in: one claim line with all that is around it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from dsl.ir.parts import Window
from dsl.ir.rule import Last
from kb.claims.model import Claim, ClaimLine, FactValue
from kb.engine.judge.books import Book, Question, book_of
from kb.engine.judge.events import Event, Services, event_of_line
from kb.engine.judge.windows import Span, span_of
from kb.engine.program import Program


@dataclass(slots=True)
class Situation:
    """One claim line, its claim, and the patient's services."""

    program: Program
    claim: Claim
    line: ClaimLine
    payer: str
    services: Services
    event: Event = field(init=False)
    day: date = field(init=False)
    last: Last | None = None
    """Whose procedure facts the rule at hand looks at."""
    each: Event | None = None
    """The earlier service whose facts a test looks at."""

    def __post_init__(self) -> None:
        self.day = self.line.date
        self.event = event_of_line(self.claim, self.line)

    def book(self, question: Question) -> Book:
        """The patient's services that a question counts for lines of this one's groups."""
        return book_of(self.services, question, self.event, self.program)

    def clock_day(self, clock: str) -> date | None:
        """A day of the claim: ``service``, ``received`` or ``requested``."""
        if clock == "service":
            return self.day
        return self.claim.received if clock == "received" else self.claim.requested

    @property
    def history_is_complete(self) -> bool:
        """Whether the history holds what every biller did."""
        history = self.claim.history
        return history.state == "complete" and history.reach == "all-billers"

    def claim_fact(self, name: str, scope: str) -> FactValue | None:
        """What the line or the claim says of a fact."""
        if scope == "line" and name in self.line.facts:
            return self.line.facts[name]
        return self.claim.facts.get(name)

    def field_value(self, name: str) -> str:
        """A claim field; empty when the claim does not give it."""
        match name:
            case "place":
                return self.line.place
            case "level":
                return self.line.level
            case "state":
                return self.claim.state
            case "plan":
                return self.claim.plan
            case "payer":
                return self.payer
            case "authorization":
                return self.line.authorization or self.claim.authorization or ""
        if name == "rendering-npi":
            return self.line.rendering
        return self.claim.fields.get(name, "")

    def window(self, window: Window) -> Span | None:
        """The window with a plan year put in its place; ``None`` when it is not given."""
        return span_of(window, self.claim.fields.get("plan-year-start", ""))
