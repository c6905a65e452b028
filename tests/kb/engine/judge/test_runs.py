"""Claims given in one run: what they see of each other, and what order and file change."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from kb.claims.model import Claim
from kb.engine import Engine
from kb.engine.judge.answer import ClaimAnswer, Receipt
from kb.engine.judge.evaluate import evaluate
from kb.engine.judge.receipt import claim_hash
from tests.kb.engine.columns.one_rule import (
    claim,
    ir,
    limit,
    line,
    past,
    require,
    rolling,
)
from tests.kb.engine.columns.random_cases import Case, random_case
from tests.kb.engine.one_line import ALWAYS, lines_of, program
from tests.seeds import fresh

ONE_A_YEAR = program(ir(limit(1, "session", rolling(12, "month"))))
MARCH = claim(line(on="2026-03-10"), id="C-march")
MAY = claim(line(on="2026-05-20"), id="C-may")


def statuses(*claims: Claim) -> list[str]:
    """Of each line, in order of claim id; ``-`` where no rule was asked."""
    found = lines_of(ONE_A_YEAR, *claims)
    return [x.results[0].status if x.results else "-" for x in found]


def test_claims_of_a_patient_count_for_the_later_one() -> None:
    assert statuses(MARCH, MAY) == ["met", "not-met"]
    assert statuses(MAY) == ["met"]


def test_claims_of_others_do_not_count() -> None:
    assert statuses(replace(MARCH, patient="P2"), MAY) == ["met", "met"]


def test_lines_of_one_date_never_count_as_earlier() -> None:
    same_day = claim(line(on="2026-03-10"), id="C-other")

    assert statuses(MARCH, same_day) == ["met", "met"]


@pytest.mark.parametrize(
    ("frequency", "named", "expected"),
    [
        ("original", "", "not-met"),
        ("replacement", "", "met"),
        ("replacement", "P-ICN-7", "met"),
        ("replacement", "P-ICN-8", "not-met"),
    ],
)
def test_a_correction_is_no_further_level(
    frequency: Any, named: str, expected: str
) -> None:
    """The history may tell the payer's number of what is replaced, another, or none."""
    one_level = program(ir(limit(1, "level", {"kind": "session"})))
    told = past("2026-03-10", "64483", "RT", claim=named)
    corrected = replace(
        claim(line(on="2026-03-10", modifiers=("RT",)), id="C-2", earlier=[told]),
        frequency=frequency,
        replaces="" if frequency == "original" else "P-ICN-7",
    )

    (found,) = lines_of(one_level, corrected)

    assert found.results[0].status == expected


@pytest.mark.parametrize("frequency", ["replacement", "void"])
def test_a_correction_leaves_no_session_for_later_claims(frequency: Any) -> None:
    """What it replaces is not counted beside it, and what it takes back not at all."""
    correction = replace(MARCH, frequency=frequency, replaces="P-ICN-7")
    may = claim(line(on="2026-05-20"), id="C-may", earlier=[past("2026-03-10")])

    found = {x.date.month: x for x in lines_of(ONE_A_YEAR, correction, may)}

    assert found[5].results[0].status == ("met" if frequency == "void" else "not-met")


def test_a_void_claim_is_asked_nothing_and_never_counts() -> None:
    void = replace(MARCH, frequency="void")
    (answer,) = evaluate(ONE_A_YEAR, [void])

    assert (answer.outcome, answer.lines[0].results) == ("note", ())
    assert answer.lines[0].reason == "the claim is void: no rule was asked"
    assert (answer.searched.payer, answer.searched.policies) == ("medicare-part-b", ())
    assert statuses(void, MAY) == ["-", "met"]


@pytest.mark.parametrize(
    ("first", "expected"),
    [("C-march", ["met", "met"]), ("C-early", ["met", "not-met"])],
    ids=["replaced", "not replaced"],
)
def test_a_replaced_claim_never_counts(first: str, expected: list[str]) -> None:
    moved = replace(
        claim(line(on="2026-06-01"), id="C-moved"),
        frequency="replacement",
        replaces="C-march",
    )

    assert statuses(replace(MARCH, id=first), moved) == expected


def test_a_replaced_claim_of_another_patient_is_another_claim() -> None:
    moved = replace(
        claim(line(on="2026-06-01"), id="C-moved", patient="P2"),
        frequency="replacement",
        replaces="C-march",
    )

    assert statuses(MARCH, MAY, moved) == ["met", "not-met", "met"]


@pytest.mark.parametrize(
    ("history_of", "frequency", "expected"),
    [
        ("C-march", "original", "not-met"),
        ("H-1", "original", "not-met"),
        ("C-march", "void", "met"),
        ("H-1", "void", "not-met"),
    ],
)
def test_history_that_repeats_a_given_claim_counts_as_the_claim_has_it(
    history_of: str, frequency: Any, expected: str
) -> None:
    told = claim(
        line(on="2026-05-20"),
        id="C-may",
        earlier=[past("2026-03-10", claim=history_of)],
    )

    assert statuses(replace(MARCH, frequency=frequency), told)[1] == expected


def test_a_line_that_history_repeats_is_counted_once() -> None:
    twice_a_year = program(ir(limit(2, "line", rolling(12, "month"))))
    told = claim(
        line(on="2026-05-20"), id="C-may", earlier=[past("2026-03-10", claim="C-march")]
    )

    assert lines_of(twice_a_year, MARCH, told)[1].results[0].status == "met"


def test_the_history_of_a_replaced_claim_is_gone_too() -> None:
    moved = replace(
        claim(
            line(on="2026-06-01"),
            id="C-moved",
            earlier=[past("2026-03-10", claim="H-1")],
        ),
        frequency="replacement",
        replaces="H-1",
    )

    assert statuses(moved) == ["met"]


# ---------- order ----------


BLANK = Receipt("", "", "", (), "")


def without_receipts(case: Case) -> dict[str, ClaimAnswer]:
    """Whole answers by claim.  The receipt names the claim's own bytes, so it is left out."""
    found = Engine.of(case.program).answer(case.claims, trace=True)
    return {
        answer.claim: replace(
            answer,
            receipt=BLANK,
            lines=tuple(sorted(answer.lines, key=lambda x: x.number)),
        )
        for answer in found
    }


def shuffled(chance: Random, items: Any) -> Any:
    return tuple(chance.sample(items, len(items)))


def in_another_order(case: Case, chance: Random) -> Case:
    claims = [
        replace(
            one,
            lines=shuffled(chance, one.lines),
            history=replace(one.history, lines=shuffled(chance, one.history.lines)),
        )
        for one in case.claims
    ]
    return Case(case.program, shuffled(chance, claims))


@pytest.mark.parametrize("start", range(0, 800, 200), ids=lambda n: f"seeds-{n}")
def test_order_of_claims_lines_and_history_changes_no_answer(start: int) -> None:
    for seed in map(fresh, range(start, start + 200)):
        case, chance = random_case(seed), Random(seed)
        other = in_another_order(case, chance)
        assert without_receipts(other) == without_receipts(case), f"seed {seed}"


def renamed(case: Case, names: dict[str, str]) -> Case:
    claims = [
        replace(
            one,
            id=names[one.id],
            replaces=names.get(one.replaces, one.replaces),
            history=replace(
                one.history,
                lines=tuple(
                    replace(x, claim=names.get(x.claim, x.claim))
                    for x in one.history.lines
                ),
            ),
        )
        for one in case.claims
    ]
    return Case(case.program, tuple(claims))


def words_of(answer: ClaimAnswer, names: dict[str, str]) -> list[str]:
    """All that an answer says, in no order, with other names for the claims."""
    found = re.findall(r"[\w.-]+", repr(answer))
    return sorted(names.get(word, word) for word in found)


@pytest.mark.parametrize("start", range(0, 1200, 300), ids=lambda n: f"seeds-{n}")
def test_other_names_for_the_claims_change_nothing_but_the_names(start: int) -> None:
    """The names are turned about, so that every order by name is another one."""
    for seed in range(start, start + 300):
        case = random_case(seed)
        names = {one.id: f"X{9 - int(one.id[1:])}" for one in case.claims}
        before = without_receipts(case)
        after = without_receipts(renamed(case, names))
        for name, other in names.items():
            same = words_of(after[other], {}) == words_of(before[name], names)
            assert same, f"seed {seed}, claim {name}"


def test_services_of_one_date_and_code_are_shown_in_one_order() -> None:
    right, left = (past("2026-01-05", "64483", side) for side in ("RT", "LT"))
    sums = {
        lines_of(ONE_A_YEAR, claim(earlier=given))[0].results[0].arithmetic
        for given in ([right, left], [left, right])
    }

    assert len(sums) == 1


def test_order_of_policies_changes_no_status() -> None:
    def by_rule(case: Case) -> dict[tuple[str, int, str], Any]:
        return {
            (answer.claim, one.number, result.rule): result
            for answer in evaluate(case.program, case.claims)
            for one in answer.lines
            for result in one.results
        }

    for seed in map(fresh, range(300)):
        case = random_case(seed)
        turned = replace(case.program, policies=case.program.policies[::-1])
        assert by_rule(Case(turned, case.claims)) == by_rule(case), f"seed {seed}"


def test_a_claim_answers_alike_alone_and_among_other_patients() -> None:
    for seed in range(200):
        case = random_case(seed)
        for patient in {one.patient for one in case.claims}:
            own = tuple(one for one in case.claims if one.patient == patient)
            alone = {a.claim: a for a in evaluate(case.program, own)}
            among = {a.claim: a for a in evaluate(case.program, case.claims)}
            assert alone == {key: among[key] for key in alone}, f"seed {seed}"


PRINT_ANSWERS = """
from kb.engine.judge.evaluate import evaluate
from tests.kb.engine.columns.random_cases import random_case
for seed in range(60):
    case = random_case(seed)
    print(evaluate(case.program, case.claims))
"""


def test_answers_are_the_same_in_every_process() -> None:
    """Hashes of texts and days differ from process to process; answers must not."""
    printed = {
        subprocess.run(
            [sys.executable, "-c", PRINT_ANSWERS],
            env={
                **os.environ,
                "PYTHONHASHSEED": seed,
                "PYTHONPATH": os.pathsep.join(sys.path),
            },
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert len(printed) == 1


# ---------- receipt ----------


def test_a_receipt_says_what_an_answer_was_made_from() -> None:
    known = replace(
        program(ir(require(ALWAYS))), database="sha256:abc", editions=(("CPT", "2026"),)
    )
    (answer,) = evaluate(known, [MARCH])
    receipt = answer.receipt

    assert (receipt.language, receipt.database) == ("1.0", "sha256:abc")
    assert receipt.editions == (("CPT", "2026"),)
    assert receipt.claim == claim_hash(MARCH)


def test_equal_claims_have_equal_hashes_and_others_do_not() -> None:
    again = claim(line(on="2026-03-10"), id="C-march")

    assert claim_hash(again) == claim_hash(MARCH)
    assert claim_hash(replace(MARCH, state="FL")) != claim_hash(MARCH)
    assert claim_hash(MARCH).startswith("sha256:")
