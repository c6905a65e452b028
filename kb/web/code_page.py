"""The page of a code: what it is, and every payer side by side."""

from __future__ import annotations

from datetime import UTC, datetime

from kb.asking.cms import told_on_page
from kb.plain.headings import TILES
from kb.plain.trade import MODIFIERS, in_trade_words, sentence_case
from kb.read.code_store import code
from kb.read.records import CodeDetail
from kb.read.store import KnowledgeBase
from kb.reference.cards import Card, cards_of_code
from kb.reference.comparison import compare, other_uses
from kb.reference.territory import is_of_other_states
from kb.tables.telling import told_of_diagnosis
from kb.web.answer_pages import Where, code_rows
from kb.web.diagnosis_page import diagnosis_page
from kb.web.page import Page, PageProblem


def found_code(kb: KnowledgeBase, code_id: str) -> CodeDetail:
    """The code, in any case and with or without its point; a problem when unknown.

    A procedure comes without its rules: these stand in its cards.
    """
    written = code_id.upper()
    pointed = f"{written[:3]}.{written[3:]}"
    name = written if written in kb.once(_kinds) else pointed
    is_procedure = kb.once(_kinds).get(name) == "procedure"
    detail = code(kb, name, with_rules=not is_procedure)
    if detail is None:
        message = (
            "No rule or list that is loaded names this code. "
            "That is no answer to whether it is covered."
        )
        told = told_of_diagnosis(kb.cms, pointed, datetime.now(UTC).date())
        message += "".join(f" {one.says} ({one.by})" for one in told if one.answers)
        raise PageProblem(404, f"{code_id[:20]} is not loaded", message)
    return detail


def _kinds(kb: KnowledgeBase) -> dict[str, str]:
    """Every code with its kind."""
    return {row["id"]: row["kind"] for row in kb.rows("SELECT id, kind FROM code")}


Groups = tuple[tuple[Card, ...], ...]


def _by_place(kb: KnowledgeBase, groups: Groups, state: str) -> tuple[Groups, Groups]:
    """Payers of the state asked about, Medicare first; then those of other states only."""
    here: list[tuple[Card, ...]] = []
    elsewhere: list[tuple[Card, ...]] = []
    for same in groups:
        others = [c for c in same if is_of_other_states(kb, c.payer.id, state)]
        own = tuple(each for each in same if each not in others)
        here += [own] if own else []
        elsewhere += [tuple(others)] if others else []
    if state:
        here.sort(key=lambda same: same[0].payer.line_of_business != "medicare")
    return tuple(here), tuple(elsewhere)


def _of_modifier(detail: CodeDetail) -> str:
    """What a modifier of HCPCS says; a place is said by its number."""
    is_modifier = detail.code.kind == "modifier"
    return sentence_case(MODIFIERS.get(detail.code.id, "")) if is_modifier else ""


def code_page(kb: KnowledgeBase, code_id: str, where: Where) -> Page:
    """A procedure code with its comparison, a diagnosis in the lists."""
    detail = found_code(kb, code_id)
    day = where.day
    if detail.code.kind == "diagnosis":
        return diagnosis_page(kb, detail, day, where.state)
    comparison = None
    here: Groups = ()
    elsewhere: Groups = ()
    if detail.code.kind == "procedure":
        cards = cards_of_code(kb, detail.code.id, day, where.state, where.place)
        comparison = compare(kb, cards, day)
        here, elsewhere = _by_place(kb, comparison.groups, where.state)
    return Page(
        "kb/code.html",
        {
            "code": detail.code,
            "cms_says": told_on_page(kb, detail.code.id, day) if comparison else (),
            "citations": detail.citations,
            "groups": detail.groups,
            "add_on_to": detail.add_on_to,
            "add_ons": detail.add_ons,
            "day": day.isoformat(),
            "where": where,
            "label": in_trade_words(detail.code.label) or _of_modifier(detail),
            "comparison": comparison,
            "tables": [code_rows(here), code_rows(elsewhere)],
            "tiles": TILES,
            "uses": other_uses(detail, (), day),
            "in_lists": detail.lists,
        },
    )
