"""A call of every command that has work to do on the small base of ``make_folder``."""

from __future__ import annotations

from pathlib import Path

from kb.build.compiler import build_folder
from kb.tables.importing import import_files
from kb.tables.model import Kind
from kb.tables.recognising import Told

CALLS: dict[str, tuple[str, ...]] = {
    "ask": ("64483", "good", "health"),
    "audit": (),
    "backtest": ("claim.json", "before", "policies"),
    "build": ("before",),
    "calibrate": ("claim.json", "remittance.835"),
    "check": ("policies",),
    "check-claim": ("claim.json",),
    "compare-lists": ("--on", "2025-12-01"),
    "coverage": (),
    "crd": ("serve", "--port", "0"),
    "diff": ("before", "policies"),
    "draft": ("mcd", "A58745"),
    "drift": (),
    "evaluate": ("claim.json", "--out", "answers.ndjson"),
    "fmt": ("unformatted",),
    "guide": ("--out", "guide", "--no-pdf", "--as-of", "2026-06-01"),
    "history": ("add", "claim.json", "--database", "history.db"),
    "import": ("icd10cm", "icd10cm_order_2027.txt", "--incomplete"),
    "lint": ("policies", "--fix"),
    "lsp": (),
    "matrix": (),
    "mutate": ("two-weeks",),
    "quality": (),
    "query": ("show", "payers"),
    "read": ("claim.json",),
    "schema": ("claim",),
    "search": ("64483",),
    "serve": ("--port", "0"),
    "tables": ("check", "M54.50", "--on", "2025-12-01"),
    "test": (),
    "twins": ("two-weeks",),
}
"""Words after each command's name."""
FORGET = ("forget", "--before", "2030-01-01", "--database", "history.db")
"""``history`` once more, when what it has kept is to go."""

WORDS = """\
payer health: Good Health
  line of business: commercial
  ids: 00001

reasons commercial: Reasons
  frequency: CO-151, N362

source TEXT: A text of the payer
  publisher: Good Health
  grade: primary
  read on: 2026-01-05
  review by: 2026-12-31

code 64483: Injection through the nerve opening
"""
POLICY = """\
policy health/esi: Epidurals
  payer: health
  in force: from 2024-01-01
  cite: TEXT

codes esi: Epidurals
  include: 64483

rule two-weeks: Two weeks apart.
  for: esi
  interval: at least 14 days between sessions
  otherwise: deny for frequency
  fix: Wait until {next-date}.
  cite: TEXT, page 1

scenario too-soon: The second after ten days
  claim: place 11, date 2026-05-11
  line 1: 64483-RT
  earlier: 64483-RT on 2026-05-01
  expect: line 1 deny CO-151 by two-weeks
"""
ORDER = f"""\
00001 M545    0 {"Low back pain":60} Low back pain
00002 M5450   1 {"Low back pain, unspecified":60} Low back pain, unspecified
"""
CLAIM = """\
{"claim": "C-1", "patient": "SECRET-PATIENT", "payer": {"id": "00001"},
 "lines": [{"line": 1, "code": "64483", "date": "2026-05-11", "place": "11"}]}
"""
REMITTANCE = f"""\
ISA*00*{"":10}*00*{"":10}*ZZ*{"PAYER":15}*ZZ*{"SENDER":15}*260601*0900*^*00501*000000001*0*P*:~
GS*HP*PAYER*SENDER*20260601*0900*1*X*005010X221A1~
ST*835*0001*005010X221A1~
BPR*I*100*C*NON************20260601~
TRN*1*1*1999999992~
N1*PR*GOOD HEALTH*XV*00001~
LX*1~
CLP*C-1*1*100*100*0*12*N-1*11*1~
NM1*QC*1*DOE*JANE****MI*M1~
SVC*HC:64483*100*100**1~
DTM*472*20260511~
SE*10*0001~
GE*1*1~
IEA*1*000000001~
"""


def make_folder(folder: Path) -> Path:
    """Fill ``folder`` with two states of a policy, a claim, and a database."""
    for name, text in {
        "policies/words.policy": WORDS,
        "policies/esi.policy": POLICY,
        "before/words.policy": WORDS,
        "before/esi.policy": POLICY.replace("14 days", "7 days"),
        "unformatted/words.policy": WORDS.replace("\n  ", "\n      "),
        "unformatted/esi.policy": POLICY.replace("\n  ", "\n      "),
        "claim.json": CLAIM,
        "remittance.835": REMITTANCE,
        "icd10cm_order_2026.txt": ORDER,
        "icd10cm_order_2027.txt": ORDER.replace("unspecified", "somewhere"),
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    report = build_folder(folder / "policies", folder / "build/kb.db")
    assert report.written, [found.render() for found in report.diagnostics]
    import_files(
        folder / "build/tables.db",
        Kind.DIAGNOSES,
        [folder / "icd10cm_order_2026.txt"],
        Told(incomplete=True),
    )
    return folder
