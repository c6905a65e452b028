"""Claims in X12 for tests of their readers: the files of this folder, and spoiled ones."""

from pathlib import Path
from typing import Any

from hypothesis import strategies as st

DATA = Path(__file__).parents[2] / "data" / "x12"
TEXTS = {path.name: path.read_text() for path in sorted(DATA.rglob("*.837*"))}
CLAIM_IDS = ["CLM", "HL", "LX", "SV1", "SV2", "SE", "ISA"]

ELEMENTS = st.sampled_from(
    [
        "",
        "1",
        "20",
        "22",
        "23",
        "X",
        "A",
        "837",
        "HC:64483",
        "::::",
        "20260310",
        "²",
        "٣",
        "99999999999999999999",
        "-1",
        "1.5",
        "RD8",
        "D8",
        "472",
        "XX",
        "é",
        "\x00",
        "MB",
    ]
)


@st.composite
def spoiled_x12(draw: Any, texts: list[str], ids: list[str]) -> str:
    """A real file with segments dropped, doubled, moved or with other elements."""
    found = draw(st.sampled_from(texts)).split("~\n")
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(found) - 1))
        match draw(st.sampled_from(["drop", "double", "move", "element", "id"])):
            case "drop" if len(found) > 1:
                del found[at]
            case "double":
                found.insert(at, found[at])
            case "move":
                found.insert(draw(st.integers(0, len(found) - 1)), found.pop(at))
            case "element":
                elements = found[at].split("*")
                elements[draw(st.integers(0, len(elements) - 1))] = draw(ELEMENTS)
                found[at] = "*".join(elements)
            case _:
                found[at] = draw(st.sampled_from(ids))
    return "~\n".join(found)
