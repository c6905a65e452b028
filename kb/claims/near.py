"""Words of a claim that nobody knows: what they may have meant, and how to tell them.

A word of a claim may be a person's name in a wrong place, so it is told only when it
is nearly one that we know; otherwise by its length and kind.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches
from functools import lru_cache

from kb.claims.shapes import kind_of

MOST_TOLD = 3
"""Unknown words of one place that are told one by one; the others are counted."""
_LONGEST_WORD = 40
_TOLD_WHEN = 0.7
"""The likeness, of 1, from which a word is surely meant as one that we know."""


@lru_cache(maxsize=1024)
def near_word(word: str, known: tuple[str, ...]) -> str:
    """The known word that is most like ``word``; empty when none is like it."""
    if len(word) > _LONGEST_WORD:
        return ""
    return next(iter(get_close_matches(word, known, n=1)), "")


MEANT = {
    "anxious": "anxiety", "bleeding": "bleeding-risk",
    "c-arm": "fluoroscopy", "cat-scan": "ct", "cat": "ct", "cold": "cryo",
    "cooled": "cooled-radiofrequency", "cooled-rf": "cooled-radiofrequency",
    "crps": "complex-regional-pain", "cryoablation": "cryo", "cryoneurolysis": "cryo",
    "decadron": "dexamethasone", "kenalog": "triamcinolone",
    "celestone": "betamethasone", "drg": "root-ganglion", "dx": "diagnostic",
    "fbss": "failed-back-surgery", "fluoro": "fluoroscopy", "x-ray": "fluoroscopy",
    "xray": "fluoroscopy", "heat": "conventional-radiofrequency",
    "herniated-disc": "radicular-pain", "high-risk": "high", "low-risk": "low",
    "medium": "moderate", "moderate-risk": "moderate", "implant": "permanent",
    "neck": "cervical", "low-back": "lumbar", "mid-back": "thoracic",
    "phenol": "chemical", "alcohol": "chemical", "pulsed": "pulsed-radiofrequency",
    "pulsed-rf": "pulsed-radiofrequency", "prf": "pulsed-radiofrequency",
    "radiculopathy": "radicular-pain", "radicular": "radicular-pain",
    "sciatica": "radicular-pain", "rf": "conventional-radiofrequency",
    "rfa": "conventional-radiofrequency", "radiofrequency": "conventional-radiofrequency",
    "rhizotomy": "conventional-radiofrequency", "thermal": "conventional-radiofrequency",
    "thermal-rf": "conventional-radiofrequency", "scs": "spinal-cord",
    "shingles": "acute-zoster", "zoster": "acute-zoster", "stenosis": "neurogenic-claudication",
    "claudication": "neurogenic-claudication", "tx": "therapeutic",
    "treatment": "therapeutic", "us": "ultrasound", "video": "live-video",
    "np": "nurse-practitioner", "pa": "physician-assistant", "md": "physician",
    "do": "physician", "doctor": "physician", "arnp": "nurse-practitioner",
    "in-network": "in", "out-of-network": "out", "oon": "out", "par": "in",
}  # fmt: skip
"""What people write for a word of a closed list."""
SURE = 8
"""A word of fewer letters is loosely like too many others to tell what it may mean."""


def meant_word(word: str, known: tuple[str, ...]) -> str:
    """The word of a closed list that is meant, by its meaning before its letters."""
    said = word.strip().lower().replace(" ", "-").replace("_", "-")
    if (meant := MEANT.get(said, "")) in known:
        return meant
    holding = [one for one in known if said and said in one.split("-")]
    if len(holding) == 1:
        return holding[0]
    near = near_word(said, known)
    long_enough = min(len(said), len(near)) >= SURE
    return near if near and (long_enough or like(said, near) >= _TOLD_WHEN) else ""


def may_be_told(word: str, known: tuple[str, ...]) -> bool:
    """Whether an error may show ``word``: it is a known one, or nearly."""
    near = near_word(word.lower(), known)
    if not near or not word.isascii() or not word.isprintable():
        return False
    return like(word.lower(), near) >= _TOLD_WHEN


def like(one: str, other: str) -> float:
    """How like two words are by their letters, of 1."""
    return SequenceMatcher(None, one, other).ratio()


def name_of_key(key: str, known: tuple[str, ...]) -> str:
    """The key as an error may show it, else what kind of word it is."""
    return f"`{key}`" if may_be_told(key, known) else f"({kind_of(key)})"


def listed(words: Iterable[str]) -> str:
    """Words for an error: `` `a`, `b` ``."""
    return ", ".join(f"`{word}`" for word in words)
