"""The synthetic policies of the benchmarks are policies, and their claim is judged."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from bench.batch import differing
from bench.claim import answer_text, synthetic_claim
from bench.policies import RULES_EACH, write_policies
from bench.stream import Case, texts_of
from kb.build.compiler import build_folder
from kb.claims import read_stream
from kb.engine import Engine


def test_synthetic_policies_have_no_error_and_all_their_rules(tmp_path: Path) -> None:
    write_policies(tmp_path / "policies", policies=12)
    report = build_folder(tmp_path / "policies", tmp_path / "kb.db")
    assert report.diagnostics == ()
    counts = dict(report.counts)
    assert (counts["policy_version"], counts["rule"]) == (12, 12 * RULES_EACH)


def test_the_synthetic_claim_is_judged_by_every_rule_of_its_policy(
    tmp_path: Path,
) -> None:
    write_policies(tmp_path / "policies", policies=43)
    build_folder(tmp_path / "policies", tmp_path / "kb.db")
    answer = answer_text(Engine.open(tmp_path / "kb.db"), synthetic_claim())
    assert answer.count('"exempt_by"') == RULES_EACH
    assert '"outcome":"needs-evidence"' in answer


@pytest.mark.parametrize("kind", ["json", "x12"])
def test_claims_of_the_stream_are_claims(kind: str) -> None:
    content = "".join(texts_of(Case("", kind), list(range(10)))).encode()
    read = read_stream(BytesIO(content))
    assert (len(read.claims), read.bad) == (10, ())


def test_engines_that_find_as_many_lines_but_not_the_same_ones_differ() -> None:
    ours = {"units": (np.array([1, 2]), np.array([7])), "place": (np.array([3]),) * 2}
    theirs = {"units": (np.array([1, 4]), np.array([7])), "place": (np.array([3]),) * 2}
    assert differing(ours, theirs) == {"units": 2, "place": 0}
