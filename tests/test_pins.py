"""The pinned versions: whole, hashed, from wherever packages are found."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
FILES = ("requirements.txt", "requirements-dev.txt")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
GROUPS = PROJECT["dependency-groups"]
ASKED = {
    "requirements.txt": [*PROJECT["project"]["dependencies"], *GROUPS["build"]],
    "requirements-dev.txt": [each for group in GROUPS.values() for each in group],
}


def pins(file: str) -> list[tuple[Requirement, list[str]]]:
    """Each pinned package with its hashes."""
    text = (ROOT / file).read_text("utf-8").replace("\\\n", " ")
    found = []
    for line in text.splitlines():
        if not line.startswith("#"):
            pin, *hashes = line.split(" --hash=sha256:")
            found.append((Requirement(pin), [each.strip() for each in hashes]))
    return found


def by_name(file: str) -> dict[str, set[str]]:
    """The pinned versions of each package, as ``==`` writes them."""
    found: dict[str, set[str]] = {}
    for pin, _ in pins(file):
        found.setdefault(pin.name, set()).add(str(pin.specifier))
    return found


@pytest.mark.parametrize("file", FILES)
def test_every_package_is_pinned_with_hashes(file: str) -> None:
    for pin, hashes in pins(file):
        assert re.fullmatch(r"==[^*,]+", str(pin.specifier)), pin
        assert hashes
        assert all(re.fullmatch(r"[0-9a-f]{64}", each) for each in hashes), pin


@pytest.mark.parametrize("file", FILES)
def test_no_index_and_no_address_is_named(file: str) -> None:
    text = (ROOT / file).read_text("utf-8")
    assert re.findall(r"(?m)^\s*--(?!hash=).*|.*://.*|.* @ .*", text) == []


@pytest.mark.parametrize("file", FILES)
def test_what_the_project_asks_for_is_pinned_within_its_bounds(file: str) -> None:
    found = by_name(file)
    for text in ASKED[file]:
        asked = Requirement(text)
        versions = found[asked.name.lower()]
        assert all(asked.specifier.contains(v[2:], prereleases=True) for v in versions)


def test_both_files_pin_the_same_versions() -> None:
    tests = by_name("requirements-dev.txt")
    for name, versions in by_name("requirements.txt").items():
        assert tests[name] == versions
