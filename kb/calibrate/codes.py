"""Claim adjustment reason codes (CARC): which say no denial, of which kind others are.

The words are ours: what a biller would say.  A code that does not stand here is told by
its number alone.
"""

from __future__ import annotations

from typing import NamedTuple

NO_DENIAL = frozenset({"1", "2", "3", "45", "253"})
"""Shares of the patient, the contract's price, sequestration: they stand on paid lines."""
DUPLICATE = "18"


class Carc(NamedTuple):
    """What a code says in a few words, and which reasons of rules are of its kind."""

    words: str
    reasons: frozenset[str] = frozenset()
    """As policies name them: ``deny for frequency``."""


def _of(words: str, *reasons: str) -> Carc:
    return Carc(words, frozenset(reasons))


CARCS = {
    "4": _of("the modifier does not fit the code, or one is lacking", "modifier"),
    "5": _of("the code does not fit the place of service", "place"),
    "11": _of("the diagnosis does not fit the code", "diagnosis"),
    "16": _of("the claim lacks something or is wrong in something"),
    "18": _of("the same line was billed before", "coding"),
    "22": _of("another insurer pays first"),
    "29": _of("filed too late", "filing"),
    "50": _of("not medically necessary by the payer's rules", "necessity"),
    "55": _of("experimental by the payer's rules", "necessity"),
    "56": _of("not proven to help, by the payer's rules", "necessity"),
    "58": _of("given in a place where it is not paid", "place"),
    "96": _of("not covered", "necessity"),
    "97": _of("paid within another service", "bundled"),
    "109": _of("not this payer's to pay"),
    "119": _of("the benefit's limit is reached", "frequency", "units"),
    "146": _of("the diagnosis code does not hold on the day", "diagnosis"),
    "150": _of("the records do not carry this level of service", "documentation"),
    "151": _of("more often than the payer allows", "frequency", "units"),
    "167": _of("the diagnosis is not covered", "diagnosis"),
    "170": _of("not paid to this kind of provider", "provider"),
    "181": _of("the procedure code does not hold on the day", "coding"),
    "182": _of("the modifier does not hold on the day", "modifier"),
    "185": _of("the rendering provider may not give it", "provider"),
    "197": _of("no approval before the service", "authorization"),
    "198": _of("more than was approved", "authorization"),
    "222": _of("more units than the contract allows", "units"),
    "226": _of("records were asked for and did not come", "documentation"),
    "231": _of("two services that exclude each other on one day", "bundled"),
    "234": _of("not paid apart", "bundled"),
    "236": _of("two codes that may not stand together on a day", "bundled"),
    "252": _of("records are asked for", "documentation"),
    "B7": _of("the provider was not certified for it on the day", "provider"),
    "B15": _of("needs another service that was not paid", "bundled"),
}


def carc_words(number: str) -> str:
    """What a CARC says in our own words; empty where we have none."""
    known = CARCS.get(number)
    return known.words if known else ""


def number_of(carc: str) -> str:
    """The number of a CARC with or without its group: ``151`` of ``CO-151``."""
    return carc.rpartition("-")[2]
