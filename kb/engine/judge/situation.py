"""The situation that a rule is asked in: one claim line with all that is around it."""

from __future__ import annotations

from collections.abc import Callable
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
    books: dict[Question, Book] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """The books that were asked for on this line."""

    def __post_init__(self) -> None:
        self.day = self.line.date
        self.event = event_of_line(self.claim, self.line)

    def book(self, question: Question) -> Book:
        """The patient's services that a question counts for lines of this one's groups."""
        found = self.books.get(question)
        if found is None:
            found = book_of(self.services, question, self.event, self.program)
            self.books[question] = found
        return found

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
        own = OWN_FIELDS.get(name)
        return self.claim.fields.get(name, "") if own is None else own(self)

    def window(self, window: Window) -> Span | None:
        """The window with a plan year put in its place; ``None`` when it is not given."""
        return span_of(window, self.claim.fields.get("plan-year-start", ""))


OWN_FIELDS: dict[str, Callable[[Situation], str]] = {
    "place": lambda at: at.line.place,
    "level": lambda at: at.line.level,
    "state": lambda at: at.claim.state,
    "plan": lambda at: at.claim.plan,
    "payer": lambda at: at.payer,
    "authorization": lambda at: at.line.authorization or at.claim.authorization or "",
    "rendering-npi": lambda at: at.line.rendering,
}
"""Fields with a place of their own on line or claim."""
