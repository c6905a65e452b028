"""Other services of the patient in the words of a reason: earlier ones, those of the day."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dsl.ir import tests as t
from kb.engine.judge import windows, wording
from kb.engine.judge.beside import on_the_other_side, told_before
from kb.engine.judge.books import Question, Stretch
from kb.engine.judge.clauses import ASKED, Clause, Words
from kb.engine.judge.conditions import asking
from kb.engine.judge.counting import bearing
from kb.engine.judge.events import Event
from kb.engine.judge.others import earlier_days
from kb.engine.judge.situation import Situation
from kb.engine.program import Program

SAME_DAY = " on the same day"
"""How what was found beside a line ends."""
NAMED = 5
"""So many earlier services are named with what they lack; of more, their number."""
Parts = Callable[[Situation, int, int], list[Clause]]
"""The clauses of the single tests below a node that have a value, by the value."""


def named_beside(at: Situation, question: Question) -> list[str]:
    """The services that stand beside a line on its day, each with where it stands."""
    page = at.book(question).page(at.day)
    others = [e for e, _why in page.entries if not is_own(e, at)] if page else []
    return sorted({f"{event.code} {where(event, at)}" for event in others})


def is_own(event: Event, at: Situation) -> bool:
    """Whether a service of the day is the line itself, or a denied one."""
    own = (event.claim, event.line) == (at.event.claim, at.event.line)
    return own or event.denied


def where(event: Event, at: Situation) -> str:
    """On which line a service stands."""
    if not event.line:
        return "in the history"
    line = f"on line {event.line}"
    return line if event.claim == at.event.claim else f"{line} of claim {event.claim}"


def same_day(test: t.SameDay, program: Program) -> Words:
    """The services beside the line that count, and how many may or must."""
    question = Question(test.set, test.same)
    same = "".join(f" of the same {group}" for group in test.same)

    def words(at: Situation, so: int) -> Clause:
        beside = named_beside(at, question)
        title = wording.list_words(test.set, at.day, program)
        found = wording.listed(beside) if beside else f"no service of {title}"
        count = (wording.count_words if so > 0 else wording.other_count)(test.count)
        named = f"{count} of {title}{same}" if beside else f"{count}{same}"
        number = test.count.most or test.count.least
        wanted = wording.asked(named, number)
        return Clause(f"{found}{SAME_DAY}", wanted, absent=not beside)

    return words


def billed(test: t.Billed, _program: Program) -> Words:
    """The services told in just the line's words, or the lines of the other side."""
    return once if test.how == "once" else on_both_sides


def once(at: Situation, so: int) -> Clause:
    """Where the same service stands too."""
    before = told_before(at)
    told = "-".join((at.line.code, *at.line.modifiers))
    places = sorted({where(event, at) for event in (*before.sure, *before.maybe)})
    if not places:
        return Clause(f"{told} stands once on {at.day}")
    perhaps = "" if before.sure else "perhaps "
    asked = "it may stand once" if so > 0 else "it is to stand twice"
    return Clause(
        f"{told} of {at.day} stands {perhaps}{wording.listed(places)} too", asked
    )


def on_both_sides(at: Situation, so: int) -> Clause:
    """Which lines have the side that the line lacks."""
    others = on_the_other_side(at).sure
    told = sorted(f"{'-'.join((e.code, *e.modifiers))} {where(e, at)}" for e in others)
    mine = "-".join((at.line.code, *at.line.modifiers))
    beside = (
        f"beside it {wording.listed(told)}" if told else "no line of the other side"
    )
    asked = "both sides are asked" if so > 0 else "one side is asked"
    return Clause(f"{mine} on {at.day}, {beside}", asked)


def earlier(test: t.Earlier, each: Parts | None, program: Program) -> Words:
    """The earlier services that count, and how many may or must.

    Where each must show something, those that do not are named with what they show.
    """
    every, holding = earlier_days(test, None), None
    if test.each is not None:
        holding = earlier_days(test, asking(test.each, program))
    question = bearing(test, test.same)

    def words(at: Situation, so: int) -> Clause:
        days = (holding or every)(at)
        if days is None:
            return Clause(f"first day of the plan year: {wording.NOT_GIVEN}")
        title = wording.services_words(test.set, at.day, program)
        found = ", ".join(sorted(day.isoformat() for day in days.sure)) or "none"
        open_days = sorted(day.isoformat() for day in {*days.all} - {*days.sure})
        if open_days:
            found += f", and perhaps {', '.join(open_days)}"
        elif not days.all and not at.history_is_complete:
            found += " is known"
        span = at.window(test.window) if test.window else None
        within = f" {wording.window_words(span)}" if span else ""
        said = f"{title}{modifier_words(test)} before {at.day}{within}: {found}"
        wanted = wanted_earlier(test, at, so=so)
        if holding and each:
            first = windows.first_day(span, at.day) if span else None
            stretch = at.book(question).until(at.day, first)
            wanted = "; ".join([wanted, *short_of(stretch, each, at)])
        return Clause(said, wanted)

    return words


def wanted_earlier(test: t.Earlier, at: Situation, *, so: int) -> str:
    """How many earlier services may or must be there, and how far apart."""
    count = (wording.count_words if so > 0 else wording.other_count)(test.count)
    for amounts, ending in ((test.before, " before"), (test.apart, " apart")):
        amount = next((a for a in amounts or () if a.days.hold(at.day)), None)
        if amount:
            count += f", at least {wording.amount_words(amount)}{ending}"
    return wording.asked(count, test.count.most or test.count.least)


def modifier_words(test: t.Earlier) -> str:
    """The modifier that a service must carry, or must not, to count."""
    has = f" with modifier {test.modifier}" if test.modifier else ""
    return has + (f" without modifier {test.without}" if test.without else "")


def short_of(stretch: Stretch, each: Parts, at: Situation) -> Iterator[str]:
    """What the latest earlier services show that do not count for it, by what is asked."""
    kept = at.each
    told: dict[str, list[str]] = {}
    for page in reversed(stretch.pages):
        for at.each, _why in page.entries:
            for part in each(at, -1, ASKED) or each(at, 0, ASKED):
                founds = told.setdefault(part.wanted, [])
                if part.found not in founds:
                    founds.append(part.found)
    at.each = kept
    for wanted, founds in told.items():
        rest = len(founds) - NAMED
        named = founds[:NAMED] + ([f"{rest} more"] if rest > 0 else [])
        yield f"not counted: {', '.join(named)}" + (f" ({wanted})" if wanted else "")
