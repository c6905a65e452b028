"""What is made of one claim in somebody else's JSON: the claim, its faults, its remarks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kb.claims.edits import faults_of, remarks_of
from kb.claims.json.checks import Fault, Faults, Node, one_a_cause
from kb.claims.model import Claim
from kb.claims.past import PastClaim


class Outcome(NamedTuple):
    """A claim, or an earlier claim, that counts only when there are no faults.

    Faults and remarks have the path at which they stand, and no value of the claim.
    """

    told: Claim | PastClaim | None
    id: str
    """The sender's number of the claim, where it can be read."""
    faults: Faults
    remarks: Faults


class Notes(NamedTuple):
    """The faults and remarks of one claim, in the order of their finding."""

    faults: Faults
    remarks: Faults

    def fault(self, path: str, reason: str, fix: str = "") -> None:
        """Say what is wrong at ``path``."""
        self.faults.append(Fault(path.rstrip("."), reason, fix))

    def remark(self, path: str, text: str) -> None:
        """Say what was left out or settled at ``path``."""
        self.remarks.append(Fault(path.rstrip("."), text))

    def node(self, obj: dict[str, object], at: str) -> Node:
        """An object of the claim at ``at``, whose faults come here."""
        return Node(obj, at, self.faults)


def refused(identifier: str, fault: Fault) -> Outcome:
    """The outcome of what is no claim to answer: one reason why."""
    return Outcome(None, identifier, [fault], [])


def outcome_of(
    claim: Claim, notes: Notes, at: str, lines: Sequence[str], identifier: str
) -> Outcome:
    """The outcome of a claim; its contradictions are told at the paths of its lines."""
    if not notes.faults:
        for edit in faults_of(claim):
            path = at if edit.line is None else lines[edit.line]
            notes.fault(path, edit.text, edit.fix)
        for edit in remarks_of(claim):
            notes.remark(at if edit.line is None else lines[edit.line], edit.text)
    return _with_one_a_cause(claim, notes, identifier)


def outcome_of_past(past: PastClaim, notes: Notes, identifier: str) -> Outcome:
    """The outcome of an earlier claim."""
    return _with_one_a_cause(past, notes, identifier)


def _with_one_a_cause(
    told: Claim | PastClaim, notes: Notes, identifier: str
) -> Outcome:
    # What several parts of a claim refer to is read, and found wrong, several times.
    faults, remarks = (one_a_cause(list(dict.fromkeys(each))) for each in notes)
    return Outcome(None if faults else told, identifier, faults, remarks)
