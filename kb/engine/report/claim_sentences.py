"""What a claim says and what to do about it: the worst finding speaks for all lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dsl.ir.states import STATES
from kb.engine.judge.answer import ClaimAnswer, LineAnswer, Outcome
from kb.engine.judge.evaluate import Engine
from kb.engine.judge.followers import follows
from kb.engine.judge.outcome import RANK
from kb.engine.judge.reasons import NOT_ENOUGH
from kb.engine.judge.wording import inside
from kb.engine.report.checklist import number_of_points, of_claim
from kb.engine.report.first_words import first_words
from kb.engine.report.sentences import (
    CLEAN,
    LONG,
    as_billed_words,
    broken_of,
    do_finding,
    do_line,
    do_review,
    have_ready,
    lacking_approvals,
    limit_in_short,
    meets,
    points_decide,
    raised,
    say_finding,
    say_line,
)
from kb.engine.report.unknown import (
    ON_CLAIM,
    do_unknown,
    lacking_on_claim,
    why_in_short,
)
from kb.engine.report.words import GROUP_QUESTIONS, in_a_row, lines_named, sentence


@dataclass(frozen=True, slots=True)
class Said:
    """What was found, and what to do about it; either may be empty."""

    say: str
    do: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a claim says and what each of its lines says."""

    claim: Said
    lines: tuple[Said, ...]


UNTOLD: frozenset[Outcome] = CLEAN | {"unknown", "needs-evidence"}
"""Outcomes as billed that no finding of the claim explains."""
TO_DO: frozenset[Outcome] = frozenset({"deny", "fix", "needs-auth"})
"""Outcomes that somebody must do something about before the claim is sent."""
OF_STATE = "This is a "
"""How the title of a rule begins that is asked in some states only."""
NAME_PAYER = "Check the payer's id and name on the claim."


def tell(answer: ClaimAnswer, engine: Engine) -> Told:
    """The sentences of a claim and of its lines, in their order."""
    unfound = not answer.searched.payer and answer.outcome == "unknown"
    lines = tuple(
        Said(say_line(line, engine), NAME_PAYER if unfound else do_line(line, engine))
        for line in answer.lines
    )
    if not lines:
        return Told(Said("", ""), ())
    return Told(of_claim_told(answer, lines, engine), lines)


def of_claim_told(answer: ClaimAnswer, lines: Sequence[Said], engine: Engine) -> Said:
    """What the claim says: what a biller is to hear first stands before the rest."""
    approval = Said(without_approval(answer, engine), "")
    if answer.outcome == "needs-evidence":
        short = Said(not_enough(answer), "")
        first = in_order(Said(*first_words(answer, engine)), in_order(short, approval))
        return in_order(first, evidence(answer, engine, first.do))
    if answer.outcome == "pass":
        told = filter(None, (meets(answer.lines, engine), tightest(answer)))
        return in_order(approval, Said(" ".join(told), ""))
    found = in_order(worst(answer, lines), following(answer))
    return in_order(approval, found) if answer.outcome == "note" else found


def following(answer: ClaimAnswer) -> Said:
    """The drugs that no text names and that follow their procedure."""
    found = [x for x in answer.lines if follows(x, answer.lines)]
    if not found or answer.outcome not in CLEAN:
        return Said("", "")
    codes = in_a_row([*dict.fromkeys(line.code for line in found)])
    plural = "follow" if len(found) > 1 else "follows"
    return Said(
        sentence(f"{codes} {plural} the procedure: no loaded text names the drug"), ""
    )


def worst(answer: ClaimAnswer, lines: Sequence[Said]) -> Said:
    """What the gravest lines say that say the same; their codes are told together.

    ``no policy is loaded for 64483 and 64484`` is one cause of two lines.  What must be
    done of other lines besides follows, the gravest of it.
    """
    groups: dict[tuple[Outcome, str, str], list[LineAnswer]] = {}
    for line, said in zip(answer.lines, lines, strict=True):
        if RANK[line.outcome] < RANK[answer.outcome]:
            continue  # A drug that follows its procedure.
        key = (line.outcome, unnamed(said.say, line), unnamed(said.do, line))
        groups.setdefault(key, []).append(line)
    first = min(groups, key=lambda key: RANK[key[0]])
    _outcome, say, do = first
    same = [
        line
        for key, some in groups.items()
        if (key[0], key[2]) == (first[0], do)
        for line in some
    ]
    worst_of_all = of_lines(named(say, groups[first]), groups[first], answer)
    found = Said(f"{worst_of_all}{passing(answer)}", named(do, same))
    rest = {key: some for key, some in groups.items() if key[2] != do}
    return in_order(found, besides(rest, groups[first], answer))


def besides(
    groups: dict[tuple[Outcome, str, str], list[LineAnswer]],
    told: Sequence[LineAnswer],
    answer: ClaimAnswer,
) -> Said:
    """The gravest that must be done of lines that the headline does not speak of.

    Lines that cannot stand beside one that is told are told by it.
    """
    numbers = {line.number for line in told}
    apart = [
        key
        for key, some in groups.items()
        if key[0] in TO_DO and not all(is_told_by(numbers, line) for line in some)
    ]
    if not apart:
        return Said("", "")
    key = min(apart, key=lambda key: RANK[key[0]])
    lines = groups[key]
    say, do = (named(text, lines) for text in key[1:])
    return Said(of_lines(say, lines, answer), of_lines(do, lines, answer))


def is_told_by(told: set[int], line: LineAnswer) -> bool:
    """Whether a line's own trouble is that it cannot stand beside one that is told."""
    return any(
        result.outcome == line.outcome and told.intersection(result.with_lines)
        for result in line.results
    )


def unnamed(text: str, line: LineAnswer) -> str:
    """A sentence without the code and the number of its line."""
    said = text.replace(line.code, "{}")
    return re.sub(rf"\bline {line.number}\b", "{lines}", said)


def named(text: str, lines: Sequence[LineAnswer]) -> str:
    """The sentence with the codes and the numbers of all lines that it holds for."""
    codes = in_a_row([*dict.fromkeys(line.code for line in lines)])
    numbers = lines_named(sorted(line.number for line in lines))
    return text.replace("{}", codes).replace("{lines}", numbers)


def passing(answer: ClaimAnswer) -> str:
    """Which lines hold beside those that nobody could judge."""
    numbers = [line.number for line in answer.lines if line.outcome == "pass"]
    if answer.outcome != "unknown" or not numbers:
        return ""
    return (
        f" {lines_named(numbers).capitalize()} pass{'es' if len(numbers) == 1 else ''}."
    )


def evidence(answer: ClaimAnswer, engine: Engine, told_first: str) -> Said:
    """How the claim stands as billed, and how many points decide, each counted once."""
    for line in answer.lines:
        if line.outcome == "needs-evidence" and (found := broken_of(line)):
            said = of_lines(say_finding(found[0], line, engine), [line], answer)
            return Said(said, do_finding(found[0], line, engine))
    documents = of_claim(answer, engine)
    if not documents and (open_lines := undecided(answer, engine)).say:
        return open_lines
    decide = points_decide(number_of_points(documents))
    said = sentence(f"{billed_words(answer, engine)}; {decide}")
    to_have = have_ready(documents, told_first)
    if missing := lacking_on_claim(answer.lines):
        return without(missing, decide, to_have, answer)
    if answer.as_billed in CLEAN and len(to_have) <= LONG / 2:
        said = " ".join(filter(None, (said, tightest(answer))))
    ready = Said(said, to_have)
    on_claim = found_as_billed(answer, engine)
    told = both(ready, on_claim)
    if not on_claim.do and (check := to_check(answer, engine)):
        told = Said(told.say, f"{told.do} {check}".strip())
    return (
        both(told, undecided(answer, engine)) if answer.as_billed == "unknown" else told
    )


def not_enough(answer: ClaimAnswer) -> str:
    """What the chart gives that is less than is asked, where another way is still open."""
    for line in answer.lines:
        for result in line.results:
            if (result.status, result.outcome) == ("unknown", "needs-evidence"):
                _, _, told = result.because.partition(NOT_ENOUGH)
                if said := told.partition("; ")[0]:
                    short = sentence(f"not enough: {inside(said)}")
                    return of_lines(short, [line], answer)
    return ""


def billed_words(answer: ClaimAnswer, engine: Engine) -> str:
    """How the claim stands by what is on it."""
    lines = () if any(line.reason for line in answer.lines) else answer.lines
    return as_billed_words(answer.as_billed, lines, engine)


def without(
    missing: dict[str, list[int]], decide: str, to_have: str, answer: ClaimAnswer
) -> Said:
    """What the claim does not say comes before what the chart must show."""
    said = []
    for name, numbers in missing.items():
        every = len(numbers) == len(answer.lines)
        lines = "the claim" if every else lines_named(numbers)
        gives = "gives" if every or len(numbers) == 1 else "give"
        said.append(f"{lines} {gives} no {ON_CLAIM[name]}")
    asks = " ".join(GROUP_QUESTIONS[name] for name in missing)
    return Said(sentence(f"{'; '.join(said)}; {decide}"), f"{asks} {to_have}".strip())


def found_as_billed(answer: ClaimAnswer, engine: Engine) -> Said:
    """What the claim itself gives to object to, where it is less than the chart may be."""
    for line in answer.lines if answer.as_billed not in UNTOLD else ():
        for result in raised(line):
            if result.outcome == answer.as_billed:
                said = of_lines(say_finding(result, line, engine), [line], answer)
                return Said(said, do_finding(result, line, engine))
    return Said("", "")


def to_check(answer: ClaimAnswer, engine: Engine) -> str:
    """What a person is to read of a claim whose chart decides; empty where nothing."""
    found = [
        result
        for line in answer.lines
        for result in raised(line)
        if result.outcome == answer.as_billed == "review"
    ]
    return do_review(found[:1], engine) if found else ""


def tightest(answer: ClaimAnswer) -> str:
    """The limit over time of which least is left, with the lines that keep it."""
    said = limit_in_short([state for line in answer.lines for state in line.limits])
    keeping = [x for x in answer.lines if said and said == limit_in_short(x.limits)]
    return of_lines(said, keeping, answer)


def without_approval(answer: ClaimAnswer, engine: Engine) -> str:
    """The first approval that the claim does not show and may do without."""
    for line in answer.lines:
        for result in lacking_approvals(line):
            said = in_state(say_finding(result, line, engine), answer)
            alike = [x for x in answer.lines if of_rule(result.rule, x)]
            return of_lines(said, alike, answer)
    return ""


def in_state(said: str, answer: ClaimAnswer) -> str:
    """A sentence that begins with "This is a" of a state, with the name of the claim's."""
    name = STATES.get(answer.state, "")
    return f"{name}{said[4:]}" if name and said.startswith(OF_STATE) else said


def of_this_state(said: str, answer: ClaimAnswer) -> str:
    """The same taken back, to know the sentence again on a line."""
    name = STATES.get(answer.state, "")
    return said.replace(f"{name}{OF_STATE[4:]}", OF_STATE) if name else said


def of_rule(rule: str, line: LineAnswer) -> bool:
    """Whether a line lacks the approval of a rule."""
    return any(result.rule == rule for result in lacking_approvals(line))


def undecided(answer: ClaimAnswer, engine: Engine) -> Said:
    """The lines that stay open whatever the chart shows, and whom to ask of them."""
    groups: dict[tuple[str, str], list[LineAnswer]] = {}
    for line in answer.lines:
        if line.reason:
            say = why_in_short(line, engine).replace(line.code, "{}")
            do = do_unknown(line).replace(line.code, "{}")
            groups.setdefault((say, do), []).append(line)
    for (say, do), lines in groups.items():
        codes = in_a_row([*dict.fromkeys(line.code for line in lines)])
        said = of_lines(say.replace("{}", codes), lines, answer)
        return Said(said, do.replace("{}", codes))
    return Said("", "")


def both(one: Said, other: Said) -> Said:
    """Two sayings as one."""
    say = " ".join(filter(None, (one.say, other.say)))
    return Said(say, " ".join(filter(None, (other.do, one.do))))


def in_order(one: Said, other: Said) -> Said:
    """Two sayings, the first of them first in both."""
    say = " ".join(filter(None, (one.say, other.say)))
    return Said(say, " ".join(filter(None, (one.do, other.do))))


def of_lines(said: str, lines: list[LineAnswer], answer: ClaimAnswer) -> str:
    """The sentence behind the lines that it is about; bare when those are all."""
    if len(lines) == len(answer.lines) or not said:
        return said
    named = lines_named(sorted(line.number for line in lines)).capitalize()
    return f"{named}: {said}"
