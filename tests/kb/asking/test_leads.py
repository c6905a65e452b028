"""The sentence that answers: from the rows alone, for every payer, procedure and topic."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from kb.asking.answers import ask
from kb.asking.card_answers import cards_with_siblings
from kb.asking.leads import IN_ADVICE, leads_of
from kb.asking.saying import as_json, as_text
from kb.asking.topics import CELLS
from kb.asking.understood import PAYER, TOPIC, Chip, Understood
from kb.read.families import family_keys
from kb.read.store import KnowledgeBase, open_knowledge_base, payers

TODAY = date(2026, 11, 30)
PROGRAM_WORDS = re.compile(
    r"\b(?:when|unless): |on conditions|\b(?:when|unless|and) plan |\bfact\b|\bscope\b"
    r"|[{}]|: \.|;;|\.\.$"
)
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w])")
COUNTS = re.compile(
    r"and \d+ more|\(\d+ more rules|\d+ polic(?:y was|ies were) searched|under \d+ of"
)


@pytest.fixture(scope="module")
def kb(shipped_database: Path) -> Iterator[KnowledgeBase]:
    with closing(open_knowledge_base(shipped_database)) as connection:
        yield KnowledgeBase(connection)


def test_every_sentence_is_made_of_its_card(kb: KnowledgeBase) -> None:
    families = family_keys(kb)
    for payer in payers(kb):
        chip = Chip(PAYER, (payer.id,), payer.title, payer.title)
        for topic in sorted(CELLS.keys() - IN_ADVICE):
            asked = Chip(TOPIC, (topic,), topic, topic)
            understood = Understood("", (chip, asked), (), (), TODAY)
            for family in families:
                cards = cards_with_siblings(kb, understood, [chip], [family])
                leads = leads_of(kb, understood, cards)
                assert leads
                rows = [r for e in cards for c in e.card.cells for r in c.rows]
                rows += [r for e in cards for r in e.rows]
                parts = [d for each in cards for d in each.documents]
                told = " ".join(
                    [
                        *(
                            f"{r.sentence} {r.condition} {r.short} {r.codes}"
                            for r in rows
                        ),
                        *(f"{d.asks}" for d in parts),
                        *(f"{c.searched}" for e in cards for c in e.card.cells),
                        *(f"{e.card.payer.title} {e.card.searched}" for e in cards),
                    ]
                )
                known = set(NUMBER.findall(told))
                for lead in leads:
                    assert lead.say.startswith(payer.title), lead.say
                    assert lead.say.endswith("."), lead.say
                    assert not PROGRAM_WORDS.search(lead.say), lead.say
                    says = COUNTS.sub("", lead.say.removeprefix(payer.title))
                    assert set(NUMBER.findall(says)) <= known, lead.say


@pytest.mark.parametrize(
    ("question", "known", "payer"),
    [
        ("how many esi per year medicare florida", "known", "medicare-part-b"),
        ("aetna auth for scs trial", "partly", "aetna"),
        ("is kyphoplasty covered by cigna", "silent", "cigna"),
    ],
)
def test_the_answer_stands_first_with_its_source(
    kb: KnowledgeBase, question: str, known: str, payer: str
) -> None:
    asked = ask(kb, question, TODAY)
    first = asked.leads[0]
    assert (first.known, first.payer) == (known, payer)
    assert (first.known == "silent") is (first.source == "")
    text = " ".join(as_text(asked).split())
    assert text.startswith(first.say)
    lead = as_json(asked)["lead"]
    assert isinstance(lead, list)
    assert lead[0] == {
        "say": first.say,
        "payer": payer,
        "known": known,
        "source": first.source or None,
    }


def test_a_sibling_that_says_the_same_or_nothing_is_short(kb: KnowledgeBase) -> None:
    told = [each.say for each in ask(kb, "how often rfa aetna", TODAY).leads]
    assert told == [
        "Aetna: at most 2 sessions per spinal region in any 12 months.",
        "Aetna Medicare Advantage: the same.",
    ]
    silent = ask(kb, "does anthem cover a peripheral stimulator", TODAY)
    assert len(silent.leads) == 1
    assert silent.meanings == ()


def test_a_question_without_a_payer_has_no_sentence_of_one(kb: KnowledgeBase) -> None:
    assert ask(kb, "how many epidurals per year", TODAY).leads == ()
