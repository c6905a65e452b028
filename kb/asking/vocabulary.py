"""All that a question can name: the base's own names, and the words of its authors."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from dsl.base.phrases import atoms, phrase
from dsl.ir.states import STATES
from kb.asking.understood import CODES, CONTRACTOR, FAMILY, STATE, TOPIC
from kb.names import plain_name
from kb.plain.trade import in_trade_words
from kb.read.families import codes_of_families
from kb.read.source_store import sources
from kb.read.store import KnowledgeBase, Row, contractors, payers

SKIP, NAME = "skip", "name"
SHORTEST_NAME = 3
"""Letters of a payer's name that may be found without its spaces."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a phrase stands for."""

    kind: str
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PayerName:
    """A payer as questions need it."""

    title: str
    line: str
    names: tuple[str, ...]
    """All that it is called, as ``kb.names.plain_name`` spells it."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the words of questions are looked up in."""

    phrases: dict[str, Meaning]
    """By phrase as ``kb.asking.spelling.phrase`` has it; what is skipped too."""
    payer_names: dict[str, tuple[str, ...]]
    """Payers by their names as ``kb.names.plain_name`` has them, the main one first."""
    payers: dict[str, PayerName]
    contractors: dict[str, tuple[str, tuple[str, ...]]]
    """Title and states."""
    contractor_payers: dict[str, str]
    payer_states: dict[str, frozenset[str]]
    """States that policies or contractors of a payer name."""
    codes: dict[str, tuple[str, str]]
    """Kind and label."""
    sources: dict[str, str]
    """Titles of documents."""
    documents: dict[str, str]
    """Documents by their names as ``kb.names.plain_name`` has them; of several versions of
    one number the last."""
    in_families: frozenset[str]
    """The codes of all families of procedures."""
    words: frozenset[str]
    """Single words that have a meaning here, against which typos are held."""
    topic_words: frozenset[str]
    """Words that topics alone are made of: year, often, bill."""
    longest: int
    """Words of the longest phrase."""

    def contractor_in(self, payer: str, state: str) -> str:
        """Who decides for a payer in a state, or nothing."""
        for key, (_title, states) in self.contractors.items():
            if self.contractor_payers[key] == payer and state in states:
                return key
        return ""


def vocabulary(kb: KnowledgeBase) -> Vocabulary:
    """The words of a knowledge base, read once."""
    return kb.once(_vocabulary)


def _vocabulary(kb: KnowledgeBase) -> Vocabulary:
    phrases = {phrase(name): Meaning(STATE, (key,)) for key, name in STATES.items()}
    for each in contractors(kb):
        phrases[phrase(each.title)] = Meaning(CONTRACTOR, (each.id,))
    written = kb.rows(_WORDS)
    for row in (row for row in written if row["kind"] != NAME):
        meant = Meaning(row["kind"], tuple(row["target"].split()) or ("",))
        known = phrases.get(phrase(row["word"]))
        if known is None or known.kind == SKIP or known.kind == meant.kind == STATE:
            phrases[phrase(row["word"])] = meant
    named = _named(kb, written)
    found = {
        each.id: PayerName(each.title, each.line_of_business, tuple(named[each.id]))
        for each in payers(kb)
    }
    by_name: defaultdict[str, list[str]] = defaultdict(list)
    for key, names in named.items():
        for name in names:
            by_name[name].append(key)
    titles = " ".join(each.title for each in found.values())
    words = {word for each in phrases for word in each.split()} | set(atoms(titles))
    return Vocabulary(
        phrases=phrases,
        payer_names={
            name: tuple(sorted(keys, key=lambda key: (len(key), key)))
            for name, keys in by_name.items()
            if len(name) >= SHORTEST_NAME
        },
        payers=found,
        contractors={each.id: (each.title, each.states) for each in contractors(kb)},
        contractor_payers={each.id: each.payer for each in contractors(kb)},
        payer_states=_states_of_payers(kb),
        codes={
            row["id"]: (row["kind"], in_trade_words(row["label"]))
            for row in kb.rows("SELECT id, kind, label FROM code")
        },
        sources={each.id: each.title for each in sources(kb)},
        documents=_documents(each.id for each in sources(kb)),
        in_families=frozenset().union(*codes_of_families(kb).values()),
        words=frozenset(word for word in words if not word.isdecimal()),
        topic_words=_words_of(phrases, {TOPIC})
        - _words_of(phrases, {FAMILY, CODES, STATE, CONTRACTOR}),
        longest=max((len(each.split()) for each in phrases), default=1) + 5,
    )


_WORDS = """
SELECT word, kind, target FROM alias
UNION ALL SELECT value, 'name', payer FROM payer_match WHERE kind = 'name'
"""


def _documents(keys: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    in_order = sorted(keys)
    for key in in_order:
        if number := _NUMBERED.match(key):
            found[plain_name(number[1])] = key
    return found | {plain_name(key): key for key in in_order}


_NUMBERED = re.compile(r"([A-Z]+-?\d{3,})-[A-Z]")
"""The number of a document of which versions are loaded: ``CPB-0016`` of its copies."""
_STATES = """
SELECT v.payer, s.state FROM policy_state s JOIN policy_version v ON v.id = s.policy_version
UNION SELECT c.payer, s.state FROM contractor_state s JOIN contractor c ON c.id = s.contractor
"""


def _states_of_payers(kb: KnowledgeBase) -> dict[str, frozenset[str]]:
    named: defaultdict[str, set[str]] = defaultdict(set)
    for row in kb.rows(_STATES):
        named[row["payer"]].add(row["state"])
    return {payer: frozenset(states) for payer, states in named.items()}


def _words_of(phrases: dict[str, Meaning], kinds: set[str]) -> frozenset[str]:
    return frozenset(
        word
        for each, meaning in phrases.items()
        if meaning.kind in kinds
        for word in each.split()
    )


def _named(kb: KnowledgeBase, written: list[Row]) -> defaultdict[str, list[str]]:
    """The names of each payer: its own, those that claims carry, those of the authors."""
    named: defaultdict[str, list[str]] = defaultdict(list)
    for row in written:
        if row["kind"] in (NAME, "payer"):
            named[row["target"]].append(plain_name(row["word"]))
    for each in payers(kb):
        named[each.id] += [
            plain_name(each.title),
            plain_name(each.id.replace("-", " ")),
        ]
    return defaultdict(
        list, {key: list(dict.fromkeys(own)) for key, own in named.items()}
    )


def words_of_base(kb: KnowledgeBase) -> frozenset[str]:
    """Every word of the texts that search looks through: none of them is a typo."""
    return kb.once(_words_of_base)


def _words_of_base(kb: KnowledgeBase) -> frozenset[str]:
    rows = kb.rows("SELECT title, subtitle, body FROM search_entry")
    return frozenset(
        word
        for row in rows
        for word in atoms(f"{row['title']} {row['subtitle']} {row['body']}")
    )
