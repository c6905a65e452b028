"""What stands once below the lines of a claim: the chart, what nobody judged, policies."""

from __future__ import annotations

from kb.engine.judge.answer import ClaimAnswer
from kb.engine.judge.evaluate import Engine
from kb.engine.report.checklist import Document, checklist
from kb.engine.report.screen import OF_CLAIM, WIDTH, labelled
from kb.engine.report.sentences import by_reason
from kb.engine.report.words import lines_named


def chart_lines(answer: ClaimAnswer, engine: Engine, *, verbose: bool) -> list[str]:
    """What the chart must show: a line a document, or one a point with its question."""
    documents = checklist(answer.lines, engine)
    width = max((len(document.name) for document in documents), default=0)
    width = min(width, 32)
    found: list[str] = []
    for i, document in enumerate(documents):
        label = "" if i else "chart"
        text = f"{document.name:<{width}}  {points_of(document, width)}"
        found += labelled(label, text, OF_CLAIM)
        for point in document.points if verbose else ():
            found += labelled("", f"{point.fact}: {point.ask}", (4, 9))
    return found


def points_of(document: Document, width: int) -> str:
    """Its points on one line: by their titles where those fit, else by their names."""
    titles = "; ".join(point.title for point in document.points)
    if len(titles) + max(width, len(document.name)) + sum(OF_CLAIM) + 2 <= WIDTH:
        return titles
    return ", ".join(point.fact.replace("-", " ") for point in document.points)


def not_judged_lines(answer: ClaimAnswer, told: str) -> list[str]:
    """What nobody judged, by question; a reason that the headline gives is not repeated."""
    where: dict[str, list[int]] = {}
    for line in answer.lines:
        told_here = told + line.reason
        left = [one for one in line.not_judged if one.why not in told_here]
        for said in by_reason(left):
            where.setdefault(said, []).append(line.number)
    found = []
    for said, numbers in where.items():
        everywhere = len(numbers) == len(answer.lines)
        found.append(said if everywhere else f"{lines_named(numbers)}: {said}")
    return labelled("not judged", "; ".join(found), OF_CLAIM) if found else []


def consulted(answer: ClaimAnswer) -> list[str]:
    """The policies that were asked."""
    names = answer.searched.policies or ("no policy",)
    return labelled("consulted", ", ".join(names), OF_CLAIM)
