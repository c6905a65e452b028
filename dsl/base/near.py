"""What a word that nobody knows was probably meant to be."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

MOST_COMPARED = 400
"""Known words that are all compared with one that is not known."""
MOST_CHOSEN = 100
"""Of more, those that are compared: the ones that share rare pairs of letters with it."""
MOST_ASKED = 100
"""Unknown words to which a near one is sought: who has more lacks a file, not a letter."""
LONGEST = 100
"""Letters of a word that can be near to another."""
CUTOFF = 0.6


class Nearest:
    """The words known in one place, of which one is perhaps near to an unknown one.

    The work for an unknown word does not grow with the words that are known, so that a
    file of nothing but unknown words is read in time that grows with its size.
    """

    def __init__(self, known: Iterable[str]) -> None:
        self.known = sorted(set(known))
        self.by_pair: dict[str, list[str]] = {}
        self.found: dict[str, str] = {}

    def to(self, word: str) -> str:
        """The nearest known word, or an empty string."""
        if word not in self.found:
            if len(word) > LONGEST or len(self.found) >= MOST_ASKED:
                return ""
            near = get_close_matches(word, self.candidates(word), n=1, cutoff=CUTOFF)
            self.found[word] = near[0] if near else ""
        return self.found[word]

    def candidates(self, word: str) -> list[str]:
        """The known words worth comparing."""
        if len(self.known) <= MOST_COMPARED:
            return self.known
        if not self.by_pair:
            for known in self.known:
                for pair in pairs(known):
                    self.by_pair.setdefault(pair, []).append(known)
        sharing = sorted((self.by_pair.get(pair, []) for pair in pairs(word)), key=len)
        chosen: dict[str, None] = {}
        for words in sharing:
            chosen |= dict.fromkeys(words[:MOST_CHOSEN])
            if len(chosen) >= MOST_CHOSEN:
                break
        return list(chosen)


def pairs(word: str) -> set[str]:
    """The pairs of letters that stand side by side in a word."""
    return {word[i : i + 2] for i in range(len(word) - 1)}
