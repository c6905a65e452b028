"""A small knowledge base for drills, and a claim that its limit decides."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kb.build.compiler import build_folder

WORDS = """\
payer sample: Sample Health
  line of business: commercial
  ids: 00009

source DOC: A guide
  publisher: Sample publisher
  url: https://example.org/guide
  grade: primary
  read on: 2026-03-01
  review by: 2027-03-01

fact pain-duration: How long the pain has lasted
  kind: duration
  of: claim
"""
POLICY = """\
policy sample/epidural: Epidural injections
  payer: sample
  in force: from 2025-01-01
  cite: DOC, page 1

codes esi: Epidurals
  include: 64483, 64484

rule sessions: So many sessions
  for: esi
  limit: {limit} sessions in any 12 months
  otherwise: deny for frequency
  fix: Bill it later.
  cite: DOC, page 2

rule four-weeks: Four weeks come first
  for: esi
  require: pain-duration at least 4 weeks
  otherwise: deny for necessity
  cite: DOC, page 3

scenario once: The first session
  claim: date 2026-06-01
  line 1: 64483
  chart: pain-duration 6 weeks
  expect: line 1 met by sessions
"""
OTHER = """\
policy sample/facet: Facet injections
  payer: sample
  in force: from 2025-01-01
  cite: DOC, page 4

rule pairs: So many of these
  for: 64493
  limit: 2 sessions in any 12 months
  otherwise: deny for frequency
  cite: DOC, page 5
"""
CLAIM: dict[str, Any] = {
    "claim": "C-1",
    "payer": {"id": "00009"},
    "place": "11",
    "date": "2026-03-10",
    "lines": [{"code": "64483", "diagnoses": ["M54.16"]}],
    "facts": {"pain-duration": "30 weeks"},
    "history": {
        "state": "complete",
        "lines": [
            {"date": day, "code": "64483"}
            for day in ("2025-04-02", "2025-06-10", "2025-09-15", "2025-12-01")
        ],
    },
}


def policies_in(folder: Path, limit: int = 4) -> Path:
    """The policies as files; more sessions than ``limit`` are denied."""
    folder.mkdir()
    texts = {"words": WORDS, "epidural": POLICY.format(limit=limit), "facet": OTHER}
    for name, text in texts.items():
        (folder / f"{name}.policy").write_text(text, "utf-8")
    return folder


def built(folder: Path, limit: int = 4) -> Path:
    """Their database, beside them."""
    policies = policies_in(folder / f"limit-{limit}", limit)
    database = folder / f"limit-{limit}.db"
    report = build_folder(policies, database)
    assert report.written, [found.render() for found in report.diagnostics]
    return database
