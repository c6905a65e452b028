"""Small policies as text, built and opened as a workbook."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dsl.load.folder import load_texts
from kb.build.compiler import write_database
from kb.proofs.authoring_session import Workbook

SHARED = """\
payer sample-plan: Sample Plan
  line of business: commercial

reasons commercial: How plans name their reasons
  necessity: CO-50, N115
  frequency: CO-151, N362
  cite: BOOK

source BOOK: An invented manual
  grade: primary
  read on: 2026-11-23
  review by: 2027-02-23

fact pain-duration: How long it hurts
  kind: duration
  of: patient

fact relief: How much the last one helped
  kind: percent
  of: procedure

fact imaging-done: Imaging was done
  kind: yes-no
  of: patient

fact acute-injury: A new injury
  kind: yes-no
  of: patient

fact imaging-date: Day of the image
  kind: date
  of: patient

fact risk: Risk of harm
  kind: choice
  of: patient
  choices: low, moderate, high

grouping region: Spinal region
  neck: 64479, 64480
  back: 64483, 64484

code 64490: A facet injection
  sides: paired
  cite: BOOK
"""
HEAD = """\
policy plan/esi: Epidurals
  payer: sample-plan
  in force: from 2025-01-01
  cite: BOOK

codes esi: Epidurals
  include: 64479, 64480, 64483, 64484

codes zoster: Shingles pain
  include: B02.23, B02.29

"""
ENDING = "  otherwise: deny for necessity\n  cite: BOOK\n\n"

OpenBook = Callable[[str], Workbook]


@pytest.fixture
def open_book(tmp_path: Path) -> OpenBook:
    """The workbook of one policy: the rules and scenarios given, below a common head."""

    def build(items: str) -> Workbook:
        loaded = load_texts([("shared.policy", SHARED), ("plan.policy", HEAD + items)])
        assert [d.render() for d in loaded.diagnostics] == []
        database = tmp_path / "kb.db"
        write_database(loaded.model, database)
        return Workbook.open(database)

    return build


@pytest.fixture
def open_rule(open_book: OpenBook) -> OpenBook:
    """The same for the lines of one rule ``tried`` without a scenario."""

    def build(lines: str) -> Workbook:
        scope = "" if "for:" in lines else "  for: esi\n"
        return open_book(f"rule tried: A rule\n{scope}{lines}\n{ENDING}")

    return build
