"""``docs/architecture.md`` and ``docs/adding-a-form.md`` name what is there, all of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dsl.ir import duties
from kb.engine.judge import grounds, reasons

ROOT = Path(__file__).parents[2]
ARCHITECTURE = (ROOT / "docs/architecture.md").read_text("utf-8")
FORM = (ROOT / "docs/adding-a-form.md").read_text("utf-8")
PLACES = ("dsl/", "kb/", "site/", "docs/", "tests/", "policies/", "editors/")


def places(text: str) -> list[str]:
    """The paths that a text names."""
    return [
        each for each in re.findall(r"`([^`\s]+)`", text) if each.startswith(PLACES)
    ]


def section(title: str) -> str:
    (found,) = re.findall(
        rf"^## {title}$(.*?)(?=^## |\Z)", ARCHITECTURE, re.MULTILINE | re.DOTALL
    )
    return str(found)


@pytest.mark.parametrize("page", [ARCHITECTURE, FORM], ids=["architecture", "form"])
def test_every_place_that_is_named_is_there(page: str) -> None:
    named = places(page)
    assert named
    assert [place for place in named if not [*ROOT.glob(place.rstrip("/"))]] == []


def test_every_room_has_its_line() -> None:
    """A folder by its name, a module beside the folders by its own."""
    before_the_changes = ARCHITECTURE.partition("## Where a change goes")[0]
    rooms = {place.rstrip("/") for place in places(before_the_changes)}
    there = {
        path.relative_to(ROOT).as_posix()
        for package in ("dsl", "kb")
        for path in (ROOT / package).iterdir()
        if (path.is_dir() and (path / "__init__.py").exists())
        or (path.suffix == ".py" and not path.name.startswith("__"))
    }
    assert there - rooms == {"kb/version.py"}


def test_every_change_names_where_it_goes() -> None:
    rows = [
        line for line in section("Where a change goes").splitlines() if "| a" in line
    ]
    assert rows
    assert [
        row for row in rows if not places(row) and "adding-a-form.md" not in row
    ] == []


def worked_example() -> str:
    return FORM.partition("How it is written:")[2].partition("Then make what is made")[
        0
    ]


def test_the_worked_example_counts_its_files() -> None:
    files = {place for place in places(worked_example()) if "." in place}
    assert len(files) == 11
    assert "eleven files, ten for a duty without a label" in FORM


def test_each_of_its_files_has_a_line_for_the_form() -> None:
    """The words of the form, or its label, stand in every file that is named."""
    words = re.compile(r"BillAs|bill_as|\"bill as\"|bill-as")
    files = {place for place in places(worked_example()) if "." in place}
    silent = [
        file for file in files if not words.search((ROOT / file).read_text("utf-8"))
    ]
    assert silent == []


def test_a_test_of_words_touches_six_files() -> None:
    page = FORM.partition("words only: six files")[2].partition("## ")[0]
    files = re.findall(r"^\| `(\S+)` \|", page, re.MULTILINE)
    words = re.compile(r"billed on both sides|billed:|Billed|\"billed\"")
    assert len(files) == 6
    assert [f for f in files if not words.search((ROOT / f).read_text("utf-8"))] == []


def test_registries_that_it_names_are_there() -> None:
    assert duties.BillAs in grounds.COVERS
    assert duties.BillAs in reasons.BECAUSE
    named = set(re.findall(r"`([A-Z][A-Z_]{3,})`", FORM))
    sources = [
        path.read_text("utf-8")
        for package in ("dsl", "kb")
        for path in (ROOT / package).rglob("*.py")
    ]
    missing = [
        name
        for name in named
        if not any(re.search(rf"^{name}\b", text, re.MULTILINE) for text in sources)
    ]
    assert missing == []
