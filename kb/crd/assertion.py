"""What an answer asserts of an order's coverage, in the codes of the CRD guide.

``deny`` is not covered; ``pass`` and ``note`` are covered.  All else is conditional, with
what would decide it: nothing that the engine does not know is asserted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kb.crd.orders import Order
from kb.engine.judge.answer import LineAnswer, RuleResult
from kb.engine.judge.undecided import NO_STATE
from kb.engine.report.sentences import CLEAN, deciding

Is = Literal["covered", "not-covered", "conditional"]
Approval = Literal["no-auth", "auth-needed", "conditional"]
Document = Literal["clinical"]
Purpose = Literal["retain-doc"]
"""Never ``withpa``: as the guide writes its invariant crd-ci-q4, no answer may hold that."""
Info = Literal[
    "performer", "location", "timeframe", "contract-window", "detail-code", "OTH"
]
INFO_ORDER: tuple[Info, ...] = (
    "performer", "location", "timeframe", "contract-window", "detail-code", "OTH",
)  # fmt: skip
INFO: dict[str, Info] = {
    "network": "performer",
    "npi": "performer",
    "performer": "performer",
    "place": "location",
    "provider": "performer",
    "specialty": "performer",
    "state": "location",
    "taxonomy": "performer",
}
"""What a rule waits for, and the kind of information that it is; else ``OTH``."""


@dataclass(frozen=True, slots=True)
class Assertion:
    """The coded part of a coverage-information."""

    covered: Is
    pa_needed: Approval | None = None
    """Nothing where the order is not covered."""
    doc_needed: tuple[Document, ...] = ()
    doc_purpose: tuple[Purpose, ...] = ()
    info_needed: tuple[Info, ...] = ()
    """Given exactly where something is conditional."""


WITHOUT_CODE = Assertion("conditional", "conditional", info_needed=("detail-code",))
"""Of an order without one billing code: nobody was asked."""
OUT_OF_PERIOD = Assertion(
    "conditional", "conditional", info_needed=("contract-window",)
)
"""Of an order for a day on which the Coverage does not hold."""


def assertion_of(line: LineAnswer, order: Order) -> Assertion:
    """What the answer to a line asserts of its order."""
    if line.outcome == "deny" and not only_together(line, order):
        return Assertion("not-covered")
    approval = approval_of(line)
    covered: Is = "covered" if is_clear(line) else "conditional"
    documents: tuple[Document, ...] = ()
    purposes: tuple[Purpose, ...] = ()
    if asks_for_evidence(line):
        documents, purposes = ("clinical",), ("retain-doc",)
    found = Assertion(covered, approval, documents, purposes)
    if "conditional" not in (covered, approval):
        return found
    return Assertion(covered, approval, documents, purposes, info_of(line, approval))


def only_together(line: LineAnswer, order: Order) -> bool:
    """Whether it is denied for another order alone, though no day puts them together.

    Two orders without days of their own may be done on two days.
    """
    denied = [r for r in deciding(line) if r.status == "not-met"]
    return order.service is None and bool(denied) and all(r.with_lines for r in denied)


def is_clear(line: LineAnswer) -> bool:
    """Whether nothing but an approval stands in the way."""
    return all(
        r.outcome in CLEAN or r.outcome == "needs-auth" for r in line.results
    ) and (line.outcome in CLEAN or line.outcome == "needs-auth")


def approval_of(line: LineAnswer) -> Approval:
    """Whether prior authorization is needed, as far as the rules say."""
    if any(r.outcome == "needs-auth" for r in line.results):
        return "auth-needed"
    unasked = any(one.question in ("approval", "everything") for one in line.not_judged)
    # Where nobody knows which policy holds, nobody knows what it wants approved.
    return "conditional" if unasked or line.reason else "no-auth"


def asks_for_evidence(line: LineAnswer) -> bool:
    """Whether the chart can still change the outcome."""
    return bool(line.chart) and line.outcome in ("needs-auth", "needs-evidence")


def info_of(line: LineAnswer, approval: Approval) -> tuple[Info, ...]:
    """What would decide what is conditional."""
    found = {INFO.get(name, "OTH") for r in open_rules(line) for name in r.about}
    if line.outcome == "deny":
        found = {"timeframe"}
    if line.reason.startswith(NO_STATE):
        found.add("location")
    if line.outcome == "fix":
        found.add("detail-code")
    if not found or approval == "conditional":
        found.add("OTH")
    return tuple(each for each in INFO_ORDER if each in found)


def open_rules(line: LineAnswer) -> list[RuleResult]:
    """The rules that wait for something."""
    return [r for r in line.results if r.outcome not in CLEAN and r.status == "unknown"]
