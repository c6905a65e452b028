"""What stands once below the lines of a claim: the chart, what nobody judged, policies."""

from __future__ import annotations

from collections.abc import Iterator

from kb.engine.judge.answer import ClaimAnswer, LineAnswer, NotJudged
from kb.engine.judge.evaluate import Engine
from kb.engine.report.checklist import Document, of_claim
from kb.engine.report.screen import OF_CLAIM, WIDTH, labelled
from kb.engine.report.unknown import by_reason, told_by_reason
from kb.engine.report.words import (
    QUESTIONS,
    in_a_row,
    in_titles,
    lines_named,
    many,
    sentence,
    title_of,
    words_of,
)

UNLOADED = ("no edition loaded", "only shipped rows", "no table of ")
"""How the reasons begin that are so on every claim until tables are imported."""
UNSHOWN = "a claim cannot show"
"""What the titles of gaps say that stand on every claim of a policy."""


def chart_lines(answer: ClaimAnswer, engine: Engine, *, verbose: bool) -> list[str]:
    """What the chart must show: a line a document, or one a point with its question."""
    found: list[str] = []
    for i, document in enumerate(of_claim(answer, engine)):
        told = document.name if verbose else in_short(document)
        found += labelled("" if i else "chart", told, OF_CLAIM)
        for point in document.points if verbose else ():
            wanted = f" ({point.wanted})" if point.wanted else ""
            found += labelled("", f"{point.fact}{wanted}: {point.ask}", (4, 9))
    return found


def in_short(document: Document) -> str:
    """A document with its points: as they are asked for where that fits, else by name.

    How a point must be is always told; points of which one is enough stand with "or".
    """
    asks = " ".join(point.ask for point in document.points)
    told = f"{document.name}: {asks}"
    bare = all(point.demanded and not point.wanted for point in document.points)
    if bare and len(told) + sum(OF_CLAIM) <= WIDTH:
        return told
    parts = [point.short for point in document.points if point.demanded]
    helping = [p.short for p in document.points if not (p.demanded or p.then)]
    if len(helping) > 1:
        helping = [in_a_row([one.removesuffix(", if so") for one in helping], "or")]
    then = [point.short for point in document.points if point.then]
    between = "; " if helping or then else ", "
    return f"{document.name}: {between.join([*parts, *helping, *then])}"


def not_judged_lines(
    answer: ClaimAnswer, told: str, engine: Engine, *, verbose: bool = False
) -> list[str]:
    """What nobody judged, by question; a reason that the headline gives is not repeated.

    What is so on nearly every claim stands in one short line at the end; ``verbose`` tells
    that too by line and reason.
    """
    where: dict[str, list[int]] = {}
    usual: dict[str, None] = {}
    unshown: dict[str, None] = {}
    for line in answer.lines:
        left = [one for one in line.not_judged if not is_said(one, line, told)]
        declared = list(gaps(line, engine))
        if not verbose:
            usual |= dict.fromkeys(QUESTIONS[x.question] for x in left if is_usual(x))
            unshown |= dict.fromkeys(title for title in declared if UNSHOWN in title)
            left = [one for one in left if not is_usual(one)]
            declared = [title for title in declared if UNSHOWN not in title]
        for said in [*by_reason(left), *declared]:
            where.setdefault(said, []).append(line.number)
    told_of = in_titles("; ".join(by_lines(where, len(answer.lines))), engine)
    last = in_short_of([*usual], len(unshown))
    found = labelled("not judged", told_of, OF_CLAIM) if told_of else []
    return found + (
        labelled("" if found else "not judged", last, OF_CLAIM) if last else []
    )


def by_lines(where: dict[str, list[int]], every: int) -> list[str]:
    """What is said of all lines, then what of some, with their numbers."""
    of_lines: dict[tuple[int, ...], list[str]] = {}
    for said, numbers in where.items():
        of_lines.setdefault(tuple(numbers), []).append(said)
    found = []
    for some in sorted(of_lines, key=lambda numbers: (-len(numbers), numbers)):
        named = "" if len(some) == every else f"{lines_named([*some])}: "
        found.append(named + "; ".join(of_lines[some]))
    return found


def is_usual(one: NotJudged) -> bool:
    """Whether a question is open only because no table of the day is loaded."""
    return one.why.startswith(UNLOADED)


def in_short_of(questions: list[str], points: int) -> str:
    """``no table of the day loaded: code pairs, units; 2 points that no claim shows``."""
    said = [f"no table of the day loaded: {', '.join(questions)}"] if questions else []
    said += [f"{many(points, 'point')} that no claim shows"] if points else []
    return "; ".join(said)


def is_said(one: NotJudged, line: LineAnswer, told: str) -> bool:
    """Whether the line's reason says it: without a policy nobody looks at coverage."""
    of_coverage = one.question in ("diagnosis", "necessity", "frequency")
    if one.question == "approval" and needs_approval(line):
        return True
    shown = line.outcome in ("unknown", "note") or line.reason.lower() in told.lower()
    return bool(line.reason and of_coverage and shown) or (
        one.why.lower() in f"{told} {line.reason}".lower()
    )


def needs_approval(line: LineAnswer) -> bool:
    """Whether a finding of its own tells that an approval is lacking."""
    return any(result.outcome == "needs-auth" for result in line.results)


def gaps(line: LineAnswer, engine: Engine) -> Iterator[str]:
    """The declared gaps that no open question names, and not the reason of the line."""
    named = {one.rule for one in line.not_judged} | {*told_by_reason(line, engine)}
    for rule in line.open_points:
        if rule not in named:
            yield title_of(words_of(rule, engine))


def later_texts(answer: ClaimAnswer, engine: Engine) -> list[str]:
    """The policies that answer an earlier day by a text that was read in a later version."""
    found: dict[str, None] = {}
    for line in answer.lines:
        told = [result.rule for result in line.results if result.outcome != "pass"]
        for rule in (*line.grounds, *told):
            policy = engine.program.version(rule.partition("#")[0])
            text = policy.text_of(line.date) if policy else None
            if policy and text:
                found[f"by the text of {text}: {policy.title}"] = None
    return labelled("text", sentence("; ".join(found)), OF_CLAIM) if found else []


def consulted(answer: ClaimAnswer) -> list[str]:
    """The policies that were asked."""
    names = answer.searched.policies or ("no policy",)
    return labelled("consulted", ", ".join(names), OF_CLAIM)
