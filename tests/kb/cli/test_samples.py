"""``check-claim`` on every sample file: answered or said why not, and nobody named."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from kb.claims import claim_to_json, read_claims

ROOT = Path(__file__).parents[3]
DATA = ROOT / "tests/data/x12"
FOREIGN = sorted((DATA / "practice").glob("*.837*"))
EPIDURAL = sorted((DATA / "epidural").glob("*.837"))
Run = Callable[..., Result]
Golden = Callable[[Path, str], None]
Json = dict[str, Any]


def file_name(path: Path) -> str:
    return path.name


@pytest.fixture
def findings(payerkb: Run) -> Callable[[Path], Json]:
    """The findings of a file as JSON."""

    def find(path: Path) -> Json:
        found: Json = json.loads(payerkb("check-claim", path, "--json").stdout)
        return found

    return find


@pytest.mark.parametrize("path", FOREIGN, ids=file_name)
def test_a_foreign_file_is_answered_or_said_to_be_unreadable(
    path: Path, findings: Callable[[Path], Json]
) -> None:
    found = findings(path)

    claims_in_file = path.read_text("utf-8").count("\nCLM*")
    unread = {bad["claim"] for bad in found["bad"]}
    left_out = [r for r in found["remarks"] if r["text"].endswith("claim is left out")]
    assert len(found["answers"]) + len(unread) + len(left_out) == claims_in_file
    for bad in found["bad"]:
        assert re.search(r": segment \d+ \(\w+\)$", bad["where"])
        assert bad["reason"]
        assert bad["fix"]


@pytest.mark.parametrize("path", FOREIGN, ids=file_name)
def test_no_line_of_a_foreign_file_passes(
    path: Path, findings: Callable[[Path], Json]
) -> None:
    lines = [line for answer in findings(path)["answers"] for line in answer["lines"]]
    assert {line["outcome"] for line in lines} <= {"unknown", "note"}
    assert all(line["reason"] for line in lines)


@pytest.mark.parametrize("path", FOREIGN, ids=file_name)
def test_a_foreign_file_ends_undecided_or_unread(path: Path, payerkb: Run) -> None:
    result = payerkb("check-claim", path)
    assert result.exit_code == (2 if "not read: " in result.stderr else 3)


@pytest.mark.parametrize("path", EPIDURAL, ids=file_name)
def test_the_json_twin_holds_the_claims_of_the_file(path: Path, golden: Golden) -> None:
    claims = [claim_to_json(claim) for claim in read_claims(path).claims]
    golden(path.with_suffix(".json"), json.dumps(claims, indent=2) + "\n")


@pytest.mark.parametrize("path", EPIDURAL, ids=file_name)
def test_the_json_twin_gets_the_same_answers(
    path: Path, findings: Callable[[Path], Json]
) -> None:
    from_x12 = findings(path)["answers"]
    assert from_x12
    assert findings(path.with_suffix(".json"))["answers"] == from_x12


@pytest.mark.parametrize("path", EPIDURAL, ids=file_name)
def test_no_epidural_passes_on_a_claim_file_alone(
    path: Path, findings: Callable[[Path], Json]
) -> None:
    outcomes = {answer["outcome"] for answer in findings(path)["answers"]}
    assert outcomes <= {"deny", "needs-evidence", "unknown", "note"}


# ---------- nobody is named ----------


def secrets_of(text: str) -> set[str]:
    """Names, ids, birth dates, addresses and numbers of the people in X12 text.

    A payer's name and id are no secrets: an answer says which payer was not found.
    """
    found: set[str] = set()
    for segment in re.split(r"[~\n]+", text):
        elements = segment.split("*")
        match elements[0]:
            case "NM1" if elements[1] != "PR":
                found.update(elements[3:8] + elements[9:10])
            case "N3" | "N4":
                found.update(elements[1:])
            case "REF" | "PER":
                found.update(elements[2:])
            case "DMG":
                found.update(ways_to_write(elements[2]))
    payers = " ".join(re.findall(r"NM1\*PR\*[^~]*", text))
    return {secret for secret in found if len(secret) > 3 and secret not in payers}


def ways_to_write(day: str) -> list[str]:
    """A date of an X12 file as people and programs write it."""
    year, month, dom = day[:4], day[4:6], day[6:]
    return [day, f"{year}-{month}-{dom}", f"{month}/{dom}/{year}"]


def mangled(text: str) -> Iterator[str]:
    """Copies of a file, each broken in a way that files break."""
    segments = text.split("~")
    for part in (0.3, 0.5, 0.8):
        yield text[: int(len(text) * part)]
    for tag in ("NM1*IL", "DMG", "HI", "LX", "SV1", "DTP", "SBR", "HL*2", "CLM"):
        yield "~".join(s for s in segments if not s.strip().startswith(tag))
    for old, new in (
        ("CLM*", "CLM"),
        ("*D8*", "*D9*"),
        ("*UN*", "*UN*X"),
        ("HC:", "ZZ:"),
        ("NM1*IL*1*", "NM1*IL*1**"),
        ("DMG*D8*19", "DMG*D8*1Q"),
        ("DTP*472*D8*20", "DTP*472*D8*99"),
        ("SV1*", "SV1*NM1*IL*"),
        ("*", "|"),
        (":", "*"),
        ("N3*", "SV1*"),
        ("DMG*", "DTP*472*"),
        ("NM1*IL", "HI*ABK:"),
    ):
        yield text.replace(old, new)
    yield text.lower()
    yield text.replace("~", "~\0")
    yield "~".join(segments[::-1])


def assert_nobody_is_named(result: Result, secrets: set[str], claim_ids: str) -> None:
    # A hash may hold the digits of a house by chance.
    said = re.sub("sha256:[0-9a-f]+", "", result.stdout + result.stderr)
    named = {secret for secret in secrets if secret in said and secret not in claim_ids}
    assert named == set()


def claim_ids_in(text: str) -> str:
    """The ids that the practice gave its claims: an answer is told by them."""
    return " ".join(re.findall(r"CLM\*([^*~]*)", text))


@pytest.mark.parametrize("form", [[], ["--json"]], ids=["text", "json"])
@pytest.mark.parametrize("path", FOREIGN + EPIDURAL, ids=file_name)
def test_nobody_in_a_file_is_named(path: Path, form: list[str], payerkb: Run) -> None:
    text = path.read_text("utf-8")
    secrets = secrets_of(text)
    assert len(secrets) > 5
    result = payerkb("check-claim", path, "--all", "--trace", *form)
    assert_nobody_is_named(result, secrets, claim_ids_in(text))


@pytest.mark.parametrize("path", FOREIGN + EPIDURAL, ids=file_name)
def test_nobody_in_a_broken_file_is_named(path: Path, payerkb: Run) -> None:
    text = path.read_text("utf-8")
    secrets = secrets_of(text)
    for number, broken in enumerate(mangled(text)):
        form = ["--json"] if number % 2 else ["--all"]
        result = payerkb("check-claim", "-", *form, given=broken)
        assert result.exit_code in (1, 2, 3)
        assert_nobody_is_named(
            result, secrets | {s.lower() for s in secrets}, claim_ids_in(text)
        )


SECRET = "SYNTHETICNAME 1950-01-02"
ECHOED = {("claim",), ("payer",)}
"""An answer says whose it is, and which payer was not found."""


def places_in(
    value: Any, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[str | int, ...]]:
    """The path of every leaf of a JSON value."""
    if isinstance(value, dict | list) and value:
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in pairs:
            yield from places_in(inner, (*path, key))
    else:
        yield path


def with_secret(claim: Json, path: tuple[str | int, ...]) -> Json:
    """A copy of the claim with the secret at one place."""
    copy: Json = json.loads(json.dumps(claim))
    inner: Any = copy
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = SECRET
    return copy


def whole_claim() -> Json:
    """A claim that gives everything a claim can give."""
    claim: Json = json.loads((ROOT / "docs/examples/fifth-session.json").read_text())
    text_fact = {"reason-to-continue": "declines surgery"}
    return {
        **claim,
        "patient": "P-1",
        "plan": "medicare",
        "type": "professional",
        "frequency": "original",
        "authorization": "none",
        "received": "2026-03-11",
        "chart": "partial",
        "fields": {"sex": "female", "network": "in"},
        "facts": claim["facts"] | text_fact,
        "lines": [
            {**claim["lines"][0], "level": "L4-L5", "units": 1, "rendering": "1234567893",
             "authorization": "none", "place": "11", "date": "2026-03-10", "line": 1},
        ],
    }  # fmt: skip


@pytest.mark.parametrize("form", [[], ["--json"]], ids=["text", "json"])
@pytest.mark.parametrize(
    "path",
    [path for path in places_in(whole_claim()) if path not in ECHOED],
    ids=lambda path: ".".join(map(str, path)),
)
def test_a_name_in_the_wrong_place_of_a_json_claim_is_not_repeated(
    path: tuple[str | int, ...], form: list[str], payerkb: Run
) -> None:
    given = json.dumps(with_secret(whole_claim(), path))
    result = payerkb("check-claim", "-", "--trace", *form, given=given)
    assert "SYNTHETICNAME" not in result.output
    assert "1950" not in result.output


@pytest.mark.parametrize(
    "owner", [(), ("facts",), ("fields",), ("lines", 0), ("history",)], ids=str
)
def test_a_name_as_a_key_of_a_json_claim_is_not_repeated(
    owner: tuple[str | int, ...], payerkb: Run
) -> None:
    claim = whole_claim()
    inner: Any = claim
    for key in owner:
        inner = inner[key]
    inner[SECRET] = SECRET
    result = payerkb("check-claim", "-", given=json.dumps(claim))
    assert result.exit_code == 2
    assert "SYNTHETICNAME" not in result.output
    assert "1950" not in result.output
