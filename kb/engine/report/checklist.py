"""What the chart must show, by the document that shows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from kb.engine.judge.answer import ClaimAnswer, LineAnswer, RuleResult
from kb.engine.judge.evaluate import Engine
from kb.engine.judge.wording import inside
from kb.engine.report.chart_words import only_opens, wanted_of
from kb.engine.report.words import ask_of, fix_text, lines_named, words_of

FEW_WORDS = 45
"""A title of so many letters is short enough for a list."""
MORE_WORDS = 55
AMOUNTS = ("at least", "at most", "more than", "less than", "within")
"""How the words of an amount begin."""


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that the chart must show."""

    fact: str
    title: str
    ask: str
    rules: tuple[str, ...]
    """Row ids of the rules that need it."""
    wanted: str = ""
    """How it must be, where its name does not say it: ``at least 4 weeks``, ``no``."""
    if_so: bool = False
    """Whether it is a yes or no that only helps where it is so."""
    demanded: bool = True
    """Whether a rule asks for it whatever else holds."""

    then: str = ""
    """What to do where it is so, and the claim shows it not: the fix of the one rule."""

    yes_no: bool = False

    @property
    def short(self) -> str:
        """Its name and how it must be, in few words."""
        name = self.fact.replace("-", " ")
        if self.wanted == "no":
            return self.barred
        if self.wanted:
            amount = self.wanted.startswith(AMOUNTS)
            return f"{name} {self.wanted}" if amount else f"{name} ({self.wanted})"
        if self.then:
            own = self.then.startswith("If ")
            return inside(self.then) if own else f"if {name}: {self.then}"
        if self.if_so:
            return f"{name}, if so"
        return inside(self.title) if self.told_by_title else name

    @property
    def barred(self) -> str:
        """``no other pain cause``; a name that ends in what was done makes no such phrase."""
        name = self.fact.replace("-", " ")
        by_title = name.endswith("ed") and len(name) < len(self.title) <= MORE_WORDS
        return f"{inside(self.title)}: no" if by_title else f"no {name}"

    @property
    def told_by_title(self) -> bool:
        """Whether a few words say what is so, better than a name of two."""
        return self.yes_no and len(self.title) <= FEW_WORDS


@dataclass(frozen=True, slots=True)
class Document:
    """A part of the chart with what is to be found there."""

    name: str
    points: tuple[Point, ...]


def checklist(lines: Iterable[LineAnswer], engine: Engine) -> tuple[Document, ...]:
    """The points of these lines, each once, the most deciding document first."""
    rules: dict[str, dict[str, None]] = {}
    days: dict[str, date] = {}
    then: dict[str, dict[str, list[LineAnswer]]] = {}
    for line in lines:
        asking = open_by_fact(line) if line.chart else {}
        for fact in line.chart:
            waiting = asking.get(fact, [])
            if waiting and all(result.outcome == "pass" for result in waiting):
                continue  # Its author lets it pass unasked.
            named = dict.fromkeys(result.rule for result in waiting)
            rules.setdefault(fact, {}).update(named)
            days.setdefault(fact, line.date)
            opened = then.setdefault(fact, {})
            for rule in opened_by(fact, waiting, engine):
                opened.setdefault(rule, []).append(line)
    documents: dict[str, list[Point]] = {}
    for fact, asked in rules.items():
        name, title = place_of(fact, engine)
        point = Point(
            fact,
            title,
            ask_of(fact, engine),
            tuple(asked),
            *wanted_of(fact, tuple(asked), days[fact], engine),
            " ".join(fix_of_lines(rule, on, engine) for rule, on in then[fact].items()),
            yes_no=is_yes_no(fact, engine),
        )
        documents.setdefault(name, []).append(point)
    return tuple(Document(name, tuple(points)) for name, points in documents.items())


def of_claim(answer: ClaimAnswer, engine: Engine) -> tuple[Document, ...]:
    """The points of a claim, but of lines that stay open whatever the chart shows."""
    return checklist((line for line in answer.lines if not line.reason), engine)


def open_by_fact(line: LineAnswer) -> dict[str, list[RuleResult]]:
    """The rules of the line that are open, by each fact that they are open by."""
    found: dict[str, list[RuleResult]] = {}
    for result in line.results:
        if result.status == "unknown":
            for fact in dict.fromkeys(result.about):
                found.setdefault(fact, []).append(result)
    return found


def opened_by(fact: str, waiting: list[RuleResult], engine: Engine) -> Iterator[str]:
    """The rules that wait for a fact alone, and whose fix is left where it is so."""
    for result in waiting:
        if only_opens(fact, result.rule, engine):
            yield result.rule


def fix_of_lines(rule: str, lines: list[LineAnswer], engine: Engine) -> str:
    """The fix of a rule that holds for several lines, said once."""
    numbers = lines_named([line.number for line in lines])
    fix = words_of(rule, engine).fix.replace("line {line}", numbers)
    open_rule = RuleResult(rule, "unknown", "pass")
    return fix_text(fix, open_rule, lines[0])


def place_of(fact: str, engine: Engine) -> tuple[str, str]:
    """The document that shows a fact, and the fact's title."""
    words = engine.program.facts.get(fact)
    if words is None:
        return "Chart", fact.replace("-", " ")
    # What stands in brackets explains the document: it is not part of its name.
    name = words.where.partition(" (")[0]
    return name or "Chart", words.title or fact.replace("-", " ")


def is_yes_no(fact: str, engine: Engine) -> bool:
    """Whether a fact is only so or not."""
    words = engine.program.facts.get(fact)
    return words is not None and words.kind == "yes-no"


def number_of_points(documents: Iterable[Document]) -> int:
    """How many points there are."""
    return sum(len(document.points) for document in documents)
