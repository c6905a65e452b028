"""Full-text search for what no card answers: words counted, not all of them required.

A rule that several contractors share is one hit; the main payer of a name comes before
its siblings.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from dsl.base.phrases import atoms, phrase, singular
from kb.asking.understood import CODES, DENIAL, DIAGNOSIS, PAYER, Chip, Understood
from kb.asking.vocabulary import SKIP, Vocabulary, vocabulary
from kb.read.store import KnowledgeBase

SHORTEST = 2
MOST_WORDS = 12
MOST_COUNTED, COUNTED_BESIDE = 400, 150
"""Entries of a word that are counted, best first; fewer beside an answer."""
OF_PAYER = 0.5
"""What it adds to a hit to be of the payer that is asked about."""
HOLDING = """
SELECT e.id, e.kind, e.item, e.title, e.subtitle, e.path, rank
FROM search_entry_fts f JOIN search_entry e ON e.id = f.rowid
WHERE search_entry_fts MATCH ? AND rank MATCH 'bm25(10.0, 3.0, 5.0, 1.0)'
ORDER BY rank LIMIT ?
"""
Entry = tuple[int, str, str, str, str, str]
"""Number, kind, key, title, subtitle and page of what is searched."""


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that full-text search found."""

    kind: str
    """``rule``, ``policy``, ``source``, ``code`` or ``payer``."""
    title: str
    subtitle: str
    path: str
    others: int
    """How many more entries say the same, as the same rule of other contractors."""
    without: tuple[str, ...]
    """Words of the question that do not occur in it."""


def find(
    kb: KnowledgeBase,
    understood: Understood,
    most: int,
    *,
    with_topics: bool = False,
    kind: str = "",
) -> tuple[Found, ...]:
    """What the words of a question find, best first: those that hold more of them.

    The words of its topics count too ``with_topics``: where no cell answered them.
    ``kind`` keeps one kind of entry.
    """
    known = vocabulary(kb)
    words = _words(understood, known, with_topics=with_topics)
    if not words:
        return ()
    scores: defaultdict[int, float] = defaultdict(float)
    holding: defaultdict[int, set[str]] = defaultdict(set)
    entries: dict[int, Entry] = {}
    for word in words:
        for entry, score in _ranked(
            kb, word, MOST_COUNTED if with_topics else COUNTED_BESIDE
        ):
            entries[entry[0]] = entry
            scores[entry[0]] += score
            holding[entry[0]].add(word)
    payers = [
        known.payers[chip.value].title for chip in understood.all(PAYER) if chip.known
    ]
    ranked = sorted(
        (each for each in entries.values() if kind in ("", each[1])),
        key=lambda entry: (
            -len(holding[entry[0]]) - OF_PAYER * any(p in entry[4] for p in payers),
            -scores[entry[0]],
            entry[0],
        ),
    )
    return tuple(_distinct(ranked, words, holding, most))


def _words(
    understood: Understood, known: Vocabulary, *, with_topics: bool
) -> list[str]:
    """The words that mean something: not those that are skipped, nor what topics are made of.

    A topic alone is searched by its words.
    """
    taken_for = {each.typed.casefold(): each.taken_for for each in understood.corrected}
    codes = [
        code for chip in understood.all(CODES, DIAGNOSIS) for code in _typed_codes(chip)
    ]
    plain = []
    for word in atoms(understood.text):
        found = known.phrases.get(phrase(word))
        skipped = found is not None and found.kind == SKIP
        if len(word) >= SHORTEST and not skipped:
            plain.append(taken_for.get(word, word))
    denials = understood.all(DENIAL)
    codes += [f"CO-{chip.value}" for chip in denials]
    typed = [*codes, *(chip.typed for chip in denials)]
    in_codes = {part for code in typed for part in (*atoms(code), "".join(atoms(code)))}
    kept = [word for word in plain if word not in in_codes]
    topics = frozenset() if with_topics else known.topic_words
    telling = [word for word in kept if singular(word) not in topics]
    return list(dict.fromkeys([*codes, *(telling if telling or codes else kept)]))[
        :MOST_WORDS
    ]


def _typed_codes(chip: Chip) -> tuple[str, ...]:
    """Codes that were typed as codes; those of a trade word are found by its words."""
    return chip.values if any(map(str.isdigit, chip.typed)) else ()


def _ranked(kb: KnowledgeBase, word: str, most: int) -> list[tuple[Entry, float]]:
    """Entries that hold a word with their weight for it, best first."""
    quoted = '"' + word.replace('"', '""') + '"'
    rows = kb.connection.execute(HOLDING, (quoted, most))
    return [(row[:-1], -row[-1]) for row in rows]


def _distinct(
    ranked: list[Entry],
    words: list[str],
    holding: dict[int, set[str]],
    most: int,
) -> list[Found]:
    """The best entry of those that say the same in the same kind of rule."""
    alike: dict[tuple[str, str], list[Entry]] = {}
    for entry in ranked:
        name = entry[2].rpartition("#")[2] if entry[1] == "rule" else entry[2]
        alike.setdefault((f"{entry[1]} {name}", entry[3]), []).append(entry)
    found = []
    for same in list(alike.values())[:most]:
        number, kind, _item, title, subtitle, path = same[0]
        lacking = tuple(word for word in words if word not in holding[number])
        found.append(Found(kind, title, subtitle, path, len(same) - 1, lacking))
    return found
