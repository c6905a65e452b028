"""Claims of one patient together, wherever they stand, with nothing kept of the others."""

import io
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.claims import (
    BadClaim,
    Claim,
    Remark,
    Run,
    read_claims,
    read_stream,
    stream_runs,
)
from kb.claims.returning import coming_back, number_of, returning
from kb.claims.runs import CAME_BACK, Found


def claim(name: str, patient: str, **changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"claim": name, "patient": patient, "payer": "aetna"}
    return made | {"date": "2026-03-10", "lines": [{"code": "64483"}]} | changes


def lines(*claims: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in claims)


A1, A2 = claim("A1", "A"), claim("A2", "A", history={"state": "complete"})
B, C = claim("B", "B"), claim("C", "C")


def said(found: Iterator[Found]) -> list[tuple[list[str], list[str]] | str]:
    """Each run as the ids of its claims and of the others; faults by their reason."""
    words: list[tuple[list[str], list[str]] | str] = []
    for one in found:
        match one:
            case Run(claims, others):
                words.append(([c.id for c in claims], [c.id for c in others]))
            case BadClaim():
                words.append(one.reason)
            case Remark():
                words.append(f"remark on {one.id}")
    return words


def file_of(folder: Path, content: bytes) -> Path:
    path = folder / "claims"
    path.write_bytes(content)
    return path


Pipe = Callable[[bytes], None]


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pipe]:
    """Makes standard input a pipe that gives the content."""
    out, into = os.pipe()

    def give(content: bytes) -> None:
        with os.fdopen(into, "wb") as stream:
            stream.write(content)

    with os.fdopen(out) as stream:
        monkeypatch.setattr("sys.stdin", stream)
        yield give


def test_claims_that_stand_together(tmp_path: Path) -> None:
    path = file_of(tmp_path, lines(A1, A2, B))
    assert said(stream_runs(path)) == [(["A1", "A2"], []), (["B"], [])]


@pytest.mark.parametrize("form", ["lines", "list"])
def test_a_patient_who_comes_back_in_a_file(form: str, tmp_path: Path) -> None:
    claims = (A1, B, A2, C)
    content = lines(*claims) if form == "lines" else json.dumps(claims).encode()
    assert said(stream_runs(file_of(tmp_path, content))) == [
        (["A1"], ["A2"]),
        (["B"], []),
        (["A2"], ["A1"]),
        (["C"], []),
    ]


def test_a_patient_who_comes_back_in_a_pipe(pipe: Pipe) -> None:
    pipe(lines(A1, B, A2))
    assert said(stream_runs("-")) == [
        (["A1"], []),
        (["B"], []),
        "remark on A2",
        (["A2"], ["A1"]),
    ]


def test_the_remark_names_no_patient(pipe: Pipe) -> None:
    pipe(lines(claim("A1", "ZEBRA"), B, claim("A2", "ZEBRA")))
    (remark,) = [one for one in stream_runs("-") if isinstance(one, Remark)]
    assert (remark.where, remark.text, remark.id) == ("standard input", CAME_BACK, "A2")


def test_a_list_in_a_pipe_is_read_whole(pipe: Pipe) -> None:
    pipe(json.dumps([A1, B, A2]).encode())
    assert said(stream_runs("-"))[0] == (["A1"], ["A2"])


def test_standard_input_that_is_a_file_is_read_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with file_of(tmp_path, lines(A1, B, A2)).open() as stream:
        monkeypatch.setattr("sys.stdin", stream)
        assert said(stream_runs("-"))[0] == (["A1"], ["A2"])


def test_a_patient_who_comes_back_in_an_837(epidural: Path, tmp_path: Path) -> None:
    text = (epidural / "florida-medicare.837").read_text()
    first = text[text.index("HL*2*") : text.index("HL*3*")]
    again = first.replace("HL*2*", "HL*9*").replace("OFFICE-1", "OFFICE-9")
    path = file_of(tmp_path, text.replace("SE*", again + "SE*").encode())
    runs = [one for one in said(stream_runs(path)) if isinstance(one, tuple)]
    assert runs[0] == (["FL-OFFICE-1"], ["FL-OFFICE-9"])
    assert runs[-1] == (["FL-OFFICE-9"], ["FL-OFFICE-1"])
    assert [others for _, others in runs[1:-1]] == [[], []]


def test_others_show_lines_and_what_they_replace_but_no_history(tmp_path: Path) -> None:
    void = claim("V", "A", frequency="void", replaces="A2", payer={"name": "SOMEBODY"})
    path = file_of(tmp_path, lines(A2, B, void))
    first, _, _ = (one for one in stream_runs(path) if isinstance(one, Run))
    (other,) = first.others
    assert (other.frequency, other.replaces, other.history.state) == (
        "void",
        "A2",
        "unknown",
    )
    assert other.lines[0].code == "64483"
    assert "SOMEBODY" not in str(other)


def test_a_claim_that_the_check_refuses_is_seen_by_none(tmp_path: Path) -> None:
    def check(one: Claim) -> list[BadClaim]:
        return [BadClaim("facts", "no good")] if one.id == "A2" else []

    path = file_of(tmp_path, lines(A1, B, A2))
    assert said(stream_runs(path, check)) == [(["A1"], []), "no good", (["B"], [])]


def test_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = file_of(tmp_path, lines(A1, B, A2))
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(tmp_path))
    list(stream_runs(path))
    assert [one.name for one in tmp_path.iterdir()] == ["claims"]


def text_of(number: int, patient: str | None, nested: str, ascii_only: bool) -> str:
    """A claim on a line, without a patient of its own for ``None``."""
    made = claim(f"C-{number}", patient or "", payer={"name": "patient"})
    if patient is None:
        made = {**made, "patient": None, "facts": {"patient": nested}}
    return json.dumps(made, ensure_ascii=ascii_only)


@given(
    st.lists(st.sampled_from(["A", "B", "Ç", 'D"', "claim:C-1", None])),
    st.sampled_from("ABX"),
    st.booleans(),
)
def test_the_fast_look_misses_nobody(
    patients: list[str | None], nested: str, ascii_only: bool
) -> None:
    texts = [text_of(n, one, nested, ascii_only) for n, one in enumerate(patients)]
    content = "\n".join(texts).encode()
    read = read_stream(io.BytesIO(content)).claims
    assert len(read) == len(patients)
    found = returning(io.BytesIO(content))
    assert found == coming_back(number_of(one.patient) for one in read)


@given(st.lists(st.integers(0, 4), max_size=12))
def test_coming_back_is_standing_in_two_places(order: list[int]) -> None:
    places = {
        n: sum(1 for i, one in enumerate(order) if one == n != ([None, *order][i]))
        for n in order
    }
    assert coming_back(order) == {n for n, count in places.items() if count > 1}


@pytest.mark.parametrize("name", ["florida-medicare.837", "two-claims-one-patient.837"])
@pytest.mark.parametrize("ends", ["~\n", "~", "~\r\n", "\n"])
def test_an_837_in_one_order_needs_one_reading(
    name: str, ends: str, epidural: Path
) -> None:
    text = (epidural / name).read_text().replace("~\n", ends)
    assert returning(io.BytesIO(text.encode())) == frozenset()


def test_an_837_with_other_separators_inside_is_read_to_tell(epidural: Path) -> None:
    text = (epidural / "florida-medicare.837").read_text()
    other = text.replace("*", "|").replace("SYNMBI", "OTHER")
    assert returning(io.BytesIO((text + other).encode())) is None
    assert returning(io.BytesIO((other + other).encode())) is None


@pytest.mark.parametrize("size", [40, 80, 200])
def test_an_837_wrapped_at_any_width(size: int, epidural: Path, tmp_path: Path) -> None:
    text = (epidural / "florida-medicare.837").read_text()
    first = text[text.index("HL*2*") : text.index("HL*3*")]
    text = text.replace("SE*", first.replace("OFFICE-1", "OFFICE-9") + "SE*")
    text = text.replace("\n", "")
    wrapped = "\n".join(text[i : i + size] for i in range(0, len(text), size))
    path = file_of(tmp_path, wrapped.encode())
    assert returning(io.BytesIO(wrapped.encode())) is None
    assert len(read_claims(path).claims) == 4
