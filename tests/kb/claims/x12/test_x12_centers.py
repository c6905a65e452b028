"""Whose claim an 837P is: a physician's, or a surgery center's own."""

from pathlib import Path

import pytest

from kb.claims import ReadResult, read_x12

CENTER = "PRV*BI*PXC*261QA1903X~\n"
GROUP = "PRV*BI*PXC*261QP2300X~\n"


def read(text: str) -> ReadResult:
    return read_x12([text.encode()], "claims.837")


@pytest.mark.parametrize(
    ("billing", "kinds"),
    [
        (CENTER, ["professional", "facility", "professional"]),
        (GROUP, ["professional"] * 3),
        ("", ["professional"] * 3),
    ],
    ids=["a center bills", "a group bills", "nobody says"],
)
def test_the_claim_of_a_center_is_known_by_who_bills_and_where(
    epidural: Path, billing: str, kinds: list[str]
) -> None:
    text = (epidural / "florida-medicare.837").read_text("utf-8")
    provider = text.index("HL*1**20*1~\n") + len("HL*1**20*1~\n")
    result = read(text[:provider] + billing + text[provider:])

    # The segment more makes the count at the end of the file wrong: that alone is said.
    assert all("(SE)" in bad.where for bad in result.bad)
    assert [claim.kind for claim in result.claims] == kinds
