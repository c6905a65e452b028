"""Whatever the bytes are: no traceback, no secret told, no claim made up."""

import io
import json
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kb.claims import (
    ReadResult,
    claim_to_json,
    read_json,
    read_json_value,
    read_stream,
    read_x12,
)
from kb.claims.model import read_result
from kb.claims.past import PastClaim
from kb.claims.x12.reader import tell_x12
from tests.kb.claims.claims_in_x12 import CLAIM_IDS, DATA, TEXTS, spoiled_x12

PAYMENTS = (DATA / "remittance" / "payments.835").read_text()
ISA = TEXTS["florida-medicare.837"][:106]
EXAMPLE = (Path(__file__).parents[3] / "docs" / "claim.md").read_text("utf-8")
EXAMPLE = EXAMPLE.split("```json")[1].split("```")[0].strip()

SEED = random.SystemRandom().randrange(10**9)
"""Fresh in each run; a test that fails prints it."""
FLIPS = 150


@given(spoiled_x12(list(TEXTS.values()), CLAIM_IDS))
@settings(max_examples=300)
def test_spoiled_837(text: str) -> None:
    result = read_x12([text.encode()], "spoiled.837")
    left_out = [note for note in result.remarks if "left out" in note.text]
    assert result.claims or result.bad or left_out
    ids = [claim.id for claim in result.claims]
    assert len(set(ids)) == len(ids)
    written = [claim_to_json(claim) for claim in result.claims]
    if written:
        assert read_json_value(written).claims == result.claims


PAID_IDS = ["CLP", "SVC", "CAS", "LX", "N1", "PLB", "SE", "ISA"]


def read_as_history(content: bytes) -> tuple[list[PastClaim], ReadResult]:
    """The earlier claims of a remittance, and its faults and remarks."""
    found = list(tell_x12([content], "spoiled.835"))
    past = [one for one in found if isinstance(one, PastClaim)]
    others = [one for one in found if not isinstance(one, PastClaim)]
    return past, read_result(others)


@given(spoiled_x12([PAYMENTS], PAID_IDS))
@settings(max_examples=150)
def test_spoiled_835(text: str) -> None:
    past, others = read_as_history(text.encode())
    assert others.claims == ()
    assert past or others.bad
    for one in past:
        assert one.lines or one.frequency == "void"
        assert all(line.service.claim == one.id for line in one.lines)


def test_spoiled_835_tells_no_secret(
    tells_nothing_of: Callable[[ReadResult, str], None],
) -> None:
    chance = random.Random(SEED)
    for _ in range(FLIPS):
        spoilt = bytearray(PAYMENTS.encode())
        for _ in range(chance.randint(1, 5)):
            spoilt[chance.randrange(len(spoilt))] = chance.choice(b"*~:\n\x00\xffA1^|")
        tells_nothing_of(read_as_history(bytes(spoilt))[1], PAYMENTS)


def test_a_flipped_bit_in_an_835_loses_no_other_claim_in_silence() -> None:
    chance = random.Random(SEED)
    good, _ = read_as_history(PAYMENTS.encode())
    parts = re.split(r"(?=CLP\*)|(?=PLB\*)", PAYMENTS)
    owner = {n: part.split("*")[7] for n, part in enumerate(parts) if "CLP*" in part}
    for _ in range(FLIPS):
        hit = chance.choice(list(owner))
        spoilt = flipped(parts[hit].encode(), chance)
        before, after = "".join(parts[:hit]), "".join(parts[hit + 1 :])
        found, others = read_as_history(before.encode() + spoilt + after.encode())
        # What parts two claims may be hit: then they are one, which has faults.
        near = {owner[hit]}
        near |= {owner.get(hit - 1), owner.get(hit + 1)} if others.bad else set()
        lost = {one.payers_number for one in good if one not in found}
        assert lost <= near, f"seed {SEED}"


@pytest.mark.parametrize("name", TEXTS)
@given(data=st.data())
@settings(max_examples=20)
def test_spoiled_837_tells_no_secret(
    name: str, tells_nothing_of: Callable[[ReadResult, str], None], data: st.DataObject
) -> None:
    text = TEXTS[name]
    content = bytearray(text.encode())
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] = data.draw(st.sampled_from(b"*~:\n\x00\xffA1^|"))
    tells_nothing_of(read_x12([bytes(content)]), text)


@given(st.binary(max_size=200), st.integers(1, 50))
@example(b"~" * 50, 1)
@example(b"GS~ST~HL~CLM~LX~SV1~DTP~HI~NM1~SBR~", 7)
def test_any_bytes_after_an_isa(content: bytes, size: int) -> None:
    everything = ISA.encode() + content
    chunks = [everything[i : i + size] for i in range(0, len(everything), size)]
    assert read_x12(chunks).claims == ()


@given(st.binary(max_size=300))
def test_any_bytes_as_x12(content: bytes) -> None:
    result = read_x12([content])
    assert result.claims == ()
    assert result.bad


@given(
    st.sampled_from([b"", b"ISA", b"{", b"[", b'{"claim":']), st.binary(max_size=200)
)
def test_any_bytes_as_a_file(start: bytes, content: bytes) -> None:
    assert read_stream(io.BytesIO(start + content), "any").bad


@given(st.text(max_size=100))
def test_any_text_as_json(text: str) -> None:
    assert read_json(text).bad


@given(st.integers(0, len(EXAMPLE) - 1), st.sampled_from('"{}[],:\\0a\n'))
def test_a_spoiled_json_claim(at: int, mark: str) -> None:
    text = EXAMPLE[:at] + mark + EXAMPLE[at + 1 :]
    result = read_json(text)
    assert result.claims or result.bad


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*json.loads(EXAMPLE), "code", "id"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_any_json_value(value: Any) -> None:
    text = json.dumps(value)
    result = read_json(text)
    assert result.claims or result.bad


def json_lines() -> bytes:
    """Five claims of five patients, a line each."""
    claim = json.loads(EXAMPLE)
    named = ({**claim, "claim": f"C-{n}", "patient": f"P-{n}"} for n in range(5))
    return "".join(json.dumps(one) + "\n" for one in named).encode()


def read_of(content: bytes) -> tuple[dict[str, str], set[str]]:
    """What is read of each claim, as JSON, by its id; and the ids told by faults."""
    result = read_stream(io.BytesIO(content), "flipped")
    claims = {claim.id: json.dumps(claim_to_json(claim)) for claim in result.claims}
    return claims, {bad.id for bad in result.bad}


def flipped(part: bytes, chance: random.Random) -> bytes:
    """The same with one bit turned."""
    spoilt = bytearray(part)
    spoilt[chance.randrange(len(part))] ^= 1 << chance.randrange(8)
    return bytes(spoilt)


def assert_others_stand(parts: list[bytes], owner: dict[str, int]) -> None:
    """Turn bits in the part of one patient: the claims of others stay, or are told.

    They are told where it cannot be said any more whose they are: when a subscriber's
    HL is broken, or when two claims have one id.
    """
    chance = random.Random(SEED)
    good, _ = read_of(b"".join(parts))
    assert set(good) == set(owner)
    for _ in range(FLIPS):
        hit = chance.choice(list(owner.values()))
        spoilt = [*parts[:hit], flipped(parts[hit], chance), *parts[hit + 1 :]]
        found, told = read_of(b"".join(spoilt))
        for name, place in owner.items():
            same = found.get(name) == good[name]
            assert place == hit or same or name in told, f"seed {SEED}: {name}"


def test_a_flipped_bit_in_a_line_costs_that_line_alone() -> None:
    parts = json_lines().splitlines(keepends=True)
    assert_others_stand(parts, {f"C-{n}": n for n in range(len(parts))})


@pytest.mark.parametrize("name", ["florida-medicare.837", "replacement-and-void.837"])
def test_a_flipped_bit_in_an_837_changes_no_claim_of_another_patient(name: str) -> None:
    cut = re.split(r"(?=HL\*\d+\*1\*22)|(?=SE\*)", TEXTS[name])
    owner = {
        claim: next(i for i, part in enumerate(cut) if f"CLM*{claim}*" in part)
        for claim in re.findall(r"CLM\*([^*]+)", TEXTS[name])
    }
    assert_others_stand([part.encode() for part in cut], owner)
