"""What a half typed question may become, and the page that it opens already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dsl.base.phrases import phrase
from kb.asking.reader import understand
from kb.asking.subjects import page_of, subject_title, subjects_of
from kb.asking.understood import DOCUMENT, PAYER, Understood
from kb.asking.vocabulary import Meaning, vocabulary
from kb.read.families import family_keys, family_title
from kb.read.records import Payer
from kb.read.store import KnowledgeBase, payers

MOST = 8
SHORTEST = 2
"""Letters of a word that is completed."""
MOST_WORDS = 3
"""Words at the end of a question that are completed together."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One line below the box."""

    text: str
    """The question when it is taken; of a page its title."""
    kind: str
    """``answer``, ``payer``, ``procedure``, ``code`` or ``question``."""
    path: str
    """Of the page that it opens; empty: it completes the question."""


def suggest(kb: KnowledgeBase, text: str, today: date) -> tuple[Suggestion, ...]:
    """The page that the words open, then what they may be completed to."""
    plain = " ".join(text.split())
    if len(plain) < SHORTEST:
        return ()
    completed = _completed(kb, plain)
    understood = understand(kb, plain, today, mends=False)
    if understood.not_understood and completed:
        # The last word is not whole yet: what it most likely becomes is opened too.
        understood = understand(kb, completed[0].text, today, mends=False)
    opened = page_opened(kb, understood)
    found = [*([opened] if opened else []), *completed]
    first: dict[str, Suggestion] = {}
    for each in found:
        first.setdefault(each.text.casefold(), each)
    return tuple(first.values())[:MOST]


def page_opened(kb: KnowledgeBase, understood: Understood) -> Suggestion | None:
    """The page that a question opens; ``None`` where its answer is no page."""
    payer = next((c for c in understood.all(PAYER) if c.known), None)
    subjects = subjects_of(kb, understood)
    document = understood.one(DOCUMENT)
    if payer and subjects:
        title = f"{payer.label}: {subject_title(kb, subjects[0])}"
        return Suggestion(title, "answer", f"/answer/{payer.value}/{subjects[0]}")
    if payer:
        return Suggestion(payer.label, "payer", f"/payer/{payer.value}")
    if subjects:
        title = subject_title(kb, subjects[0])
        return Suggestion(title, "procedure", page_of(subjects[0]))
    if document is not None and document.known:
        return Suggestion(document.label, "source", f"/source/{document.value}")
    return None


def _completed(kb: KnowledgeBase, text: str) -> list[Suggestion]:
    """The question with its last words completed, the longest beginnings first."""
    words = text.split(" ")
    found: list[Suggestion] = []
    meant: set[Meaning] = set()
    known = vocabulary(kb)
    for size in range(min(MOST_WORDS, len(words)), 0, -1):
        begun = " ".join(words[-size:]).casefold()
        if len(begun) < SHORTEST:
            continue
        before = " ".join(words[:-size])
        for term in kb.once(terms):
            if not term.folded.startswith(begun) or term.folded == begun:
                continue
            meaning = known.phrases.get(phrase(term.text))
            if meaning is None or meaning not in meant:
                meant |= {meaning} if meaning else set()
                text = f"{before} {term.text}".strip()
                found.append(Suggestion(text, term.kind, ""))
                if len(found) >= MOST:
                    return found
    return found


@dataclass(frozen=True, slots=True)
class Term:
    """What a word may be completed to."""

    text: str
    kind: str
    folded: str
    """In small letters."""


def terms(kb: KnowledgeBase) -> tuple[Term, ...]:
    """All that a word may be completed to: payers first, then procedures, codes, topics."""
    codes = vocabulary(kb).codes.items()
    found = [
        *((each.title, "payer") for each in sorted(payers(kb), key=_main_first)),
        *((family_title(key), "procedure") for key in family_keys(kb)),
        *(
            (code, "code")
            for code, (kind, _) in codes
            if kind in ("procedure", "diagnosis")
        ),
        *_typed_terms(kb),
    ]
    return tuple(Term(text, kind, text.casefold()) for text, kind in found)


def _main_first(payer: Payer) -> tuple[int, str]:
    """The main payer of a name before its siblings, whose keys are longer."""
    return len(payer.id), payer.id


def _typed_terms(kb: KnowledgeBase) -> tuple[tuple[str, str], ...]:
    """The first word of each thing that the files of words name."""
    kinds = {"payer": "payer", "family": "procedure", "codes": "procedure"}
    rows = kb.rows(
        "SELECT word, kind, target FROM alias WHERE kind IN ('payer', 'family', 'codes', 'topic')"
        " ORDER BY word"
    )
    return tuple((row["word"], kinds.get(row["kind"], "question")) for row in rows)
