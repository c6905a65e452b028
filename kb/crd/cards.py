"""Cards: what a clinician reads of an order, where there is something to do.

An order that is covered gets none: its coverage-information says so, and a card that asks
for nothing teaches people to close cards.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import NAMESPACE_URL, uuid5

from kb.crd.assertion import Assertion
from kb.crd.exact import Json
from kb.crd.words import Advice
from kb.engine.report.words import in_a_row, many

TOPICS = "http://terminology.hl7.org/CodeSystem/cdshooks-card-type"
MOST_LETTERS = 139
"""A summary has fewer than 140."""
NAMED = 4
"""So many codes are named in a summary."""


@dataclass(frozen=True, slots=True)
class Told:
    """What was found of one order under one Coverage."""

    order: str
    """``ServiceRequest/1``."""
    code: str
    coverage: str
    found: Assertion
    advice: Advice


def cards_of(told: Iterable[Told], most: int | None) -> list[Json]:
    """The cards, the gravest first, those of the same words as one."""
    groups: dict[tuple[str, ...], list[Told]] = {}
    for one in told:
        if is_clear(one.found):
            continue
        said = (one.advice.lead, one.advice.say, one.advice.do)
        bare = (each.replace(one.code, "{}") if one.code else each for each in said)
        groups.setdefault((one.coverage, *bare), []).append(one)
    ranked = sorted(groups.values(), key=lambda group: rank_of(group[0].found))
    return [card_of(group) for group in ranked[:most]]


def is_clear(found: Assertion) -> bool:
    """Whether there is nothing to do."""
    return found.covered == "covered" and found.pa_needed == "no-auth"


def rank_of(found: Assertion) -> int:
    """What stands in the way of care comes first."""
    if found.covered == "not-covered":
        return 0
    return 1 if found.pa_needed == "auth-needed" else 2


def card_of(group: list[Told]) -> Json:
    """One card for orders of which the same is to be said."""
    first = group[0]
    codes = codes_of(group)
    advice = first.advice
    if len(group) > 1:
        advice = of_codes(advice, first.code, codes)
    fits = len(advice.whole) <= MOST_LETTERS
    summary = shortened(advice.whole if fits else advice.short, MOST_LETTERS)
    name = "|".join((first.coverage, *(one.order for one in group), advice.whole))
    card: Json = {
        "uuid": str(uuid5(NAMESPACE_URL, name)),
        "summary": summary,
        "indicator": "warning" if rank_of(first.found) < 2 else "info",
        "source": {
            "label": advice.payer or "payerkb",
            "topic": {"system": TOPICS, "code": topic_of(first)},
        },
        "detail": detail_of(advice, whole=summary != advice.whole),
        "extension": {
            "davinci-crd.associated-resource": [
                {"reference": one.order} for one in group
            ]
        },
    }
    if links := links_of(advice):
        card["links"] = links
    return card


def links_of(advice: Advice) -> list[Json]:
    """The texts of the sources, each once."""
    labels = {
        source.url: source.title or source.rule
        for source in reversed(advice.sources)
        if source.url.startswith("https://")
    }
    return [
        {"label": label, "url": url, "type": "absolute"}
        for url, label in reversed(labels.items())
    ]


def of_codes(advice: Advice, code: str, codes: str) -> Advice:
    """What is said of one code, said of several."""
    if not code:
        return advice
    return replace(
        advice,
        lead=advice.lead.replace(code, codes),
        say=advice.say.replace(code, codes),
        do=advice.do.replace(code, codes),
        title=advice.title.replace(code, codes),
    )


def codes_of(group: list[Told]) -> str:
    """``64483 and 64484``; of many the first ones and how many more."""
    codes = [*dict.fromkeys(one.code for one in group)]
    if len(codes) > NAMED:
        rest = many(len(codes) - NAMED + 1, "other")
        return in_a_row([*codes[: NAMED - 1], rest])
    return in_a_row(codes)


def topic_of(told: Told) -> str:
    """The kind of card: of a limit over time, or of coverage."""
    limited = told.advice.do.startswith("Plan it for ")
    return "limits" if limited else "coverage-info"


def shortened(said: str, most: int) -> str:
    """A text of at most so many letters, cut behind a word."""
    if len(said) <= most:
        return said
    kept = said[: most - 3].rsplit(" ", 1)[0].rstrip(" ,;:.")
    return f"{kept}..."


def detail_of(advice: Advice, *, whole: bool) -> str:
    """What is behind a summary, as Markdown, what matters most first."""
    parts = [advice.whole if whole else "", advice.do]
    if advice.documents:
        points = [f"- {name}: {shown}" for name, shown in advice.documents]
        parts.append("\n".join(["The chart must show:", *points]))
    parts.append(advice.limit)
    parts.append(f"Not judged: {advice.open}." if advice.open else "")
    parts.append(advice.holds_for)
    if advice.sources:
        cited = [f"- {source.rule}: {source.cited}" for source in advice.sources]
        parts.append("\n".join(["By:", *cited]))
    return "\n\n".join(filter(None, parts))
