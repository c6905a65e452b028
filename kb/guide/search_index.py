"""What the search of the guide looks in: the base's words, names and texts, read by a page.

The lists are those of ``kb.asking`` and of the full-text index; the page has no model and
asks nobody.
"""

from __future__ import annotations

import json
from datetime import date

from dsl.base.phrases import phrase
from kb.asking.suggestions import terms
from kb.asking.topics import CELLS
from kb.asking.vocabulary import vocabulary
from kb.guide.addresses import Addresses
from kb.names import SAME_WORDS, UNSAID
from kb.plain.trade import in_trade_words
from kb.read.families import families, family_title
from kb.read.records import Json
from kb.read.store import KnowledgeBase, Row


def search_index(kb: KnowledgeBase, addresses: Addresses, day: date) -> Json:
    """Names, phrases, suggestions and texts, with the places of their pages."""
    known = vocabulary(kb)
    return {
        "payers": {key: each.title for key, each in known.payers.items()},
        "payer_names": known.payer_names,
        "phrases": {
            words: [each.kind, *each.targets] for words, each in known.phrases.items()
        },
        "families": {key: family_title(key) for key in families(kb, day)},
        "family_of": dict(addresses.family_of),
        "codes": {
            key: [kind, label]
            for key, (kind, label) in known.codes.items()
            if kind in ("procedure", "diagnosis")
        },
        "contractors": {
            key: [known.contractor_payers[key], title]
            for key, (title, _states) in known.contractors.items()
        },
        "sources": known.sources,
        "topics": CELLS,
        "terms": [[each.text, each.kind] for each in kb.once(terms)],
        "unsaid": sorted(UNSAID),
        "written_out": SAME_WORDS,
        "entries": entries(kb, addresses),
    }


def entries(kb: KnowledgeBase, addresses: Addresses) -> list[list[str]]:
    """Kind, title, subtitle, place and words of every text that the guide has a page of."""
    rows = kb.rows(
        "SELECT kind, title, subtitle, path, codes, body FROM search_entry ORDER BY id"
    )
    found = ((row, addresses.place_of(row["path"])) for row in rows)
    return [_entry(row, place) for row, place in found if place]


def _entry(row: Row, place: str) -> list[str]:
    title, subtitle = in_trade_words(row["title"]), in_trade_words(row["subtitle"])
    seen = set(phrase(f"{title} {subtitle}").split())
    words = phrase(f"{row['codes']} {row['title']} {row['body']}").split()
    others = dict.fromkeys(word for word in words if word not in seen)
    return [row["kind"], title, subtitle, place, " ".join(others)]


def search_json(kb: KnowledgeBase, addresses: Addresses, day: date) -> bytes:
    """The index as the page reads it, the same every time."""
    found = search_index(kb, addresses, day)
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()
