"""A payer that has its approvals decided by a vendor: the answer says whom to ask."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb.build.compiler import build_folder
from kb.cli import main
from kb.read.store import KnowledgeBase, open_knowledge_base, policies

POLICY = """\
payer sample: Sample Health
  line of business: commercial
  cite: GUIDE

source GUIDE: Provider guide
  publisher: Sample Health
  grade: primary
  read on: 2026-01-01
  review by: 2027-01-01
"""
APPROVAL = """\
policy sample/approval: Approval first
  payer: sample
{vendor}  in force: from 2026-01-01
  cite: GUIDE

rule approval: Injections need approval
  for: 64483
  require: authorization is approved
  otherwise: needs auth for authorization
  if unknown: needs auth
  cite: GUIDE, page 4
"""
CLAIM = {
    "claim": "one",
    "payer": "sample",
    "authorization": "none",
    "lines": [{"code": "64483", "date": "2026-03-01", "place": "11"}],
}


@pytest.mark.parametrize(
    ("vendor", "asked"),
    [("  delegated to: Example Review, by fax\n", "Example Review, by fax"), ("", "")],
    ids=["delegated", "decides itself"],
)
def test_the_answer_says_whom_to_ask(tmp_path: Path, vendor: str, asked: str) -> None:
    (tmp_path / "words.policy").write_text(POLICY, "utf-8")
    text = APPROVAL.format(vendor=vendor)
    (tmp_path / "approval.policy").write_text(text, "utf-8")
    report = build_folder(tmp_path, tmp_path / "kb.db")
    assert [d.render() for d in report.diagnostics] == []
    claim = tmp_path / "claim.json"
    claim.write_text(json.dumps(CLAIM), "utf-8")
    words = ["check-claim", str(claim), "-d", str(tmp_path / "kb.db")]

    told = CliRunner().invoke(main, words).stdout
    found = json.loads(CliRunner().invoke(main, [*words, "--json"]).stdout)
    with closing(open_knowledge_base(tmp_path / "kb.db")) as connection:
        (policy,) = policies(KnowledgeBase(connection))

    (result,) = found["answers"][0]["lines"][0]["findings"]
    assert result["outcome"] == "needs-auth"
    assert (result["ask_of"], policy.delegated_to) == (asked, asked)
    assert f"if there is none, ask {asked or 'the payer'}." in " ".join(told.split())
