"""A source line says whose words it stands on, and how old they are."""

from __future__ import annotations

import pytest

from kb.engine.report.words import weakness
from kb.engine.rule_words import CitationWords


@pytest.mark.parametrize(
    ("grade", "version", "read_on", "said"),
    [
        ("secondary", "", "2026-11-23", "a digest read 2026-11-23"),
        ("secondary", "effective 2014-05-01", "2026-11-23", "a digest read 2026-11-23"),
        (
            "primary",
            "2014-11-18",
            "2026-11-29",
            "a text of 2014-11-18, read 2026-11-29",
        ),
        (
            "primary",
            "reviewed May 2021",
            "2026-11-29",
            "a text of 2021, read 2026-11-29",
        ),
        ("primary", "reviewed May 2024", "2026-11-29", ""),
        ("primary", "effective 2018-07-01; the page as of 2026", "2026-11-29", ""),
        ("primary", "23", "2026-11-29", ""),
        ("primary", "2021R6005A", "2026-11-29", ""),
        ("secondary", "2014", "", ""),
        ("recalled", "", "2026-11-29", ""),
    ],
)
def test_a_digest_and_an_old_text_are_told(
    grade: str, version: str, read_on: str, said: str
) -> None:
    cited = CitationWords("DOC", "A text", "page 1", "", "", grade, read_on, version)

    assert weakness(cited) == said
