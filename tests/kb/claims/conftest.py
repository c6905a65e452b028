"""What several tests of claim readers need: sample files, and a check for secrets."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.claims import ReadResult

DATA = Path(__file__).parents[2] / "data" / "x12"


@pytest.fixture
def practice() -> Path:
    return DATA / "practice"


@pytest.fixture
def epidural() -> Path:
    return DATA / "epidural"


@pytest.fixture(scope="session")
def changed() -> Callable[..., str]:
    """Changes one segment of X12 text and keeps its SE count true."""
    return changed_x12


@pytest.fixture(scope="session")
def tells_nothing_of() -> Callable[[ReadResult, str], None]:
    """Fails when a fault or remark holds a name, id, address or date of the file."""

    def check(result: ReadResult, text: str) -> None:
        said = [f"{bad.where} {bad.reason} {bad.fix} {bad.claim}" for bad in result.bad]
        said += [f"{note.where} {note.text} {note.claim}" for note in result.remarks]
        for secret in secrets_of(text):
            for sentence in said:
                assert secret not in sentence

    return check


_EXAMPLE_IN_OUR_TEXTS = "1234567893"
"""The NPI that a fix shows; sample files use its first digits for other ids."""


_SEGMENTS = frozenset(
    {"CLM", "DMG", "DTP", "LIN", "NTE", "PAT", "PER", "REF", "SBR", "SVD"}
)
"""Names of segments, which a spoiled file may have in the place of a value."""


def secrets_of(text: str) -> set[str]:
    """Names, ids, addresses and birth dates in X12 text with `*` and `~`."""
    found: set[str] = set()
    for segment in re.split(r"~\s*", text):
        elements = segment.split("*")
        match elements[0]:
            case "NM1":
                found.update(elements[3:6])
                if elements[1] in ("IL", "QC"):
                    found.update(elements[9:10])
            case "N3" | "N4" | "REF":
                found.update(elements[1:])
            case "DMG" | "PER" | "CLM":
                found.update(elements[2:3] + elements[1:2])
            case "CLP":
                found.update(elements[1:2] + elements[7:8])
            case "N1":
                found.update(elements[2:3])
    codes = {"D8", "IC", "EI", "G1", "G2", "F8", "6R", "1G", "HPI"}
    return {
        secret
        for secret in found - codes - _SEGMENTS
        if len(secret) > 2 and secret not in _EXAMPLE_IN_OUR_TEXTS
    }


def segments(text: str) -> list[str]:
    return [segment for segment in text.split("~\n") if segment]


def with_true_count(text: str) -> str:
    """The text with SE01 as it should be, so that only the edit itself is wrong."""
    found = segments(text)
    first = next(i for i, segment in enumerate(found) if segment.startswith("ST*"))
    last = next(i for i, segment in enumerate(found) if segment.startswith("SE*"))
    control = found[last].split("*")[2]
    found[last] = f"SE*{last - first + 1}*{control}"
    return "~\n".join(found) + "~\n"


def changed_x12(text: str, old: str, new: str, number: int = 1) -> str:
    """The text with the `number`-th segment `old` made `new`, or dropped for ``""``."""
    found = segments(text)
    indices = [i for i, segment in enumerate(found) if segment.startswith(old)]
    index = indices[number - 1]
    found[index : index + 1] = [new] if new else []
    return with_true_count("~\n".join(found) + "~\n")
