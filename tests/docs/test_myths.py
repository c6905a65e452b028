"""``docs/myths.md``: wrong claims found in public text, and the scenarios against them.

The table is written from the scenarios named ``myth-...``; what follows it is by hand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from html import unescape
from pathlib import Path
from sqlite3 import Connection

from kb.read.records import Citation
from kb.read.store import (
    KnowledgeBase,
    citations_of,
    column_from,
    open_knowledge_base,
    rows_from,
)

PAGE = Path(__file__).parents[2] / "docs/myths.md"
HEAD = """\
# Wrong claims, and what contradicts them

Billing advice in public text is often wrong. Each line is a claim that was found, and a
scenario of the policies that would fail if our rules agreed with it. The table is written by
`python -m pytest tests/docs/test_myths.py --golden-update` from the scenarios named `myth-...`;
`payerkb test myth-` runs them.

| Found | What holds | Policy | Source of the rule |
| --- | --- | --- | --- |
"""
BY_HAND = "\n## What cannot be contradicted yet\n"


def rows(connection: Connection) -> Iterator[str]:
    for row in rows_from(
        connection,
        """SELECT s.name, s.title, s.prose_html, s.expect, s.policy_version, s.file,
          v.policy FROM scenario s JOIN policy_version v ON v.id = s.policy_version
        WHERE s.name LIKE 'myth-%' AND s.origin = v.policy
        ORDER BY v.policy, s.position""",
    ):
        rules = dict.fromkeys(each["by"] for each in json.loads(row["expect"]))
        cited = dict.fromkeys(
            cited_words(each)
            for rule in rules
            for each in citations_of_rule(connection, row["policy_version"], rule)
        )
        assert row["prose_html"], f"{row['name']} does not say where the claim stands"
        assert cited, f"{row['name']} names no rule"
        policy = f"[{row['policy']}](../policies/{row['file']})"
        cells = [words_of(row["prose_html"]), row["title"], policy, "; ".join(cited)]
        yield f"| {' | '.join(cells)} |\n"


def citations_of_rule(
    connection: Connection, version: str, name: str
) -> Iterator[Citation]:
    for rule in column_from(
        connection,
        "SELECT id FROM rule WHERE policy_version = ? AND name = ?",
        version,
        name,
    ):
        yield from citations_of(KnowledgeBase(connection), "rule", rule)


def cited_words(citation: Citation) -> str:
    title = f"[{citation.source}]({citation.url})" if citation.url else citation.source
    where = f"{title}, {citation.passage}" if citation.passage else title
    return f"{where} ({citation.grade})"


def words_of(html: str) -> str:
    return " ".join(unescape(re.sub("<[^>]+>", "", html)).split())


def test_the_page_of_wrong_claims_is_up_to_date(
    golden: Callable[[Path, str], None], shipped_database: Path
) -> None:
    by_hand = BY_HAND + PAGE.read_text("utf-8").partition(BY_HAND.lstrip())[2]
    with closing(open_knowledge_base(shipped_database)) as connection:
        table = "".join(rows(connection))

    golden(PAGE, HEAD + table + by_hand)
