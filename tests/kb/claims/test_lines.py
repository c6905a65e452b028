"""NDJSON, a line at a time: what is wrong with one line costs that line alone."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.claims import ReadResult, read_stream
from kb.claims.json.reader import stream_json
from kb.claims.json.text import lines_of


def claim(name: str, **changes: Any) -> dict[str, Any]:
    made = {"claim": name, "patient": f"P-{name}", "payer": "aetna"}
    return made | {"date": "2026-03-10", "lines": [{"code": "64483"}]} | changes


def line(name: str, **changes: Any) -> bytes:
    return json.dumps(claim(name, **changes), ensure_ascii=False).encode()


def read(content: bytes) -> ReadResult:
    return read_stream(io.BytesIO(content), "given")


def ids(result: ReadResult) -> list[str]:
    return [claim.id for claim in result.claims]


# id: a line, the id that its fault tells, words of the reason
BROKEN = {
    "latin-1": (line("X", patient="José").replace(b"\xc3\xa9", b"\xe9"), "X", "1252"),
    "no-encoding": (
        line("X", state="\x81").replace(b"\xc2\x81", b"\x81"),
        "X",
        "UTF-8",
    ),
    "cut": (line("X")[:60], "X", "not JSON at line"),
    "begin-is-missing": (line("X")[1:], "X", "extra data"),
    "half": (line("X")[30:], "", "not JSON at line"),
    "null": (b"null", "", "found null, expected a claim as an object"),
    "number": (b"17", "", "found a number"),
    "list": (b"[]", "", "found a list"),
    "log": (b"2026-03-10 12:00:01 INFO exported 3 claims", "", "not JSON at line"),
    "log-in-brackets": (b"[2026-03-10] INFO exporting", "", "not JSON at line"),
    "zero-byte": (line("X") + b"\0", "X", "not JSON at line"),
    "utf-16": (line("X").decode().encode("utf-16-le"), "", "UTF-16"),
    "utf-16-with-mark": (line("X").decode().encode("utf-16"), "", "UTF-16"),
    "id-after-history": (
        b'{"history": {"lines": [{"claim": "OLD"}]}, "claim": "X", ',
        "",
        "not JSON at line",
    ),
}


@pytest.mark.parametrize("place", [0, 1, 3], ids=["first", "second", "last"])
@pytest.mark.parametrize(
    ("broken", "told", "reason"), BROKEN.values(), ids=BROKEN.keys()
)
def test_one_broken_line(broken: bytes, told: str, reason: str, place: int) -> None:
    lines = [line("A"), line("B"), line("C")]
    lines.insert(place, broken)
    result = read(b"\n".join(lines))
    assert ids(result) == ["A", "B", "C"]
    (bad,) = result.bad
    assert bad.where.startswith(f"given: line {place + 1}")
    assert (bad.claim, bad.id) == (f"claim {place + 1}", told)
    assert reason in bad.reason
    assert "Jos" not in f"{bad}"


@pytest.mark.parametrize("between", [b"", b" ", b"J", b"\x8a", b"*", b"\0", b",\r"])
def test_claims_joined_by_a_spoilt_end_of_line(between: bytes) -> None:
    joined = between.join([line("B"), line("C")])
    result = read(b"\n".join([line("A"), joined, line("D")]))
    assert ids(result) == ["A", "B", "C", "D"]
    assert [(bad.where, bad.reason) for bad in result.bad] == [
        ("given: line 2", "2 claims in one line")
    ]


def test_a_log_before_the_claims() -> None:
    result = read(b"starting\nreading\nwriting\n" + line("A") + b"\n" + line("B"))
    assert ids(result) == ["A", "B"]
    assert [bad.where for bad in result.bad] == [f"given: line {n}" for n in (1, 2, 3)]


@pytest.mark.parametrize(
    "start",
    [
        pytest.param(b" " * 70_000, id="spaces"),
        pytest.param(b"\n" * 70_000, id="line-feeds"),
        pytest.param(b"\xef\xbb\xbf", id="bom"),
        pytest.param(b"\xef\xbb\xbf" + b"\r\n" * 70_000, id="bom-and-blank-lines"),
    ],
)
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(line("A"), id="one"),
        pytest.param(json.dumps(claim("A"), indent=1).encode(), id="over-lines"),
        pytest.param(json.dumps([claim("A")], indent=1).encode(), id="list"),
        pytest.param(line("A") + b"\r\n\r\n", id="line"),
    ],
)
def test_blanks_before_the_first_claim(start: bytes, content: bytes) -> None:
    result = read(start + content)
    assert (ids(result), result.bad) == (["A"], ())


def test_a_byte_order_mark_inside_is_that_of_a_file_joined_to_another() -> None:
    bom = b"\xef\xbb\xbf"
    result = read(b"\n".join([bom + line("A"), bom + line("B")]))
    assert (ids(result), result.bad) == (["A", "B"], ())


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("utf-32", "UTF-32"),
        ("utf-32-le", "UTF-32"),
        ("utf-32-be", "UTF-32"),
    ],
)
@pytest.mark.parametrize(
    "text",
    [
        pytest.param(json.dumps(claim("A"), indent=1), id="one"),
        pytest.param("\n".join(line(name).decode() for name in "AB"), id="lines"),
        pytest.param(json.dumps([claim("A")]), id="list"),
        pytest.param("ISA*00*          *00*", id="x12"),
    ],
)
def test_a_wide_encoding_is_named(encoding: str, named: str, text: str) -> None:
    result = read(text.encode(encoding))
    assert result.claims == ()
    (bad,) = result.bad
    assert bad.reason == f"{named} text, expected UTF-8"
    assert "UTF-8" in bad.fix


def test_an_item_of_a_list_that_is_not_utf8() -> None:
    items = [claim("A"), claim("B", patient="José"), claim("C")]
    content = json.dumps(items, indent=1, ensure_ascii=False).encode("latin-1")
    result = read(content)
    assert ids(result) == ["A", "C"]
    (bad,) = result.bad
    assert (bad.where, bad.claim, bad.id) == ("given: [1]", "claim 2", "B")
    assert bad.reason.startswith("not UTF-8 text at line 15, column 18")


def test_a_list_that_is_broken_in_the_middle() -> None:
    content = json.dumps([claim("A"), claim("B"), claim("C")]).encode()
    at = content.index(b'"payer"', content.index(b'"B"'))
    result = read(content[:at] + content[at + 1 :])
    assert ids(result) == ["A"]
    (bad,) = result.bad
    assert (bad.claim, bad.id) == ("claim 2", "B")
    assert bad.reason.startswith(f"not JSON at line 1, column {at + 1}: ")


@pytest.mark.parametrize("tail", [b"]", b",", b" {}", b"x"])
def test_what_stands_after_a_list(tail: bytes) -> None:
    result = read(json.dumps([claim("A")]).encode() + tail)
    assert ids(result) == ["A"]
    assert [bad.reason.partition(": ")[2] for bad in result.bad] == ["extra data"]


def test_history_lines_are_no_claims_of_their_own() -> None:
    earlier = '{"date": "2025-12-01", "code": "64483", "claim": "OLD"}'
    text = json.dumps(claim("A", history={"lines": [7]}), indent=1)
    result = read(text.replace("7", f"\n{earlier}\n").encode())
    assert ids(result) == ["A"]
    assert result.claims[0].history.lines[0].claim == "OLD"


def test_each_claim_is_given_before_the_next_is_read() -> None:
    taken: list[int] = []

    def chunks() -> Iterator[bytes]:
        for number in range(100):
            taken.append(number)
            yield line(f"C-{number}") + b"\n"

    found = stream_json(chunks())
    next(found)
    assert len(taken) == 2


@given(st.lists(st.sampled_from([b"a", b"\n", b"bc\n", b"", b"\n\n"])))
def test_lines_however_the_bytes_come(chunks: list[bytes]) -> None:
    assert list(lines_of(chunks)) == b"".join(chunks).split(b"\n")
