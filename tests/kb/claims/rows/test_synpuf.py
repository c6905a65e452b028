"""Rows of DE-SynPUF's carrier table are earlier claims, never claims to answer."""

from __future__ import annotations

from datetime import date

import pytest

from kb.claims.model import BadClaim, HistoryLine, LineStatus
from kb.claims.past import PastClaim, Told
from kb.claims.read import stream_chunks, tell_chunks
from tests.kb.claims.rows.tables import Cells, table


def row(**cells: str) -> Cells:
    return {
        "DESYNPUF_ID": "00AA01",
        "CLM_ID": "0990001",
        "CLM_FROM_DT": "20080229",
        "ICD9_DGNS_CD_1": "7244",
        "PRF_PHYSN_NPI_1": "2000000028",
        "HCPCS_CD_1": "64483",
        "LINE_NCH_PMT_AMT_1": "128",
        "LINE_NCH_PMT_AMT_2": "0",
        "LINE_PRCSG_IND_CD_1": "A",
    } | cells


def told(*rows: Cells) -> list[Told]:
    return list(tell_chunks(iter([table(*rows)]), "s.csv"))


def test_each_filled_line_of_a_row_is_a_service() -> None:
    (claim,) = told(row(HCPCS_CD_13="64484", LINE_PRCSG_IND_CD_13="D"))
    assert isinstance(claim, PastClaim)
    assert (claim.id, claim.member) == ("0990001", "00AA01")
    first, last = (line.service for line in claim.lines)
    day = date(2008, 2, 29)
    assert first == HistoryLine(
        "64483", day, status="paid", claim="0990001", rendering="2000000028"
    )
    assert last == HistoryLine("64484", day, status="denied", claim="0990001")


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("A", "paid"),
        ("N", "denied"),
        ("Z", "denied"),
        ("R", "unknown"),
        ("", "unknown"),
        ("12", "unknown"),
    ],
)
def test_what_medicare_did_is_told_by_its_indicator(
    code: str, status: LineStatus
) -> None:
    (claim,) = told(row(LINE_PRCSG_IND_CD_1=code))
    assert isinstance(claim, PastClaim)
    assert claim.lines[0].service.status == status


def test_a_wrong_row_costs_itself_only() -> None:
    bad, good = told(row(HCPCS_CD_1="640"), row(CLM_ID="0990002"))
    assert isinstance(bad, BadClaim)
    assert (bad.where, bad.id) == ("s.csv: row 2, hcpcs_cd_1", "0990001")
    assert isinstance(good, PastClaim)


def test_nothing_of_it_can_be_answered() -> None:
    (bad,) = stream_chunks(iter([table(row(), row(CLM_ID="2"))]), "s.csv")
    assert isinstance(bad, BadClaim)
    assert bad.fix == "Give it with --history."
