"""A small guide of the epidural policies, written once for all tests."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kb.guide.writer import Report, Wish, write_guide

DAY = date(2026, 11, 30)
STATES = ("FL",)


@dataclass(frozen=True, slots=True)
class Guide:
    """A guide in its folder."""

    out: Path
    report: Report

    def read(self, name: str) -> Any:
        """A file; one that is packed as the JSON in it."""
        content = (self.out / name).read_bytes()
        if name.endswith(".gz"):
            return json.loads(gzip.decompress(content))
        return content.decode()

    def packs(self) -> Iterator[str]:
        """The packs of pages."""
        for path in sorted(self.out.rglob("data/*/**/*.json.gz")):
            yield path.relative_to(self.out).as_posix()
        yield from ("data/source.json.gz",)

    def pages(self) -> dict[str, str]:
        """Every page: by the place that links name it by, its HTML."""
        found = {
            path.relative_to(self.out).as_posix(): path.read_text("utf-8")
            for path in self.out.rglob("*.html")
        }
        for pack in self.packs():
            folder = pack.removeprefix("data/").removesuffix(".json.gz")
            for name, (_title, html) in self.read(pack).items():
                found[f"read.html?{folder}/{name}"] = html
        return found


def wish_of(database: Path, out: Path, **more: Any) -> Wish:
    return Wish(database, out, DAY, states=STATES, **more)


def pyodide_folder() -> Path | None:
    """Where Pyodide is unpacked, when somebody says so."""
    given = os.environ.get("PAYERKB_TEST_PYODIDE")
    return Path(given) if given else None


@pytest.fixture(scope="session")
def guide(epidural_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Guide:
    out = tmp_path_factory.mktemp("guide") / "out"
    return Guide(out, write_guide(wish_of(epidural_database, out)))
