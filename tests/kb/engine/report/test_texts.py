"""Text that is joined from parts made once has the bytes of the plain way."""

from __future__ import annotations

import pytest

from kb.engine import ClaimAnswer, Engine
from kb.engine.report.findings import answer_json, report
from kb.engine.report.texts import answer_text, compact, report_text
from tests.kb.engine.columns.random_cases import random_case
from tests.kb.engine.report.made import ENGINE, answer
from tests.kb.engine.report.test_sentences import LINES
from tests.seeds import fresh

CLAIMS = [*(answer(one) for one, _say, _do in LINES.values()), answer()]
CLAIMS.append(answer(*(one for one, _say, _do in LINES.values())))


@pytest.mark.parametrize("trace", [False, True])
@pytest.mark.parametrize("claim", CLAIMS)
def test_the_bytes_of_an_answer(claim: ClaimAnswer, *, trace: bool) -> None:
    for _again in range(2):
        assert answer_text(claim, ENGINE, trace=trace) == compact(
            answer_json(claim, ENGINE, trace=trace)
        )


def test_the_bytes_of_a_report() -> None:
    assert report_text(CLAIMS, (), ENGINE) == compact(report(CLAIMS, (), ENGINE))
    assert report_text((), (), ENGINE) == compact(report((), (), ENGINE))


def test_the_bytes_of_every_form() -> None:
    for seed in map(fresh, range(40)):
        case = random_case(seed)
        engine = Engine.of(case.program)
        for found in engine.answer(case.claims, trace=True):
            assert answer_text(found, engine) == compact(answer_json(found, engine))
