"""``docs/licences.md`` lists everything that is installed with payerkb."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAD = """\
# Licences

What `pip install payerkb` brings along, with the licence that each names; payerkb itself
is under Apache-2.0. This page is written by
`python -m pytest tests/docs/test_licences.py --golden-update`.

| Package | Version | Licence |
|---|---|---|
"""
NAME = re.compile(r"[A-Za-z0-9._-]+")
PINNED = re.compile(r"^([a-z0-9._-]+)==([^ ;\\]+)(.*)", re.MULTILINE)
CLASSIFIER = "License :: "
FITTING = re.compile(
    r"(MIT|BSD|Apache|ISC|PSF|Python Software Foundation|Public Domain|MPL-2\.0"
    r"|0BSD|Zlib|CC0|Unlicense)",
    re.IGNORECASE,
)
"""Licences under which a package may come along with one under Apache-2.0."""


def names_of(package: Distribution) -> Iterator[str]:
    """The packages that a package needs, without its extras."""
    for requirement in package.requires or ():
        if "extra ==" not in requirement:
            found = NAME.match(requirement)
            assert found
            yield found.group()


def ours() -> list[str]:
    """The packages that ours needs, as its own file says: what is installed may be older."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return [
        found.group() for each in project["dependencies"] if (found := NAME.match(each))
    ]


def closure() -> dict[str, Distribution]:
    """Everything that payerkb needs on this machine, by normal name."""
    found: dict[str, Distribution] = {}
    waiting = ours()
    while waiting:
        asked = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if asked in found:
            continue
        try:
            found[asked] = distribution(asked)
        except PackageNotFoundError:
            if asked in ours():
                raise  # an environment that lacks one would take its row off the page
            continue  # for another system or another Python
        waiting += names_of(found[asked])
    return found


def licence_of(package: Distribution) -> str:
    """What a package names as its licence, in a word or two."""
    given = package.metadata
    if "License-Expression" in given:
        return given["License-Expression"]
    text: str = next(iter(given.get_all("License") or [""]))
    if text and text != "UNKNOWN" and "\n" not in text:
        return text
    named = [
        each.rpartition(" :: ")[2]
        for each in given.get_all("Classifier") or []
        if each.startswith(CLASSIFIER)
    ]
    return "; ".join(named)


def versions() -> dict[str, str]:
    """The pinned versions of a package: more than one where Pythons differ."""
    found: dict[str, list[str]] = {}
    text = (ROOT / "requirements.txt").read_text("utf-8")
    for name, version, _marker in PINNED.findall(text):
        found.setdefault(name, []).append(version)
    return {name: ", ".join(each) for name, each in found.items()}


def page() -> str:
    """The whole page."""
    pinned = versions()
    rows = [
        f"| {name} | {pinned[name]} | {licence_of(package)} |"
        for name, package in sorted(closure().items())
    ]
    return HEAD + "\n".join(rows) + "\n"


def test_the_page_of_licences_is_true(golden: Callable[[Path, str], None]) -> None:
    golden(ROOT / "docs/licences.md", page())


@pytest.mark.parametrize("name", sorted(closure()))
def test_every_licence_fits_ours(name: str) -> None:
    assert FITTING.search(licence_of(distribution(name)))
