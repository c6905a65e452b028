"""The trade's words in the place of our own roundabout ones, and names of codes and days.

The words are the field's own and free to use; a descriptor of a code is none of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

FIELD_WORDS = (
    (
        r"epidurals? between the bones,? or at the tail bone",
        "interlaminar or caudal epidural",
    ),
    (r"epidurals? between the bones", "interlaminar epidural"),
    (r"epidurals? through the nerve opening", "transforaminal epidural"),
    (r"between the bones,? or at the tail bone", "interlaminar or caudal"),
    (r"between the bones", "interlaminar"),
    (r"through the nerve opening|through the opening", "transforaminal"),
    (r"at the tail bone", "caudal"),
    (r"simpler care", "conservative care"),
    (r"non-invasive care", "conservative care"),
    (r"conventional heat", "conventional radiofrequency"),
    (r"heat ablation", "radiofrequency ablation"),
    (r"nerves? inside a vertebra", "basivertebral nerve"),
    (r"balloon and cement", "kyphoplasty"),
    (
        r"cement into a vertebra, with or without a balloon",
        "vertebroplasty or kyphoplasty",
    ),
    (r"cement, with or without a balloon", "vertebroplasty or kyphoplasty"),
    (r"cement into a vertebra|cement alone", "vertebroplasty"),
    (r"cement(?= |,)", "vertebroplasty"),
    (r"facet joints? or (its|their) nerves", "facet joint or medial branch block"),
    (r"shingles pain", "acute zoster pain"),
    (r"root pain", "radicular pain"),
    (r"root ganglion", "dorsal root ganglion"),
    (
        r"blocks? of facet joints or their nerves",
        "facet joint or medial branch blocks",
    ),
)
_PATTERNS = tuple(
    (re.compile(rf"\b(?:{old})", re.IGNORECASE), new) for old, new in FIELD_WORDS
)
_ANY_OF_THEM = re.compile(
    "bone|opening|care|heat|vertebra|cement|facet|shingles|root", re.IGNORECASE
)
"""One of these is in whatever a pattern of ``FIELD_WORDS`` finds; most texts have none."""
PLACES = {
    "11": "office",
    "24": "surgery center (ASC)",
    "22": "hospital outpatient",
    "19": "off-campus hospital outpatient",
    "21": "hospital inpatient",
    "23": "emergency room",
    "20": "urgent care",
    "12": "home",
    "02": "telehealth, not at home",
    "10": "telehealth at home",
    "31": "skilled nursing facility",
    "32": "nursing facility",
    "34": "hospice",
    "49": "independent clinic",
    "61": "inpatient rehabilitation",
    "81": "independent laboratory",
}
"""Places of service that pain practices bill, in everyday words, the commonest first.

Any other number of CMS's list can be typed.
"""
MODIFIERS = {
    "AA": "anesthesia given by the anesthesiologist alone",
    "FS": "a visit shared by a physician and a nurse practitioner or assistant",
    "GA": "the patient signed a notice that Medicare may not pay",
    "GT": "by live video",
    "GX": "a notice was given of its own accord",
    "GY": "Medicare never covers it",
    "GZ": "it may be denied, and no notice was signed",
    "JW": "drug thrown away from a single-dose vial",
    "JZ": "no drug of the single-dose vial was thrown away",
    "KD": "drug given through an implanted pump or device",
    "KX": "what the policy asks is met, and the chart shows it",
    "Q6": "a substitute physician, paid by time",
    "QK": "two to four anesthesias directed at once",
    "QS": "monitored anesthesia care",
    "QW": "a test that CLIA waives",
    "QX": "a nurse anesthetist, directed by a physician",
    "QY": "one nurse anesthetist directed by an anesthesiologist",
    "QZ": "a nurse anesthetist without a physician's direction",
    "SA": "a nurse practitioner worked with a physician",
    "SB": "a nurse midwife did it",
    "TC": "the technical part only",
    "XE": "another encounter of the day",
    "XP": "another practitioner",
    "XS": "another part of the body",
    "XU": "it does not overlap the usual service",
}
"""Modifiers of HCPCS level II, whose list is public, in our own words; CPT's have none."""
_NUMBERED = re.compile(r"([A-Z]?)([0-9]+)([A-Z]?)")
"""A code that counts: ``64493``, ``0213T``, ``G0480``."""


@lru_cache(maxsize=8192)
def in_trade_words(text: str) -> str:
    """A text of ours with the field's words where we had gone around them."""
    starts_big = text[:1].isupper()
    if _ANY_OF_THEM.search(text):
        for pattern, words in _PATTERNS:
            text = pattern.sub(words, text)
    return sentence_case(text) if starts_big else text


def sentence_case(text: str) -> str:
    """The first letter large, unless the word is a name with a large one inside."""
    return text if _is_name(text[1:]) else text[:1].upper() + text[1:]


def mid_sentence(text: str) -> str:
    """The first letter small, unless its word is a name or an abbreviation."""
    return text if _is_name(text[1:]) else text[:1].lower() + text[1:]


def _is_name(rest: str) -> bool:
    """Whether a word, without its first letter, has large ones: ``eviCore``, ``MRI``."""
    first = rest.partition(" ")[0]
    return first != first.lower()


def place_words(code: str) -> str:
    """``office (11)``."""
    name = PLACES.get(code, "place").removesuffix(" (ASC)")
    return f"{name} ({code})" if code in PLACES else f"{name} {code}"


KINDS_OF_PLANS = frozenset(
    {"commercial", "dual", "exchange", "self-funded", "self-pay", "medicare"}
)
"""Plans that go by what they are; others have a name, or are an abbreviation."""
LONGEST_ABBREVIATION = 4


def plan_words(plans: Iterable[str]) -> str:
    """``a Prime plan``, ``an HMO or HMO POS plan``."""
    names = [*map(_plan_name, plans)]
    said = " or ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
    first = names[0].partition(" ")[0]
    begins = "AEFHILMNORSX" if first.isupper() else "AEIOaeio"
    return f"a{'n' if first[0] in begins else ''} {said} plan"


def _plan_name(plan: str) -> str:
    words = plan.split("-")
    if plan in KINDS_OF_PLANS:
        return " ".join(words)
    if all(
        len(word) <= LONGEST_ABBREVIATION and word not in NAMED_PLANS for word in words
    ):
        return " ".join(words).upper()
    return " ".join(word.capitalize() for word in words)


NAMED_PLANS = frozenset({"west", "east"})
"""Short names of plans that are no abbreviations."""


def codes_words(codes: Iterable[str]) -> str:
    """Codes in order, neighbours as a range: ``62321, 62323, 64490-64495``."""
    runs: list[list[str]] = []
    for code in sorted(set(codes)):
        if runs and _follows(runs[-1][-1], code):
            runs[-1].append(code)
        else:
            runs.append([code])
    return ", ".join(
        f"{run[0]}-{run[-1]}" if len(run) > 2 else ", ".join(run) for run in runs
    )


def _follows(before: str, after: str) -> bool:
    parts = [_NUMBERED.fullmatch(code) for code in (before, after)]
    if not (parts[0] and parts[1]):
        return False
    (head, number, tail), (next_head, next_number, next_tail) = (
        parts[0].groups(),
        parts[1].groups(),
    )
    alike = (head, len(number), tail) == (next_head, len(next_number), next_tail)
    return alike and int(next_number) == int(number) + 1
