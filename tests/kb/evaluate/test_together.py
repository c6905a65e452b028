"""Claims of one patient are together, wherever they stand in the files."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import pytest

from bench.stream import Case, texts_of
from kb.claims.model import BadClaim, Claim, Remark
from kb.claims.runs import Found, Run
from kb.evaluate.sources import sources_of
from kb.evaluate.together import TWICE, runs_of, who_comes_back

KINDS = ("json", "x12")
Files = list[tuple[str, list[int]]]
"""Each of a kind, with the numbers of its claims; two numbers are one patient."""


def files_of(folder: Path, files: Files) -> list[Path]:
    paths = []
    for at, (kind, numbers) in enumerate(files):
        path = folder / f"claims-{at}.{kind}"
        path.write_text("".join(texts_of(Case("", kind), numbers)), "utf-8")
        paths.append(path)
    return paths


def no_faults(_: Claim) -> list[BadClaim]:
    return []


def found_in(folder: Path, files: Files) -> list[Found]:
    return list(runs_of(sources_of(files_of(folder, files)), no_faults))


def seen(found: list[Found]) -> dict[str, set[str]]:
    """Each claim with the claims that it is answered beside."""
    beside = {}
    for run in found:
        assert isinstance(run, Run), run
        names = {claim.id for claim in chain(run.claims, run.others)}
        beside.update({claim.id: names - {claim.id} for claim in run.claims})
    return beside


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "numbers",
    [
        [[0, 1, 2, 3]],
        [[0, 2, 1, 3]],
        [[0, 2], [1, 3]],
        [[1, 3], [0, 2]],
        [[0], [2, 3], [1]],
    ],
)
def test_a_claim_is_answered_beside_its_patients_others(
    tmp_path: Path, kind: str, numbers: list[list[int]]
) -> None:
    found = found_in(tmp_path, [(kind, each) for each in numbers])

    assert seen(found) == {
        "C-0": {"C-1"},
        "C-1": {"C-0"},
        "C-2": {"C-3"},
        "C-3": {"C-2"},
    }
    assert [*seen(found)] == [f"C-{number}" for number in chain(*numbers)]


@pytest.mark.parametrize("kind", KINDS)
def test_only_who_comes_back_is_kept(tmp_path: Path, kind: str) -> None:
    paths = files_of(tmp_path, [(kind, [0, 2, 3, 4]), (kind, [5, 1])])
    claims = list(runs_of(sources_of(paths), no_faults))
    comers = who_comes_back(sources_of(paths))

    assert comers.kept is not None
    kept = [
        claim.id
        for run in claims
        if isinstance(run, Run)
        for claim in run.claims
        if comers.kept(claim)
    ]
    # Patient 2 (claims 4 and 5) ends one file and begins the next: runs end with files.
    assert sorted(kept) == ["C-0", "C-1", "C-4", "C-5"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_whose_patients_stand_together_is_read_once(
    tmp_path: Path, kind: str
) -> None:
    paths = files_of(tmp_path, [(kind, [0, 1, 2, 3]), (kind, [4, 5])])
    assert who_comes_back(sources_of(paths)).kept is None


def test_files_of_two_formats_are_read_to_know(tmp_path: Path) -> None:
    assert seen(found_in(tmp_path, [("json", [0, 1]), ("x12", [2, 3])])) == {
        "C-0": {"C-1"},
        "C-1": {"C-0"},
        "C-2": {"C-3"},
        "C-3": {"C-2"},
    }


@pytest.mark.parametrize("kind", KINDS)
def test_a_claim_in_two_files_is_answered_as_sent_once(
    tmp_path: Path, kind: str
) -> None:
    found = found_in(tmp_path, [(kind, [0, 1]), (kind, [2, 0])])
    remarks = [one for one in found if isinstance(one, Remark)]
    runs = [one for one in found if isinstance(one, Run)]

    assert [(one.id, one.text) for one in remarks] == [("C-0", TWICE)]
    assert [[claim.id for claim in run.others] for run in runs] == [[], [], ["C-1"]]


def test_claims_without_a_patient_have_no_others(tmp_path: Path) -> None:
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text(
            '{"claim": "C-1", "payer": "aetna", "date": "2026-03-10",'
            f' "lines": [{{"code": "{"64483" if name == "a.json" else "64490"}"}}]}}'
        )
    paths = [tmp_path / "a.json", tmp_path / "b.json"]
    runs = runs_of(sources_of(paths), no_faults)
    assert [run.others for run in runs if isinstance(run, Run)] == [(), ()]


def test_a_file_that_holds_no_claims_spoils_no_other(tmp_path: Path) -> None:
    good = files_of(tmp_path, [("x12", [0, 1])])
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    found = list(runs_of(sources_of([picture, *good]), no_faults))

    assert isinstance(found[0], BadClaim)
    assert seen(found[1:]) == {"C-0": {"C-1"}, "C-1": {"C-0"}}


def test_two_files_of_one_name_are_told_apart(tmp_path: Path) -> None:
    paths = []
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        paths.append(tmp_path / folder / "empty.837")
        paths[-1].write_text("")
    found = list(runs_of(sources_of(paths), no_faults))
    assert [one.where for one in found if isinstance(one, BadClaim)] == [
        str(path) for path in paths
    ]
