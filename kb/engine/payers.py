"""Which payer a claim names: by key, id or name, and among a brand's by its plan."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from kb.claims.model import PayerNamed
from kb.claims.near import MOST_TOLD
from kb.engine.program import PayerWords, Program
from kb.names import plain_name

_SHORTEST_BRAND = 5
"""Letters of a name from which it may be the begin of a longer one."""
_LIKE = 0.8
MOST_NAMED = 1024
"""Payers as claims name them, of which it is known who they are."""


def find_payer(named: PayerNamed, program: Program, plan: str = "") -> tuple[str, str]:
    """The payer's key with an empty reason, or an empty key with the reason.

    By our own key, then by identifier and name together, and by claim filing indicator
    when just one payer has it.  Where several payers of a brand go by what the claim
    says, its plan decides.
    """
    known: dict[tuple[PayerNamed, str], tuple[str, str]] = program.once(
        "payers named", dict
    )
    found = known.get((named, plan))
    if found is None:
        if len(known) == MOST_NAMED:
            known.clear()
        found = known[named, plan] = found_payer(named, program, plan)
    return found


def found_payer(named: PayerNamed, program: Program, plan: str) -> tuple[str, str]:
    """The same, looked for."""
    payers = program.payers
    if named.key and named.key in program.once("payer keys", lambda: keys_of(payers)):
        return named.key, ""
    found = by_names(named, payers)
    if isinstance(found, str):
        return "", found
    if found:
        return among(found, plan, payers)
    filed = [p for p in payers if named.filing and named.filing in p.filing]
    if len(filed) == 1 and not named.key:
        return filed[0].key, ""
    return "", unknown_payer(named, payers)


def keys_of(payers: Iterable[PayerWords]) -> frozenset[str]:
    """The keys of payers."""
    return frozenset(payer.key for payer in payers)


def by_names(
    named: PayerNamed, payers: tuple[PayerWords, ...]
) -> list[PayerWords] | str:
    """The payers that go by the claim's id and name, or why these contradict."""
    name = plain_name(named.name or named.key)
    called = [p for p in payers if name and name in p.names]
    numbered = [
        p for p in payers if named.identifier and named.identifier in p.identifiers
    ]
    if not (called and numbered):
        return called or numbered
    both = [payer for payer in called if payer in numbered]
    if both:
        return both
    return (
        f"the claim gives the id of {in_words(numbered)} and the name of"
        f" {in_words(called)}"
    )


def among(
    found: list[PayerWords], plan: str, payers: tuple[PayerWords, ...]
) -> tuple[str, str]:
    """The one of a brand's payers that the plan means, or what stays open."""
    lines = {payer.line_of_business for payer in payers} - {""}
    if plan not in lines:
        if len(found) == 1:
            return found[0].key, ""
        return "", (
            f"the claim's payer may be {in_words(found, ' or ')}: the claim does not give"
            " its plan, on which that depends (SBR09 in an 837, `Coverage.type` in FHIR)"
        )
    of_plan = [p for p in found if p.line_of_business in ("", plan)]
    if len(of_plan) == 1:
        return of_plan[0].key, ""
    if of_plan:
        return "", (
            f"of the loaded payers it may be {in_words(of_plan, ' or ')}: the claim's plan"
            " does not tell which, a name of just one of them would"
        )
    return "", (
        f"the claim's plan is {plan}, and what is loaded by its payer's name or id is"
        f" {in_words(found)}"
    )


def in_words(payers: Iterable[PayerWords], joint: str = " and ") -> str:
    """``uhc (commercial) and uhc-community-plan (medicaid)``."""
    return joint.join(
        f"{payer.key} ({payer.line_of_business})"
        if payer.line_of_business
        else payer.key
        for payer in payers
    )


def unknown_payer(named: PayerNamed, payers: tuple[PayerWords, ...]) -> str:
    """Why the payer was not found, with the nearest names."""
    said = []
    # Neither id nor name is repeated: a person's could stand there by mistake.
    if named.identifier:
        said.append(f"an id of {in_characters(named.identifier)}")
    if named.filing:
        said.append(f"filing indicator {named.filing}")
    if named.name:
        said.append("the name given")
    if named.key:
        said.append("the key given")
    if not said:
        return "the claim names no payer"
    near = near_payers(plain_name(named.name or named.key), payers)
    hint = f". Did you mean {in_words(near, ' or ')}?" if near else ""
    return f"no loaded payer goes by {', '.join(said)}{hint}"


def near_payers(name: str, payers: tuple[PayerWords, ...]) -> list[PayerWords]:
    """The payers whose names are most like a name, or begin it, best first."""
    if not name:
        return []
    of_name: dict[str, list[PayerWords]] = {}
    for payer in payers:
        for each in (*payer.names, plain_name(payer.key)):
            of_name.setdefault(each, []).append(payer)
    begins = [n for n in of_name if len(n) >= _SHORTEST_BRAND and name.startswith(n)]
    best = max(begins, key=len, default="")
    like = get_close_matches(name, sorted(of_name), n=MOST_TOLD, cutoff=_LIKE)
    found = [p for each in dict.fromkeys((best, *like)) for p in of_name.get(each, ())]
    unique = {payer.key: payer for payer in found}
    return list(unique.values())[:MOST_TOLD]


def in_characters(text: str) -> str:
    """The kind of a text that is not shown."""
    count = len(text)
    return f"{count} character{'s' if count != 1 else ''}"
