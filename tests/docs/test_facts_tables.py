"""``docs/facts/*.md`` point to policies that are there, and to rules that those hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kb.read.store import column_from, open_knowledge_base, rows_from

FACTS = Path(__file__).parents[2] / "docs" / "facts"
PAGES = sorted(FACTS.glob("*.md"))
WORD = r"[a-z0-9]+(?:-[a-z0-9]+)*"
PATH = rf"{WORD}(?:/{WORD})+"
TOKEN = re.compile(rf"`({WORD}(?:/{WORD})*)`")
LISTED = re.compile(rf"`({PATH})`: ([^;|(`.]*)")
KINDS = r"(?:rule|rules|gap|gaps|exception|list|value|definition|scenario)"
NAME = re.compile(rf"(?:{KINDS} )?({WORD})")
DEFINED = re.compile(rf"^define ({WORD}):", re.MULTILINE)
PARTS = """
    SELECT v.policy, part.name FROM policy_version v JOIN (
        SELECT policy_version, name FROM rule
        UNION SELECT policy_version, name FROM code_set
        UNION SELECT policy_version, name FROM dated_value
        UNION SELECT policy_version, name FROM scenario
        UNION SELECT r.policy_version, e.name
                FROM rule_exception e JOIN rule r ON e.rule = r.id
    ) part ON part.policy_version = v.id"""
DEFINITIONS = """
    SELECT v.policy, f.text FROM policy_version v JOIN source_file f ON f.path = v.file"""
WORDS = """
    SELECT id FROM payer UNION SELECT id FROM contractor
    UNION SELECT id FROM code_grouping UNION SELECT id FROM fact"""


class Shipped:
    """The names that a page may use."""

    def __init__(self, database: Path) -> None:
        with closing(open_knowledge_base(database)) as connection:
            policies = column_from(connection, "SELECT id FROM policy")
            self.parts: dict[str, set[str]] = {policy: set() for policy in policies}
            for row in rows_from(connection, PARTS):
                self.parts[row["policy"]].add(row["name"])
            for row in rows_from(connection, DEFINITIONS):
                self.parts[row["policy"]].update(DEFINED.findall(row["text"]))
            self.words = set(column_from(connection, WORDS))
        self.words.update(policy.rpartition("/")[2] for policy in policies)
        self.words.update(name for names in self.parts.values() for name in names)


@pytest.fixture(scope="module")
def shipped(shipped_database: Path) -> Shipped:
    return Shipped(shipped_database)


def cells(text: str) -> Iterator[tuple[str, str]]:
    """Row and second cell of each row of the tables that say where a fact went."""
    inside = False
    for line in text.splitlines():
        if not line.startswith("|"):
            inside = False
        elif "| Where it went |" in line:
            inside = True
        elif inside and not line.startswith("|---"):
            row, where = line.strip("| ").split(" | ")[:2]
            yield row, where


def faults(text: str, shipped: Shipped) -> Iterator[str]:
    """What the tables of a page name and the policies do not hold."""
    for row, where in cells(text):
        for token in TOKEN.findall(where):
            known = shipped.parts if "/" in token else shipped.words
            if token not in known:
                yield f"row {row}: nothing is named {token}"
        for policy, listed in LISTED.findall(where):
            for item in listed.split(","):
                name = NAME.fullmatch(item.strip())
                if name and name.group(1) not in shipped.parts.get(policy, ()):
                    yield f"row {row}: {policy} holds no {name.group(1)}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_pointer_of_a_page_leads_somewhere(page: Path, shipped: Shipped) -> None:
    assert list(faults(page.read_text("utf-8"), shipped)) == []


def test_every_page_has_rows() -> None:
    assert [p.name for p in PAGES if not list(cells(p.read_text("utf-8")))] == []


@pytest.mark.parametrize(
    ("where", "fault"),
    [
        ("`medicare/esi`: one-region", None),
        ("`medicare/esi`: list zoster; payer `aetna`", None),
        ("`medicare/esi`: no-such-rule", "row X-1: medicare/esi holds no no-such-rule"),
        ("`medicare/no-such`", "row X-1: nothing is named medicare/no-such"),
        ("payer `no-such-payer`", "row X-1: nothing is named no-such-payer"),
    ],
)
def test_a_pointer_that_leads_nowhere_is_named(
    where: str, fault: str | None, shipped: Shipped
) -> None:
    page = f"| Row | Where it went | Form |\n|---|---|---|\n| X-1 | {where} | rule |\n"

    assert list(faults(page, shipped)) == ([fault] if fault else [])
