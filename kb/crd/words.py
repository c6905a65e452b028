"""What an answer says of an order: to somebody who has not yet done what is ordered.

The engine's sentences speak of a claim for a service that was given.  Here nothing is
written off or appealed: the next day, the approval and the points of the chart are told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from kb.crd.assertion import only_together
from kb.crd.orders import Order
from kb.engine import Engine
from kb.engine.judge.answer import ClaimAnswer, LineAnswer
from kb.engine.judge.undecided import NO_STATE
from kb.engine.report import counts
from kb.engine.report.checklist import (
    AMOUNTS,
    Document,
    checklist,
    number_of_points,
)
from kb.engine.report.sentences import (
    CLEAN,
    broken_of,
    deciding,
    do_line,
    say_line,
)
from kb.engine.report.unknown import by_reason, lacking_on_claim
from kb.engine.report.words import (
    deciding_citation,
    in_a_row,
    many,
    source_text,
    title_of,
    words_of,
)
from kb.engine.rule_words import RuleWords

LEADS = {
    "deny": "{} not covered",
    "fix": "{} not payable as ordered",
    "needs-auth": "Prior authorization needed for {}",
    "review": "A person must check {}",
    "unknown": "{} undecided",
    "note": "{} covered",
    "pass": "{} covered",
}
LACKING = {"diagnosis": "diagnosis", "place": "place of service"}
NO_APPROVAL = re.compile(r": the claim shows no approval\.?$")
AFTER = re.compile(r"[^.]*\b(?:[Ww]rite|appeal|check the claim again)\b[^.]*\.\s*")
"""Sentences for a service that was given already."""
LINE = re.compile(r"\b(?:the )?line (\d+)\b")
LINES = re.compile(r"\blines [\d]+(?:[-, ]|and|\d)*\d\b")
CLAIM = re.compile(r"\b([Tt]he) claim\b(?= (?:does|gives?|says?|shows?|has|names?)\b)")
ON_ORDER = (
    ("he claim's payer may be", "he payer may be"),
    ("the claim does not give its plan", "the Coverage does not give its kind of plan"),
    (" as billed here", " as ordered"),
    ("the service was given", "the service will be given"),
    ("before it is sent", "before it is done"),
)
"""Words about a claim, and those about an order in their place."""
ELEMENT = re.compile(r" \(SBR09[^)]*\)")
"""Where formats of claims say the plan."""
OF_THE_NEXT = re.compile(r"; next from \d{4}-\d\d-\d\d")
TWICE = re.compile(r"\b(\w{5}) on the order of \1\b")
NONE_GIVEN = "; no earlier one is given"
KEY = re.compile(r"\b([a-z0-9-]+) \([a-z-]+\)")
"""A payer's key with its line of business."""
OF_PLAN = "the claim's payer may be"
OF_CLAIMS = frozenset({"pairs", "units", "codes", "add-ons"})
"""Questions that are asked of a claim, when it is billed."""
MOST_SOURCES = 3
FEW = 4
ROOM = 70
"""So many letters of points stand in a summary beside what leads to them."""


@dataclass(frozen=True, slots=True)
class Source:
    """A rule that decides, with where it is written."""

    rule: str
    cited: str
    """``L33906, limitations 6 (primary, read 2026-11-23)``; empty where nothing is cited."""
    url: str
    title: str


@dataclass(frozen=True, slots=True)
class Advice:
    """What is said of one order under one Coverage."""

    payer: str
    """As people call it."""
    lead: str
    """``64483 not covered``."""
    say: str
    do: str
    documents: tuple[tuple[str, str], ...] = ()
    """What the chart must show: each document with its points in a row."""
    limit: str = ""
    """The limits over time that the payer sets."""
    open: str = ""
    """What nobody judged."""
    holds_for: str = ""
    """What was taken that the order does not say."""
    sources: tuple[Source, ...] = ()

    title: str = ""
    """The rule that decides, by its title, where that alone says it."""

    @property
    def whole(self) -> str:
        """All in one sentence."""
        said = inside_of(self.say)
        return ended(f"{self.lead}: {said}" if said else self.lead)

    @property
    def short(self) -> str:
        """The same without the values that were met, where that is possible."""
        if self.documents:
            return ended(self.lead)
        if not self.title:
            return self.whole
        return ended(f"{self.lead}: {inside_of(self.title)}")


def advice_of(
    line: LineAnswer,
    order: Order,
    answer: ClaimAnswer,
    engine: Engine,
    payer: str,
    holds_for: str,
) -> Advice:
    """What is said of the order behind a line."""
    documents = checklist([line], engine) if line.outcome in ASKING else ()
    say, do = sayings(line, order, documents, payer, engine)
    return Advice(
        payer=payer,
        lead=lead_of(line, order, documents).format(line.code),
        say=as_order(say, answer),
        do=as_order(do, answer),
        documents=tuple(
            (each.name, as_order(points_of(each), answer)) for each in documents
        ),
        limit=as_order(limits_of(line), answer),
        open=as_order(open_questions(line), answer),
        holds_for=holds_for,
        sources=sources_of(line, documents, engine),
        title=as_order(title_alone(line, engine), answer),
    )


def title_alone(line: LineAnswer, engine: Engine) -> str:
    """The title of the broken rule that decides; empty where a sum says it better."""
    for result in deciding(line)[:1]:
        if result.status == "not-met" and not result.arithmetic:
            return title_of(words_of(result.rule, engine))
    return ""


ASKING = frozenset({"needs-auth", "needs-evidence"})


def lead_of(line: LineAnswer, order: Order, documents: tuple[Document, ...]) -> str:
    """How the order stands, in few words."""
    if line.outcome == "deny" and only_together(line, order):
        return "{} not covered on the same day"
    if line.outcome == "needs-evidence":
        if broken_of(line):
            return "{} covered only with evidence"
        points = many(number_of_points(documents), "point")
        return f"{{}} covered only if the chart shows {points}"
    if line.outcome in CLEAN and approval_unasked(line):
        return "{} covered, but whether the payer approves it first is not known"
    return LEADS[line.outcome]


def approval_unasked(line: LineAnswer) -> bool:
    """Whether no rule says if it needs an approval."""
    return any(one.question == "approval" for one in line.not_judged)


def sayings(
    line: LineAnswer,
    order: Order,
    documents: tuple[Document, ...],
    payer: str,
    engine: Engine,
) -> tuple[str, str]:
    """What was found, and what to do before the service."""
    match line.outcome:
        case "deny":
            return say_line(line, engine), do_denied(line, order, engine)
        case "needs-auth":
            return NO_APPROVAL.sub("", say_line(line, engine)), do_approval(
                line, payer, engine
            )
        case "needs-evidence" if not broken_of(line):
            return shown(documents), lacking(line)
        case "pass" | "note":
            ask = f"Ask {payer or 'the payer'} whether it wants it approved first."
            return say_line(line, engine), ask if approval_unasked(line) else ""
        case _:
            return why_open(line, engine), do_open(line, engine)


def why_open(line: LineAnswer, engine: Engine) -> str:
    """Why it is not decided, payers by their titles."""
    said = say_line(line, engine)
    if not line.reason.startswith(OF_PLAN):
        return said
    titles = {payer.key: payer.title for payer in engine.program.payers}
    return KEY.sub(lambda found: titles.get(found[1], found[1]), said)


def do_open(line: LineAnswer, engine: Engine) -> str:
    """What would decide it."""
    if line.reason.startswith(OF_PLAN):
        return "Give the kind of plan in the Coverage's type."
    if line.reason.startswith(NO_STATE):
        return "Name the Location where it will be done, with its state."
    return AFTER.sub("", do_line(line, engine)).strip()


def do_denied(line: LineAnswer, order: Order, engine: Engine) -> str:
    """When it may be done, or how else; never what to do about a service given."""
    if only_together(line, order):
        return "Plan the two for different days, or order one of them."
    days = {
        result.arithmetic.next_date
        for result in deciding(line)
        if result.arithmetic and result.arithmetic.next_date
    }
    if days:
        return f"Plan it for {max(days)} or later."
    kept = AFTER.sub("", do_line(line, engine)).strip()
    if not kept and all(result.with_lines for result in deciding(line)):
        return "The payer pays one of them on a day: plan them apart, or order one."
    return (
        kept
        or "The payer does not pay it as ordered: tell the patient before it is done."
    )


def do_approval(line: LineAnswer, payer: str, engine: Engine) -> str:
    """Whom to ask for an approval."""
    asked = (
        words_of(r.rule, engine).ask_of
        for r in line.results
        if r.outcome == "needs-auth"
    )
    whom = next(filter(None, asked), payer or "the payer")
    return f"Ask for it before the service: {whom.rstrip('.')}."


def shown(documents: tuple[Document, ...]) -> str:
    """The points of the chart, those with a number first, as many as are read at once."""
    points = [point for each in documents for point in each.points]
    points.sort(key=lambda x: (not x.wanted.startswith(AMOUNTS), x.if_so))
    named = [point.short for point in points if not point.then][:FEW]
    while len(named) > 1 and sum(map(len, named)) > ROOM:
        named.pop()
    more = len(points) - len(named)
    said = in_a_row([*named, f"{more} more"] if more and named else named)
    return ended(said)


def ended(said: str) -> str:
    """A text with an end, unless it is empty."""
    return said if not said or said[-1] in ".?!" else f"{said}."


def points_of(document: Document) -> str:
    """The points of a document in a row."""
    return "; ".join(point.short.rstrip(".") for point in document.points)


def lacking(line: LineAnswer) -> str:
    """What the order itself does not say."""
    names = [LACKING[name] for name in lacking_on_claim([line])]
    return f"The order gives no {in_a_row(names, 'and no')}." if names else ""


def limits_of(line: LineAnswer) -> str:
    """The limits over time that an order must keep with services that it does not tell."""
    if line.outcome == "deny":
        return ""
    said = {
        OF_THE_NEXT.sub("", counts.said(state)).replace(NONE_GIVEN, "")
        for state in line.limits
        if state.status == "unknown" and counts.is_told(state)
    }
    if not said:
        return ""
    asked = "; ".join(sorted(said))
    return f"Earlier services were not looked at; with them the rules ask for {asked}."


def open_questions(line: LineAnswer) -> str:
    """What nobody judged, by its reason; nothing where the reason is told already."""
    if line.reason or line.outcome == "deny":
        return ""
    # No order brings a history, and pairs and units are counted on a claim.
    told = {"frequency"} if limits_of(line) else set()
    of_orders = [q for q in line.not_judged if q.question not in OF_CLAIMS | told]
    return "; ".join(by_reason(of_orders))


def as_order(said: str, answer: ClaimAnswer) -> str:
    """A sentence about a claim's lines as one about orders."""
    codes = {str(line.number): line.code for line in answer.lines}

    def order(found: re.Match[str]) -> str:
        code = codes.get(found[1], "")
        return f"the order of {code}" if code else found[0]

    said = TWICE.sub(r"\1", LINE.sub(order, LINES.sub("the other orders", said)))
    said = ELEMENT.sub("", said)
    for of_claim, of_order in ON_ORDER:
        said = said.replace(of_claim, of_order)
    return CLAIM.sub(r"\1 order", said)


def inside_of(said: str) -> str:
    """A sentence behind a colon: small first letter, but of names and codes."""
    first = said.partition(" ")[0]
    plain = first[:1].isupper() and first[1:].islower() and first in BEGINNINGS
    return said[:1].lower() + said[1:] if plain else said


BEGINNINGS = frozenset(
    {
        "A",
        "An",
        "Approval",
        "Every",
        "How",
        "In",
        "Meets",
        "No",
        "Nothing",
        "The",
        "What",
    }
)
"""Words that have a capital only because they begin a sentence."""


# ---------- sources ----------


def sources_of(
    line: LineAnswer, documents: Iterable[Document], engine: Engine
) -> tuple[Source, ...]:
    """The rules that decide, each once, with their citations."""
    if line.outcome in CLEAN:
        rules = [*line.grounds]
    else:
        rules = [r.rule for r in deciding(line)] or [
            rule for one in documents for point in one.points for rule in point.rules
        ]
    found: dict[tuple[str, str], Source] = {}
    for rule in dict.fromkeys(rules):
        source = source_of(words_of(rule, engine))
        found.setdefault((source.cited, ""), source)
    return tuple([each for each in found.values() if each.cited][:MOST_SOURCES])


def source_of(words: RuleWords) -> Source:
    """A rule with its citation."""
    cited = deciding_citation(words)
    return Source(
        title_of(words),
        source_text(words),
        cited.url if cited else "",
        cited.title if cited else "",
    )
