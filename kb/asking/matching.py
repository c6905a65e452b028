"""Plain words matched with what they stand for, the longest phrases first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dsl.base.phrases import singular
from dsl.ir.states import STATES
from kb.asking.understood import BRAND, PAYER, STATE
from kb.asking.vocabulary import SKIP, Meaning, Vocabulary
from kb.names import plain_name

WORDS_TOO = frozenset(
    {"AL", "AS", "CO", "CT", "DE", "GU", "HI", "ID", "IN", "LA", "MA", "MD", "ME", "MP"}
    | {"MS", "MT", "OK", "OR", "PA", "PR", "VI"}
)
"""Letters that mean something else as well (in, or, a physician assistant, a CT): a state
only in capitals and beside a payer, or after ``in`` or ``state``."""
BEFORE_A_STATE = frozenset({"in", "state", "for"})


@dataclass(frozen=True, slots=True)
class Atom:
    """One plain word, where it stands among the tokens, and how it was typed."""

    word: str
    token: int
    typed: str
    shouted: bool
    """Whether the whole question is in capitals, so that capitals say nothing."""


@dataclass(frozen=True, slots=True)
class Match:
    """Words that mean something: ``first`` and after ``last`` among the atoms."""

    first: int
    last: int
    meaning: Meaning


def matches(atoms: list[Atom], known: Vocabulary) -> list[Match]:
    """What the words mean, no word twice; words that mean nothing are in no match."""
    taken: dict[int, Match] = {}
    for size in range(min(len(atoms), known.longest), 0, -1):
        for first in range(len(atoms) - size + 1):
            window = range(first, first + size)
            if any(at in taken for at in window) or not _side_by_side(
                atoms, first, size
            ):
                continue
            meaning = _meaning(atoms, first, size, known, taken)
            if meaning is not None:
                match = Match(first, first + size, meaning)
                taken |= dict.fromkeys(window, match)
    return sorted(set(taken.values()), key=lambda match: match.first)


def _side_by_side(atoms: list[Atom], first: int, size: int) -> bool:
    return atoms[first + size - 1].token - atoms[first].token < size


def _meaning(
    atoms: list[Atom],
    first: int,
    size: int,
    known: Vocabulary,
    taken: dict[int, Match],
) -> Meaning | None:
    words = [atom.word for atom in atoms[first : first + size]]
    if size == 1 and (state := _state_of_letters(atoms, first, taken, known)):
        return Meaning(STATE, (state,))
    meaning = known.phrases.get(" ".join(map(singular, words)))
    if meaning is not None and meaning.kind != SKIP:
        return meaning
    if payers := _payers_named(words, known):
        return Meaning(PAYER, payers)
    return meaning


def _payers_named(words: list[str], known: Vocabulary) -> tuple[str, ...]:
    # A small word at an end belongs to the sentence, not to the name.
    if not (plain_name(words[0]) and plain_name(words[-1])):
        return ()
    return known.payer_names.get(plain_name(" ".join(words)), ())


def _state_of_letters(
    atoms: list[Atom], at: int, taken: dict[int, Match], known: Vocabulary
) -> str:
    """The state that two letters are, when they can be nothing else here."""
    letters = atoms[at].word.upper()
    if letters not in STATES:
        return ""
    if letters not in WORDS_TOO:
        return letters
    if atoms[at].shouted or not atoms[at].typed.isupper() or at == 0:
        return ""
    before = taken.get(at - 1)
    beside_payer = before is not None and before.meaning.kind in (PAYER, BRAND)
    if letters == "MA" and beside_payer:
        return ""  # Medicare Advantage as well
    if letters == "PA":
        return _pennsylvania(atoms[at - 1].word, before, known)
    return letters if beside_payer or atoms[at - 1].word in BEFORE_A_STATE else ""


def _pennsylvania(before: str, match: Match | None, known: Vocabulary) -> str:
    """PA as a state: after ``in``, and beside a payer that is another one in each state.

    Beside any other payer it is prior authorization.
    """
    if before in ("in", "state"):
        return "PA"
    if match is None or match.meaning.kind not in (PAYER, BRAND):
        return ""
    own = match.meaning.targets[0]
    by_state = match.meaning.kind == BRAND or "PA" in known.payer_states.get(own, ())
    return "PA" if by_state else ""


def states_inside(atoms: list[Atom], match: Match, known: Vocabulary) -> Iterator[str]:
    """The state in a payer's name: ``BCBS of Alabama`` says Alabama."""
    words = [singular(atom.word) for atom in atoms[match.first : match.last]]
    for size in range(len(words), 0, -1):
        for first in range(len(words) - size + 1):
            found = known.phrases.get(" ".join(words[first : first + size]))
            if found is not None and found.kind == STATE:
                yield found.targets[0]
                return
    last = words[-1].upper()
    if len(words) > 1 and last in STATES:
        yield last
