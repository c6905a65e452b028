"""Where a payer does no business, as far as the loaded data say so: never a guess."""

from __future__ import annotations

from collections import defaultdict

from dsl.base.phrases import atoms
from dsl.ir.states import STATES
from kb.read.knowledge_base import KnowledgeBase
from kb.read.store import payers


def is_of_other_states(kb: KnowledgeBase, payer: str, state: str) -> bool:
    """Whether a payer's name, or all its loaded policies, are of other states than ``state``.

    Of most payers nothing says where they sell: they are of every state.
    """
    own = kb.once(_states_named).get(payer, frozenset())
    return bool(state) and bool(own) and state not in own


def _states_named(kb: KnowledgeBase) -> dict[str, frozenset[str]]:
    found = {each.id: _in_name(f"{each.title} {each.id}") for each in payers(kb)}
    confined = _confined(kb)
    return {
        payer: frozenset(named or confined.get(payer, set()))
        for payer, named in found.items()
    }


def _in_name(name: str) -> set[str]:
    """The states that a name says in full; Virginia is none of West Virginia."""
    words = f" {' '.join(atoms(name))} "
    found: set[str] = set()
    for key, state in sorted(STATES.items(), key=lambda each: -len(each[1])):
        said = f" {' '.join(atoms(state))} "
        if said in words:
            found.add(key)
            words = words.replace(said, " ")
    return found


def _confined(kb: KnowledgeBase) -> dict[str, set[str]]:
    """The states of payers of whom every policy names some."""
    states: defaultdict[str, set[str]] = defaultdict(set)
    everywhere: set[str] = set()
    for row in kb.rows(_POLICIES):
        if row["state"]:
            states[row["payer"]].add(row["state"])
        else:
            everywhere.add(row["payer"])
    return {payer: own for payer, own in states.items() if payer not in everywhere}


_POLICIES = """
SELECT v.payer, s.state FROM policy_version v
LEFT JOIN policy_state s ON s.policy_version = v.id
WHERE v.payer IS NOT NULL AND v.status <> 'shared'
"""
