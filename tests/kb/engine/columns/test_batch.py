"""Claims as columns."""

from dataclasses import replace

import numpy as np

from kb.engine.columns.batch import (
    NO_DAY,
    ClaimBatch,
    ClaimColumns,
    EventColumns,
    LineColumns,
    Vocabularies,
    batch_from_arrays,
)
from kb.engine.columns.batch_claims import batch_from_claims
from tests.kb.engine.columns.one_rule import claim, line, past


def events(batch: ClaimBatch) -> list[tuple[str, int]]:
    """Code, day and claim line of every event, in order."""
    table = batch.events
    codes = [batch.words.codes[code] for code in table.code]
    return list(zip(codes, table.line.tolist(), strict=True))


def test_lines_stand_by_date_claim_and_number_whatever_their_order_in_the_file() -> (
    None
):
    first = claim(line("64484", number=2), line("64483", number=1), id="A", earlier=[])
    second = claim(line("62323", "2026-03-09"), id="B")
    batch = batch_from_claims([second, first])
    assert [batch.words.codes[code] for code in batch.lines.code] == [
        "62323",
        "64483",
        "64484",
    ]
    assert batch.position.tolist() == [0, 2, 1]


def test_events_are_history_first_then_lines_and_denied_ones_are_marked() -> None:
    history = [past("2026-03-10", "64479"), past("2026-03-10", status="denied")]
    batch = batch_from_claims([claim(line("62323"), earlier=history)])
    assert events(batch) == [("64479", -1), ("64483", -1), ("62323", 0)]
    assert batch.events.denied.tolist() == [False, True, False]


def test_void_and_replaced_claims_are_no_events() -> None:
    claims = [
        claim(line("62323"), id="A"),
        claim(line("64483"), id="B", frequency="replacement", replaces="A"),
        claim(line("64484"), id="C", frequency="void"),
    ]
    assert [code for code, _ in events(batch_from_claims(claims))] == ["64483"]


def test_claims_with_one_history_share_a_record_and_others_do_not() -> None:
    history = [past("2025-01-01")]
    same = [claim(id="A", earlier=history), claim(id="B", earlier=history)]
    batch = batch_from_claims([*same, claim(id="C")])
    assert batch.claims.record.tolist() == [0, 0, 1]
    assert len(batch.events.code) == 1 + 3 + 3


def test_a_record_holds_the_lines_of_the_patient_and_of_nobody_else() -> None:
    batch = batch_from_claims([claim(id="A"), claim(id="B", patient="P2")])
    assert batch.events.record.tolist() == [0, 1]


def test_no_claims_make_an_empty_batch() -> None:
    batch = batch_from_claims([])
    assert len(batch.lines.code) == len(batch.events.code) == 0


def test_arrays_make_the_same_batch_as_claims() -> None:
    made = batch_from_claims(
        [claim(line(diagnoses=("M54.16",)), earlier=[past("2025-01-01")])]
    )
    zero, none = np.zeros(1, np.int32), np.full(1, NO_DAY, np.int32)
    claims = ClaimColumns(
        rank=zero,
        patient=zero,
        record=zero,
        payer=zero + made.words.words.index("medicare-part-b"),
        state=zero,
        plan=zero,
        kind=zero.astype(np.int8),
        chart_complete=zero > 0,
        history_complete=zero == 0,
        own_history_complete=zero == 0,
        received=none,
        requested=none,
        counts=zero == 0,
        asked=zero == 0,
    )
    lines = LineColumns(
        claim=zero,
        number=zero + 1,
        day=made.lines.day,
        code=zero,
        place=zero,
        modifiers=zero,
        units=np.full(1, 1000),
        level=zero,
        rendering=zero,
        authorization=zero,
        diagnosis_start=np.array([0, 1]),
        diagnosis=zero,
    )
    history = EventColumns(
        record=zero,
        day=made.events.day[:1],
        code=zero,
        modifiers=zero,
        units=np.full(1, 1000),
        level=zero,
        rendering=zero,
        order=np.zeros(1, np.int64),
        line=zero,
        denied=np.zeros(1, np.bool_),
    )
    words = replace(made.words, codes=("64483",), diagnoses=("M54.16",))
    assert isinstance(words, Vocabularies)
    given = batch_from_arrays(claims, lines, history, words)
    for table in ("claims", "lines", "events"):
        ours, theirs = getattr(given, table), getattr(made, table)
        for name in type(ours).__slots__:
            left, right = getattr(ours, name), getattr(theirs, name)
            assert (
                left == right if name == "fields" else left.tolist() == right.tolist()
            )
