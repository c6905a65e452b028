"""Earlier claims from DE-SynPUF's carrier table, a claim of 13 lines a row.

CMS made it for research.  Its diagnoses are ICD-9-CM, and it has no units, modifiers or
places, so that it can tell what was done and not be answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kb.claims.identity import member_in
from kb.claims.model import BadClaim, HistoryLine, LineStatus, PayerNamed
from kb.claims.past import PastClaim, PastLine, Told
from kb.claims.rows.cells import (
    Notes,
    Row,
    code,
    day,
    number,
    plain_id,
    sent_id,
    shaped,
)
from kb.claims.shapes import NPI, PROCEDURE

ALWAYS = ("desynpuf_id", "clm_id", "clm_from_dt", "hcpcs_cd_1")
"""Columns without which no claim can be read."""
_LINES = range(1, 14)
_OF_LINE = ("hcpcs_cd", "prf_physn_npi", "line_nch_pmt_amt", "line_prcsg_ind_cd")
COLUMNS = (*ALWAYS[:3], *(f"{each}_{line}" for line in _LINES for each in _OF_LINE))
"""All columns that are read; others are passed over."""

_PAYER = PayerNamed(key="medicare-part-b")
_DENIED: LineStatus = "denied"
_STATUS: dict[str, LineStatus] = {"A": "paid", **dict.fromkeys("BCDLMNPZ", _DENIED)}
"""LINE_PRCSG_IND_CD: allowed, and the reasons for which Medicare denies.

Unknown are the others: reprocessed (R), other (O), invalid (I), and those by which
another payer pays first.  https://bluebutton.cms.gov/resources/variables/line_prcsg_ind_cd
"""


def told_of(rows: Iterable[Row], name: str = "") -> Iterator[Told]:
    """The earlier claims of numbered rows, of which some may be broken."""
    position = 0
    for position, row in enumerate(rows, 1):
        notes = Notes()
        claim = None if row.fault else _claim(row, notes)
        if row.fault:
            notes.fault(row, "", *row.fault)
        if notes.faults:
            sent = sent_id(row, "clm_id")
            yield from notes.bad(name, f"claim {position}", sent)
        elif claim is not None and claim.lines:
            yield claim
    if not position:
        yield BadClaim(name, "the table holds no claim", "It has a header and no row.")


def patients_of(_: Iterable[Row]) -> Iterator[str]:
    """Nobody: the table holds no claim that is answered."""
    return iter(())


def _claim(row: Row, notes: Notes) -> PastClaim:
    """The claim of a row; it counts only when the notes have no fault."""
    identifier = plain_id(row, "clm_id", notes)
    lines = (_line(row, line, identifier, notes) for line in _LINES)
    return PastClaim(
        identifier,
        member_in(plain_id(row, "desynpuf_id", notes)),
        _PAYER,
        tuple(line for line in lines if line is not None),
    )


def _line(row: Row, line: int, claim: str, notes: Notes) -> PastLine | None:
    """A line of the row; ``None`` where the row has fewer."""
    if not row.text(f"hcpcs_cd_{line}"):
        return None
    first_day = day(row, "clm_from_dt", notes)
    if first_day is None:
        if not row.text("clm_from_dt"):
            notes.fault(row, "clm_from_dt", "missing: expected the day of service")
        return None
    service = HistoryLine(
        code=code(row, f"hcpcs_cd_{line}", PROCEDURE, notes),
        date=first_day,
        status=_STATUS.get(row.text(f"line_prcsg_ind_cd_{line}").upper(), "unknown"),
        claim=claim,
        rendering=shaped(row, f"prf_physn_npi_{line}", NPI, notes),
    )
    return PastLine(service, paid=number(row, f"line_nch_pmt_amt_{line}", notes))
