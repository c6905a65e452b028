"""What the quick reference of a policy shows on a day."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from kb.build.compiler import build_folder
from kb.read.policy_store import policy_detail
from kb.read.store import KnowledgeBase, open_knowledge_base, policy
from kb.reference.places import quick_reference

TEXT = """\
payer sample: Sample
  line of business: commercial
source DOC: A guide
  grade: primary
  read on: 2026-01-01
  review by: 2027-01-01
fact risk: Risk of harm
  kind: yes-no
  of: patient
policy sample/esi: Epidurals
  payer: sample
  in force: from 2025-01-01
  cite: DOC
rule four: Four a year
  for: 64483
  in force: from 2025-01-01 through 2025-12-31, then ended
  limit: 4 sessions in any 12 months
  otherwise: review
  cite: DOC
rule two: Two a year
  for: 64483
  in force: from 2026-01-01
  limit: 2 sessions in any 12 months
  otherwise: review
  cite: DOC
rule safe: No harm
  for: 64483
  in force: from 2026-01-01
  require: not risk
  otherwise: review
  cite: DOC
gap training: Not on a claim
  for: 64483
  in force: from 2025-01-01 through 2025-12-31, then ended
  cite: DOC
"""


@pytest.mark.parametrize(
    ("day", "limits", "documents", "gaps"),
    [
        (date(2025, 12, 31), ["At most 4 sessions in any 12 months"], [], ["training"]),
        (
            date(2026, 1, 1),
            ["At most 2 sessions in any 12 months"],
            ["Risk of harm"],
            [],
        ),
    ],
)
def test_only_what_is_in_force_on_the_day_is_shown(
    day: date, limits: list[str], documents: list[str], gaps: list[str], tmp_path: Path
) -> None:
    (tmp_path / "esi.policy").write_text(TEXT, "utf-8")
    build_folder(tmp_path, tmp_path / "kb.db")
    with closing(open_knowledge_base(tmp_path / "kb.db")) as opened:
        kb = KnowledgeBase(opened)
        chosen = policy(kb, "sample/esi")
        assert chosen
        detail = policy_detail(kb, chosen.id)
        assert detail
        shown = quick_reference(detail, day)
    how_often = next(c for c in shown.cells if c.aspect.key == "limit")

    assert [entry.text for entry in how_often.entries] == limits
    assert [ask for d in shown.documents for ask in d.asks] == documents
    assert [gap.name for gap in shown.gaps] == gaps
