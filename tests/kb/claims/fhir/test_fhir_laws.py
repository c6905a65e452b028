"""Laws: what a claim of ours says, FHIR says too; the order of its parts says nothing."""

from __future__ import annotations

import random
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from kb.claims import PayerNamed, read_json_value
from kb.claims.identity import member_in
from kb.claims.model import Claim, ClaimLine
from tests.kb.claims.fhir.resources import bundle_of

LINES = st.lists(
    st.builds(
        ClaimLine,
        number=st.integers(1, 99),
        code=st.sampled_from(["64483", "0213T", "J1030", "G0260"]),
        date=st.dates(date(2015, 10, 1), date(2030, 1, 1)),
        modifiers=st.lists(st.sampled_from(["RT", "KX", "59"]), max_size=4).map(tuple),
        units=st.decimals("0.001", 9999, places=3),
        place=st.sampled_from(["", "11", "24"]),
        diagnoses=st.lists(
            st.sampled_from(["M54.16", "M48.061", "G89.4"]),
            min_size=1,
            max_size=3,
            unique=True,
        ).map(tuple),
        rendering=st.sampled_from(["", "2000000028", "2000000036"]),
        charge=st.none() | st.decimals(0, 9999, places=2),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda line: line.number,
).map(lambda lines: tuple(sorted(lines, key=lambda line: line.number)))
FREQUENCIES = st.sampled_from(
    [("original", ""), ("replacement", "I-1"), ("void", "I-1")]
)
CLAIMS = st.builds(
    lambda lines, kind, corrects, member: Claim(
        id="C-1",
        patient="",
        payer=PayerNamed(identifier="60054", name="AETNA"),
        lines=lines,
        kind=kind,
        frequency=corrects[0],
        replaces=corrects[1],
        member=member,
    ),
    LINES,
    st.sampled_from(["professional", "facility"]),
    FREQUENCIES,
    st.sampled_from(["W12", "w-3 4"]),
)


@given(CLAIMS)
@settings(max_examples=100)
def test_a_claim_of_ours_reads_back_from_fhir(claim: Claim) -> None:
    result = read_json_value(bundle_of(claim))
    assert result.bad == ()
    (found,) = result.claims
    assert found.lines == claim.lines
    assert (found.id, found.kind, found.payer) == (claim.id, claim.kind, claim.payer)
    assert (found.frequency, found.replaces) == (claim.frequency, claim.replaces)
    assert found.member == member_in(claim.member)


@given(CLAIMS, st.integers(0, 999))
@settings(max_examples=40)
def test_the_order_of_parts_changes_nothing(claim: Claim, seed: int) -> None:
    value = bundle_of(claim)
    whole = read_json_value(value).claims
    resource = value["entry"][0]["resource"]
    chance = random.Random(seed)
    for part in ("item", "diagnosis", "careTeam", "contained", "insurance"):
        chance.shuffle(resource[part])
    keys = list(resource)
    chance.shuffle(keys)
    value["entry"][0]["resource"] = {key: resource[key] for key in keys}
    assert read_json_value(value).claims == whole
