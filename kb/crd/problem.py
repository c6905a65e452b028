"""What is wrong with a request, as an EHR's support staff must read it."""

from __future__ import annotations

from typing import Literal

from dsl.errors import PayerkbError
from kb.crd.exact import Json

IssueCode = Literal[
    "structure", "required", "value", "invariant", "not-found", "not-supported",
    "incomplete", "too-long", "security", "login", "exception", "throttled",
]  # fmt: skip
"""Codes of FHIR's value set ``issue-type`` that are used here."""


class CrdProblem(PayerkbError):  # noqa: N818  (often the client's)
    """A request that is not answered; no value of it stands in ``text`` or ``where``."""

    def __init__(
        self, status: int, code: IssueCode, text: str, where: str = ""
    ) -> None:
        super().__init__(text)
        self.status = status
        self.code = code
        self.text = text
        """What was found and what is expected instead."""
        self.where = where
        """The element that it is about: ``context.draftOrders.entry[2].resource``."""


def outcome_of(problem: CrdProblem) -> Json:
    """The problem as an OperationOutcome."""
    issue: Json = {
        "severity": "error",
        "code": problem.code,
        "diagnostics": problem.text,
    }
    if problem.where:
        issue["expression"] = [problem.where]
    return {"resourceType": "OperationOutcome", "issue": [issue]}
