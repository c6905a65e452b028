"""Segments and envelopes, with pyx12's segment reader as the independent check."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyx12.x12file import X12Reader

from kb.claims import BadClaim, read_x12
from kb.claims.x12.segments import SegmentFault, segments_of

DATA = Path(__file__).parents[3] / "data" / "x12"
FILES = [*sorted(DATA.rglob("*.837*")), DATA / "remittance" / "payments.835"]
FLORIDA = (DATA / "epidural" / "florida-medicare.837").read_text()


def ours(text: str) -> list[list[str]]:
    return [
        [str(element) for element in segment.elements]
        for run in segments_of([text.encode()])
        if isinstance(run, list)
        for segment in run
    ]


def by_pyx12(text: str) -> tuple[list[list[str]], list[Any]]:
    reader = X12Reader(io.StringIO(text))
    errors, found = [], []
    for segment in reader:
        raw = segment.format("", reader.ele_term, reader.subele_term)
        found.append(raw.split(reader.ele_term))
        errors += reader.pop_errors()
    reader.cleanup()
    return found, errors + reader.pop_errors()


def without_empty_end(elements: list[str]) -> str:
    """The elements without empty ones at the end, which pyx12 drops."""
    return re.sub(r"\*+$", "", "*".join(elements))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_pyx12_finds_the_same_segments(path: Path) -> None:
    text = path.read_text()
    theirs, errors = by_pyx12(text)
    assert [*map(without_empty_end, ours(text))] == [*map(without_empty_end, theirs)]
    assert errors == []


ENVELOPE_FAULTS = {
    "se-count": ("SE*64*", "SE*63*"),
    "se-count-no-number": ("SE*64*", "SE*all*"),
    "se-control": ("SE*64*0001", "SE*64*0002"),
    "ge-count": ("GE*1*1", "GE*2*1"),
    "ge-control": ("GE*1*1", "GE*1*2"),
    "iea-count": ("IEA*1*", "IEA*3*"),
    "iea-control": ("IEA*1*000000001", "IEA*1*000000002"),
    "no-iea": ("IEA*1*000000001~\n", ""),
    "no-ge-and-iea": ("GE*1*1~\nIEA*1*000000001~\n", ""),
    "cut-before-se": (FLORIDA[FLORIDA.index("SE*64") :], ""),
}
MEANING = {
    ("st", "4"): "SE count",
    ("st", "3"): "SE control",
    ("gs", "5"): "GE count",
    ("gs", "4"): "GE control",
    ("isa", "021"): "IEA count",
    ("isa", "001"): "IEA control",
    ("st", "2"): "SE missing",
    ("gs", "3"): "GE missing",
    ("isa", "023"): "IEA missing",
    ("st", "23"): "ST again",
    ("gs", "6"): "GS again",
    ("isa", "025"): "ISA again",
}


def meaning_of(bad: BadClaim) -> set[str]:
    if bad.reason.startswith("the file ends before its"):
        return {f"{trailer} missing" for trailer in re.findall("SE|GE|IEA", bad.reason)}
    (trailer,) = re.findall(r"\((\w+)\)", bad.where)
    words = {"its count is": "count", "its control number is": "control"}
    words["its control number was there"] = "again"
    for start, word in words.items():
        if bad.reason.startswith(start):
            return {f"{trailer} {word}"}
    return set()


def envelope_faults(text: str) -> set[str]:
    faults = [meaning_of(bad) for bad in read_x12([text.encode()]).bad if not bad.claim]
    return set().union(*faults)


@pytest.mark.parametrize(
    ("old", "new"), ENVELOPE_FAULTS.values(), ids=ENVELOPE_FAULTS.keys()
)
def test_pyx12_finds_the_same_envelope_faults(old: str, new: str) -> None:
    text = FLORIDA.replace(old, new)
    assert text != FLORIDA
    _, errors = by_pyx12(text)
    found = envelope_faults(text)
    assert found == {MEANING[error[:2]] for error in errors}
    assert found


def test_pyx12_finds_the_same_repeated_control_numbers() -> None:
    first, last = FLORIDA.index("ST*"), FLORIDA.index("GE*")
    twice = FLORIDA[:last] + FLORIDA[first:last] + "GE*2*1~\nIEA*1*000000001~\n"
    for text in (twice, FLORIDA + FLORIDA):
        _, errors = by_pyx12(text)
        found = envelope_faults(text)
        assert found == {MEANING[error[:2]] for error in errors}
        assert found


def rewritten(
    text: str, element: str, component: str, terminator: str, line_break: str
) -> str:
    table = str.maketrans({"*": element, ":": component})
    body = text.replace("~\n", "\0").translate(table)
    return body.replace("\0", terminator + line_break)


MARKS = st.permutations(["|", "!", "+", "\x1c", "\x1d", "\x1e", ";", "§", "{"])


@given(MARKS, st.sampled_from(["", "\n", "\r\n"]), st.integers(1, 400))
def test_separators_are_those_of_the_isa(
    marks: list[str], line_break: str, size: int
) -> None:
    element, component, terminator, *_ = marks
    text = rewritten(FLORIDA, element, component, terminator, line_break)
    content = text.encode("latin-1")
    chunks = [content[i : i + size] for i in range(0, len(content), size)]
    assert read_x12(chunks) == read_x12([FLORIDA.encode()])


@pytest.mark.parametrize(
    ("terminator", "line_break"),
    [
        pytest.param("\n", "", id="line-feed"),
        pytest.param("\r", "\n", id="carriage-return-line-feed"),
        pytest.param("~", "\r\n\r\n  ", id="blank-lines-and-indents"),
    ],
)
def test_line_ends_as_terminators(terminator: str, line_break: str) -> None:
    text = rewritten(FLORIDA, "*", ":", terminator, line_break)
    assert read_x12([text.encode()]) == read_x12([FLORIDA.encode()])


def test_lines_wrapped_at_80_characters() -> None:
    flat = FLORIDA.replace("\n", "")
    wrapped = "\n".join(flat[i : i + 80] for i in range(0, len(flat), 80))
    assert read_x12([wrapped.encode()]) == read_x12([FLORIDA.encode()])


def test_byte_order_mark_and_blank_lines_before_the_isa() -> None:
    content = b"\xef\xbb\xbf\r\n  " + FLORIDA.encode()
    assert read_x12([content]) == read_x12([FLORIDA.encode()])


def test_several_interchanges_with_their_own_separators() -> None:
    second = FLORIDA.replace("000000001", "000000002").replace("FL-", "GA-")
    third = second.replace("000000002", "000000003").replace("GA-", "AL-")
    text = FLORIDA + rewritten(second, "|", ">", "\n", "") + third
    for size in (7, 100, 1000, len(text)):
        chunks = [text[i : i + size].encode() for i in range(0, len(text), size)]
        result = read_x12(chunks)
        assert result.bad == ()
        assert [claim.id[:2] for claim in result.claims] == ["FL"] * 3 + ["GA"] * 3 + [
            "AL"
        ] * 3


def test_several_groups_and_transactions() -> None:
    first, last = FLORIDA.index("GS*"), FLORIDA.index("IEA*")
    group = FLORIDA[first:last]
    transaction = group[group.index("ST*") : group.index("GE*")]
    other = transaction.replace("0001*005", "0002*005").replace(
        "SE*64*0001", "SE*64*0002"
    )
    other = other.replace("FL-", "GA-")
    two = group.replace("GE*1*1", "GE*2*1").replace("GE*", other + "GE*")
    more = (
        two.replace("*1*X*", "*2*X*").replace("GE*2*1", "GE*2*2").replace("FL-", "AL-")
    )
    more = more.replace("GA-", "TX-")
    text = FLORIDA[:first] + two + more + "IEA*2*000000001~\n"
    result = read_x12([text.encode()])
    assert result.bad == ()
    assert [claim.id[:2] for claim in result.claims][::3] == ["FL", "GA", "AL", "TX"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"", None, id="nothing"),
        pytest.param(b"GS*HC~", "the file does not begin with an ISA segment", id="gs"),
        pytest.param(b"ISA", "the ISA does not name its separators", id="isa-alone"),
        pytest.param(
            b"ISA*00*~GS*HC~", "the ISA does not name its separators", id="short-isa"
        ),
        pytest.param(
            FLORIDA[:106].replace("*", "A").encode(),
            "the ISA does not name its separators",
            id="letters-as-separators",
        ),
        pytest.param(
            FLORIDA[:106].replace("*", "\n").encode(),
            "the ISA does not name its separators",
            id="line-breaks-as-separators",
        ),
        pytest.param(
            FLORIDA[:104].encode() + b"**" + FLORIDA[106:].encode(),
            "the ISA does not name its separators",
            id="one-character-for-all",
        ),
        pytest.param(
            FLORIDA[:106].encode() + b"X" * 100_001,
            "no segment ends within 100,000 characters",
            id="endless-segment",
        ),
    ],
)
def test_no_separators(content: bytes, reason: str) -> None:
    faults = [
        found for found in segments_of([content]) if isinstance(found, SegmentFault)
    ]
    assert [fault.reason for fault in faults] == ([reason] if reason else [])


def test_an_iea_needs_no_terminator() -> None:
    assert read_x12([FLORIDA.rstrip("~\n").encode()]) == read_x12([FLORIDA.encode()])


def test_what_stands_between_envelopes_is_said_once() -> None:
    text = FLORIDA.replace("IEA*", "XX1*1~\nXX2*2~\nIEA*")
    assert [(bad.where, bad.reason) for bad in read_x12([text.encode()]).bad] == [
        ("segment 68", "this and what follows stand outside a transaction")
    ]


@pytest.mark.parametrize(
    ("removed", "reasons"),
    [
        pytest.param(
            "GS*",
            ["stands outside a functional group: GS is missing"],
            id="gs",
        ),
        pytest.param(
            "ST*",
            [
                "this and what follows stand outside a transaction",
                "closes nothing: its ST is missing",
                "its count is wrong: there are 0 transactions",
            ],
            id="st",
        ),
    ],
)
def test_missing_openers(removed: str, reasons: list[str]) -> None:
    lines = [line for line in FLORIDA.split("\n") if not line.startswith(removed)]
    result = read_x12(["\n".join(lines).encode()])
    assert [bad.reason for bad in result.bad][: len(reasons)] == reasons
