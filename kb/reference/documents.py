"""What the chart must show, by the document where it is looked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kb.plain.trade import in_trade_words
from kb.read.knowledge_base import KnowledgeBase
from kb.read.records import Fact
from kb.read.source_store import facts


@dataclass(frozen=True, slots=True)
class Document:
    """A part of the chart with what it must say."""

    title: str
    asks: tuple[str, ...]


def documents_of(wanted: Iterable[Fact]) -> tuple[Document, ...]:
    """What the chart must show, by the document where it is looked for."""
    asks: dict[str, list[str]] = {}
    for fact in wanted:
        where = fact.where_found or "Anywhere in the chart"
        asks.setdefault(where, []).append(in_trade_words(fact.ask or fact.title))
    return tuple(Document(where, tuple(asks[where])) for where in sorted(asks))


def documents_for(kb: KnowledgeBase, ids: Iterable[str]) -> tuple[Document, ...]:
    """The same of facts by their ids."""
    wanted = frozenset(ids)
    return documents_of(fact for fact in kb.once(_all_facts) if fact.id in wanted)


def _all_facts(kb: KnowledgeBase) -> tuple[Fact, ...]:
    return facts(kb)
