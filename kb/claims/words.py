"""Words of closed lists in a claim: who performed it, network, sex, plan, place.

A word that no list has is never compared in silence: it would read as "none of those
that the rule names".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kb.claims.model import BadClaim, Claim
from kb.claims.near import listed, may_be_told, meant_word
from kb.claims.shapes import kind_of

PERFORMERS = (
    "physician", "nurse-practitioner", "physician-assistant", "clinical-nurse-specialist",
    "nurse-anesthetist", "nurse-midwife", "anesthesiologist-assistant", "psychologist",
    "physical-therapist", "occupational-therapist", "chiropractor", "podiatrist", "dentist",
    "registered-nurse", "technician",
)  # fmt: skip
PLANS = (
    "commercial", "exchange", "self-funded", "medicare", "medicare-advantage", "medicaid",
    "dual", "medigap", "fep", "tricare", "workers-compensation", "auto", "self-pay", "hmo",
    "hmo-pos", "pos", "ppo", "epo", "pffs", "indemnity", "prime", "select", "west",
    "mid-atlantic", "neighborhood-health", "river-valley",
)  # fmt: skip
CLOSED = {
    "performer": PERFORMERS,
    "network": ("in", "out"),
    "sex": ("female", "male"),
}
PLACES = frozenset(
    f"{n:02}"
    for n in (*range(1, 28), *range(31, 35), 41, 42, *range(49, 59), 60, 61, 62, 65, 66,
              71, 72, 81, 99)
)  # fmt: skip
"""Places of service that Medicare's list has; the other numbers are not assigned."""


def check_words(claim: Claim, plans: Iterable[str] = ()) -> Iterator[BadClaim]:
    """The words of a claim that are on no list; ``plans`` are the policies' own words.

    A payer may have a plan of any name, so that only a plan's word that is nearly one
    we know is a fault.
    """
    for name, known in CLOSED.items():
        word = claim.fields.get(name, "")
        if word and word not in known:
            yield _fault(f"fields.{name}", word, known, claim.id)
    if claim.plan and claim.plan not in PLANS:
        known = tuple(dict.fromkeys((*PLANS, *plans)))
        if claim.plan not in known and may_be_told(claim.plan, known):
            yield _fault("plan", claim.plan, known, claim.id)
    for index, line in enumerate(claim.lines):
        if line.place and line.place not in PLACES:
            reason = "no place of service has this number"
            fix = "Write where it was done, as `11` for an office or `24` for a surgery center."
            yield BadClaim(f"lines[{index}].place", reason, fix, id=claim.id)


def _fault(where: str, word: str, known: tuple[str, ...], claim: str) -> BadClaim:
    near = meant_word(word, known)
    told = f"`{word}`" if may_be_told(word, known) else kind_of(word)
    fix = f"Did you mean `{near}`?" if near else ""
    return BadClaim(
        where, f"found {told}, expected one of {listed(known)}", fix, id=claim
    )
