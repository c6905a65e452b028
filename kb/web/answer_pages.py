"""The answer page, and the grid of a payer: cards as pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, urlencode

from kb.plain.headings import TILES
from kb.plain.trade import codes_words, in_trade_words
from kb.read.code_store import add_ons_of
from kb.read.knowledge_base import KnowledgeBase
from kb.read.policy_store import code_sets
from kb.read.records import CodeSet, PayerDetail, Policy
from kb.read.store import payer
from kb.reference.card_rows import Row
from kb.reference.cards import (
    Card,
    Cell,
    card,
    cards_of_payer,
    codes_of_payer,
    policies_in_force,
    subject_of,
)
from kb.reference.days import day_of
from kb.reference.first_days import earlier_silence
from kb.reference.places import set_anchor
from kb.web.page import Page, PageProblem, not_loaded

TILE_KEYS = frozenset(tile.key for tile in TILES)
LONG_SHORT = 22
"""From so many letters on, an answer stands in smaller type."""
LONGEST_SHORT = 90
AFTER_TILES = ("diagnosis", "same-day", "filing", "provider")
"""What is asked next, in this order; the other questions follow."""


@dataclass(frozen=True, slots=True)
class Where:
    """State, place and day that a page is for, and carries to the next."""

    day: date
    state: str = ""
    place: str = ""

    @property
    def query(self) -> str:
        """For an address: nothing for what is not chosen, and no day when it is today."""
        chosen = {"state": self.state, "place": self.place}
        if self.day != day_of(None):
            chosen["on"] = self.day.isoformat()
        given = {key: value for key, value in chosen.items() if value}
        return f"?{urlencode(given)}" if given else ""


@dataclass(frozen=True, slots=True)
class Tile:
    """A cell in big type."""

    key: str
    title: str
    tint: str
    """``asked``, ``no``, ``known``, ``partly`` or ``silent``: its colour, never alone."""
    is_partial: bool
    """In some cases, for some codes, or on a weak ground only."""
    short: str
    is_long: bool
    line: str
    """One line on it: its sentence with what narrows it."""
    first: Row | None
    more: int
    """Further rows, below."""
    silence: str
    """What stands where nothing answers."""
    searched: str
    ask: str


def tile_of(cell: Cell) -> Tile:
    """A cell as a tile."""
    first = cell.rows[0] if cell.rows else None
    short = cell.short if len(cell.short) <= LONGEST_SHORT else "see below"
    return Tile(
        key=cell.aspect.key,
        title=cell.aspect.title,
        tint=_tint(cell),
        is_partial=cell.known == "partly",
        short=short,
        is_long=len(short) > LONG_SHORT,
        line=_line(first) if first else "",
        first=first,
        more=max(len(cell.rows) - 1, 0),
        searched=cell.searched,
        ask=cell.ask,
        silence=cell.silence,
    )


def _tint(cell: Cell) -> str:
    if cell.known == "silent":
        return "silent"
    if cell.short.startswith("Not covered"):
        return "no"
    if cell.aspect.key == "approval" and cell.short.startswith("Required"):
        return "asked"
    return cell.known


def _line(row: Row) -> str:
    codes = f"{row.codes_words}: " if row.partial else ""
    return f"{codes}{row.sentence}" + (f"; {row.condition}" if row.condition else "")


def answer_page(kb: KnowledgeBase, payer_id: str, key: str, where: Where) -> Page:
    """What a payer says of a code or family: eight tiles, then all rows behind them."""
    found = card(kb, payer_id, key, where.day, where.state, where.place)
    if found is None:
        raise unknown_answer(kb, payer_id, key, where.day)
    key = found.subject.key
    detail = None if found.subject.is_family else add_ons_of(kb, key)
    cells = {cell.aspect.key: cell for cell in found.cells}
    order = [*(t.key for t in TILES), *AFTER_TILES, *cells]
    return Page(
        "kb/answer.html",
        {
            "card": found,
            "where": where,
            "detail": detail,
            "tiles": [tile_of(cells[tile.key]) for tile in TILES],
            "sections": [
                cells[each] for each in dict.fromkeys(order) if cells[each].rows
            ],
            "silent": [
                cell
                for cell in found.cells
                if not cell.rows and cell.aspect.key not in TILE_KEYS
            ],
            "lists": _lists_of(kb, found),
            "usual": codes_words(found.usual),
            "earlier": earlier_silence(kb, found.payer, where.day),
            "label": in_trade_words(found.subject.title),
            "checking": check_path(found, where),
        },
    )


def check_path(found: Card, where: Where) -> str:
    """The claim check, begun with what an answer is about."""
    asked = {"payer": found.payer.id, "state": where.state, "place": where.place}
    asked["family" if found.subject.is_family else "code"] = found.subject.key
    if where.day != day_of(None):
        asked["on"] = where.day.isoformat()
    given = {key: value for key, value in asked.items() if value}
    return f"/check?{urlencode(given)}"


def unknown_answer(
    kb: KnowledgeBase, payer_id: str, key: str, day: date
) -> PageProblem:
    """What is wrong with a payer or procedure that nothing is loaded of."""
    if payer(kb, payer_id) is None:
        return not_loaded("payer")
    assert subject_of(kb, key, day) is None
    message = (
        "No family of procedures and no procedure code that is loaded goes by that name."
        " That is no answer to whether it is covered."
    )
    return PageProblem(404, f"{key[:20]} is not loaded", message)


def _lists_of(kb: KnowledgeBase, found: Card) -> dict[str, CodeSet]:
    """The lists of diagnoses that rows ask for, by id."""
    ids = {key for cell in found.cells for row in cell.rows for key in row.lists}
    return {each.id: each for each in code_sets(kb, ids)}


@dataclass(frozen=True, slots=True)
class GridRow:
    """A family in the grid of a payer."""

    card: Card
    tiles: tuple[Tile, ...]
    path: str


def payer_page(kb: KnowledgeBase, payer_id: str, where: Where) -> Page:
    """A payer's procedures, a row each with eight answers; silent ones in one line."""
    detail = payer(kb, payer_id)
    if detail is None:
        raise not_loaded("payer")
    cards = cards_of_payer(kb, payer_id, where.day, where.state, where.place)
    speaking = [each for each in cards if not each.is_silent]
    any_card = cards[0] if cards else None
    policies = policies_in_force(kb, payer_id, where.day, where.state)
    codes = codes_of_payer(kb, payer_id, where.day, where.state)
    in_families = {code for each in cards for code in each.subject.codes}
    return Page(
        "kb/payer.html",
        {
            "payer": detail.payer,
            "detail": detail,
            "where": where,
            "tiles": TILES,
            "grid": [_grid_row(each, where) for each in speaking],
            "silent": [each for each in cards if each.is_silent],
            "always": [
                cell for cell in (any_card.cells if any_card else ()) if _for_all(cell)
            ],
            "policies": policies,
            "other_codes": sorted(set(codes) - in_families),
            "follows": sorted(
                {row.follows for each in cards for row in _rows(each) if row.follows}
            ),
            "earlier": earlier_silence(kb, detail.payer, where.day),
            "delegates": _delegates(detail, policies),
        },
    )


def _rows(found: Card) -> list[Row]:
    return [row for cell in found.cells for row in cell.rows]


def _for_all(cell: Cell) -> bool:
    """Whether rows of a cell hold for every line, whatever its code."""
    return any(not row.codes for row in cell.rows)


def _delegates(detail: PayerDetail, policies: Iterable[Policy]) -> list[str]:
    """Who decides approvals in the payer's place."""
    own = (each for each in policies if each.payer == detail.payer.id)
    return sorted({each.delegated_to for each in own if each.delegated_to})


def _grid_row(found: Card, where: Where) -> GridRow:
    return GridRow(
        card=found,
        tiles=tuple(tile_of(found.cell(tile.key)) for tile in TILES),
        path=answer_path(found.payer.id, found.subject.key, where),
    )


def answer_path(payer_id: str, key: str, where: Where) -> str:
    """The page of an answer."""
    return f"/answer/{quote(payer_id)}/{quote(key)}{where.query}"


def list_path(found: CodeSet) -> str:
    """Where a list stands: on the page of its policy, or in the file of shared words."""
    version = found.id.partition("#")[0]
    if "@" in version:
        return f"/policy/{version}#{set_anchor(found)}"
    return f"/text/{found.file}#L{found.line}"


@dataclass(frozen=True, slots=True)
class CodeRow:
    """Payers that say the same of a code, with their answers."""

    cards: tuple[Card, ...]
    tiles: tuple[Tile, ...]


def code_rows(groups: tuple[tuple[Card, ...], ...]) -> list[CodeRow]:
    """One row for each group of payers that say the same."""
    return [
        CodeRow(same, tuple(tile_of(same[0].cell(tile.key)) for tile in TILES))
        for same in groups
    ]
