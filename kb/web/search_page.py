"""The page behind the box: what was understood, its answer, then what the words find."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, urlencode

from kb.asking.answered import Asked
from kb.asking.answers import answer
from kb.asking.choices import CHOSEN, instead, with_choices, without
from kb.asking.find import Found, find
from kb.asking.reader import understand
from kb.asking.saying import LABELS
from kb.asking.suggestions import suggest
from kb.asking.understood import PAYER, Chip, Understood
from kb.asking.vocabulary import Vocabulary, vocabulary
from kb.read.search import Hit, search_kinds
from kb.read.store import KnowledgeBase
from kb.reference.days import day_of
from kb.web.api import Json
from kb.web.counts import counted
from kb.web.page import Page
from kb.web.where import CARRIED, Where, day_shown

KINDS = {
    "code": "Codes",
    "payer": "Payers",
    "policy": "Policies",
    "rule": "Rules",
    "source": "Sources",
}
SHOWN_OF_ONE_KIND = 100
SHOWN_ROWS = 6
"""Rows of a cell that are not folded."""


@dataclass(frozen=True, slots=True)
class ChipShown:
    """A chip as the page shows it."""

    name: str
    label: str
    known: bool
    without: str
    """Address of the question without it; empty where the bar has chosen it."""
    others: tuple[tuple[str, str], ...]
    """What the same words may mean, with the address that asks so."""


def search_page(
    kb: KnowledgeBase, query: str, kind: str, where: Where | None = None
) -> Page:
    """The answer to what was asked; with a ``kind`` all of that kind that holds the words."""
    where = where or Where()
    if query and kind in KINDS:
        return _of_one_kind(kb, query, kind)
    context: dict[str, object] = {"query": query, "searched": searched(kb)}
    if not query:
        return Page("kb/search.html", {**context, "asked": None})
    asked = asked_of(kb, query, where)
    chips = _chips(asked.understood, vocabulary(kb), where)
    kinds = [
        (each, title, f"/search?{urlencode({'q': query, 'kind': each})}")
        for each, title in KINDS.items()
    ]
    context |= {"asked": asked, "chips": chips, "kinds": kinds, "rows": SHOWN_ROWS}
    return Page("kb/search.html", context, may_store=False)


def asked_of(kb: KnowledgeBase, query: str, where: Where) -> Asked:
    """The answer to a question, for the state, place and day that are chosen."""
    understood = with_choices(
        understand(kb, query, day_of(None)),
        vocabulary(kb),
        state=where.state,
        place=where.place,
        on=day_shown(where) if where.on else None,
    )
    return answer(kb, understood)


def searched(kb: KnowledgeBase) -> str:
    """What search looks through, in words."""
    counts = counted(kb)
    words = ("rules", "policies", "sources", "codes", "payers")
    return ", ".join(f"{counts[each]} {each}" for each in words)


def exact_code(kb: KnowledgeBase, query: str, where: Where) -> str:
    """The page of the code that is all that was typed; empty for anything else."""
    upper = query.strip().upper()
    if not any(map(str.isdigit, upper)) or not 3 <= len(upper) <= 8:
        return ""
    codes = vocabulary(kb).codes
    forms = (upper, f"{upper[:3]}.{upper[3:]}")
    found = next((form for form in forms if form in codes), "")
    named = found and codes[found][0] in ("procedure", "diagnosis")
    return where.address(f"/code/{quote(found, safe='')}", *CARRIED) if named else ""


def _chips(understood: Understood, known: Vocabulary, where: Where) -> list[ChipShown]:
    def asking(text: str) -> str:
        chosen = {"q": text, "state": where.state, "place": where.place, "on": where.on}
        return "/search?" + urlencode({k: v for k, v in chosen.items() if v})

    def others(chip: Chip) -> tuple[tuple[str, str], ...]:
        titles = (known.payers[key].title for key in chip.others if chip.kind == PAYER)
        return tuple(
            (title, asking(instead(understood, chip, title))) for title in titles
        )

    return [
        ChipShown(
            name=LABELS[chip.kind],
            label=chip.label,
            known=chip.known,
            without="" if chip.typed == CHOSEN else asking(without(understood, chip)),
            others=others(chip),
        )
        for chip in understood.chips
    ]


def _of_one_kind(kb: KnowledgeBase, query: str, kind: str) -> Page:
    found = search_kinds(kb.connection, query, [kind], limit=SHOWN_OF_ONE_KIND)[kind]
    hits = [_hit_shown(hit) for hit in found]
    if not hits:
        # No entry holds every word: those that hold the most, with what they lack.
        asked = understand(kb, query, day_of(None))
        some = find(kb, asked, SHOWN_OF_ONE_KIND, with_topics=True, kind=kind)
        hits = [_partly_shown(hit) for hit in some]
    context = {
        "query": query,
        "asked": None,
        "kind": KINDS[kind],
        "hits": hits,
        "searched": searched(kb),
    }
    return Page("kb/search.html", context, may_store=False)


def _hit_shown(hit: Hit) -> dict[str, object]:
    return {
        "path": hit.path,
        "title": hit.title,
        "subtitle": hit.subtitle,
        "snippet_html": hit.snippet_html,
        "without": (),
    }


def _partly_shown(hit: Found) -> dict[str, object]:
    return {
        "path": hit.path,
        "title": hit.title,
        "subtitle": hit.subtitle,
        "snippet_html": "",
        "without": hit.without,
    }


def suggestions_json(kb: KnowledgeBase, query: str, today: date) -> Json:
    """What a half typed question may become."""
    found = suggest(kb, query, today)
    return {
        "query": query,
        "suggestions": [
            {"text": each.text, "kind": each.kind, "path": each.path} for each in found
        ],
    }
