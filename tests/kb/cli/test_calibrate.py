"""``payerkb calibrate``: counts of what came true, and nothing of a claim."""

from __future__ import annotations

import csv
import json
import subprocess
from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bench.remittances import CHARGE, Answered, remittance_text
from kb.calibrate.fates import Fate
from kb.claims import read_claims
from kb.cli import main

from .calls import CLAIM, POLICY

PAID = Fate("paid", dollars=CHARGE)
DENIED = Fate("denied", ("151",), ("N362",), CHARGE)
OTHER = Fate("denied", ("242",), (), CHARGE)
Calibrated = Callable[..., Result]


def claims_text(number: int, *, too_soon: bool, first: int = 0) -> str:
    """So many claims, ten days after an earlier session of their patients, or without one."""
    claim = json.loads(CLAIM)
    earlier = [{"code": "64483", "date": "2026-05-01"}] if too_soon else []
    lines = []
    for at in range(first, first + number):
        claim |= {
            "claim": f"SECRET-{at}",
            "patient": f"PERSON-{at}",
            "member": f"M{at}",
        }
        claim["history"] = {"state": "complete", "lines": earlier}
        lines.append(json.dumps(claim))
    return "\n".join([*lines, ""])


@pytest.fixture
def calibrated(calls_folder: Path) -> Calibrated:
    """Runs the command on claims of which each has a fate."""

    def run(claims: str, fates: list[Fate], *words: str) -> Result:
        (calls_folder / "claims.ndjson").write_text(claims, "utf-8")
        read = read_claims(calls_folder / "claims.ndjson").claims
        answered = [
            Answered("GOOD HEALTH", claim, [fate])
            for claim, fate in zip(read, fates, strict=True)
        ]
        text = remittance_text(answered)
        (calls_folder / "remittance.835").write_text(text, "utf-8")
        arguments = ["calibrate", "claims.ndjson", "remittance.835", *words]
        return CliRunner().invoke(main, arguments, prog_name="payerkb")

    return run


FALSE_ALARMS = claims_text(40, too_soon=True) + claims_text(
    60, too_soon=False, first=40
)
PAYS = [PAID] * 38 + [DENIED] * 2 + [OTHER] * 9 + [PAID] * 51


def test_what_the_payer_pays_though_we_deny_it(calibrated: Calibrated) -> None:
    result = calibrated(FALSE_ALARMS, PAYS)

    assert result.exit_code == 1
    assert (
        "100 claims, 100 lines; 100 lines have an outcome: 89 paid, 11 denied"
        in result.stdout
    )
    assert "1. health/esi@2024-01-01#two-weeks" in result.stdout
    assert (
        "It denied 40 lines; the payer paid 38 of them (95 percent: 83 to 99 of 100"
        in (result.stdout)
    )
    assert "Good Health  CARC 242: 9 lines, $900.00; 64483 9" in result.stdout


@pytest.mark.parametrize("form", ["", "--json", "--csv", "--csv-denials", "--all"])
def test_only_counts_leave_the_command(calibrated: Calibrated, form: str) -> None:
    result = calibrated(FALSE_ALARMS, PAYS, *filter(None, [form]))

    assert result.exit_code == 1
    for secret in ("SECRET", "PERSON", "2026-05", "DOE", "N-SECRET"):
        assert secret not in result.output


def test_tables_for_programs(calibrated: Calibrated) -> None:
    found = json.loads(calibrated(FALSE_ALARMS, PAYS, "--json").stdout)
    (first,) = csv.DictReader(StringIO(calibrated(FALSE_ALARMS, PAYS, "--csv").stdout))

    assert found["format"] == "payerkb-calibration/1.0"
    assert (found["rules"][0]["foretold"], found["rules"][0]["paid"]) == (40, 38)
    assert found["denials"][0]["lines"] == 9
    assert (first["rule"], first["paid"]) == ("health/esi@2024-01-01#two-weeks", "38")


def test_where_all_comes_as_foretold_nothing_is_found(calibrated: Calibrated) -> None:
    claims = claims_text(40, too_soon=True) + claims_text(20, too_soon=False, first=40)
    result = calibrated(claims, [DENIED] * 40 + [PAID] * 20)

    assert (result.exit_code, "speak against no rule" in result.stdout) == (0, True)


def test_without_an_outcome_nothing_is_said_of_a_rule(
    calibrated: Calibrated, calls_folder: Path
) -> None:
    claims = claims_text(20, too_soon=False)
    calibrated(claims, [PAID] * 20)
    others = calls_folder / "others.ndjson"
    others.write_text(claims.replace("SECRET-", "OTHER-"), "utf-8")

    words = ["calibrate", "others.ndjson", "remittance.835"]
    result = CliRunner().invoke(main, words, prog_name="payerkb")

    assert result.exit_code == 3
    assert "Nothing can be said of any rule" in result.stdout
    assert "speak against no rule" not in result.stdout


def test_remittances_tell_earlier_services(
    calibrated: Calibrated, calls_folder: Path
) -> None:
    earlier = json.loads(CLAIM) | {"member": "M1", "patient": "PERSON-1"}
    earlier["lines"][0]["date"] = "2026-05-01"
    second = json.loads(CLAIM) | {"claim": "C-2", "member": "M1", "patient": "PERSON-1"}
    claims = "\n".join(map(json.dumps, (earlier, second)))

    found = json.loads(
        calibrated(claims, [PAID, DENIED], "--json", "--fewest", "1").stdout
    )

    assert found["lines"]["denied_foretold"] == 1
    assert [(x["denied"], x["paid"]) for x in found["rules"]] == [(1, 0)]


def test_claims_and_remittances_in_the_wrong_order(
    calibrated: Calibrated, calls_folder: Path
) -> None:
    calibrated(FALSE_ALARMS, PAYS)
    words = ["calibrate", "remittance.835", "claims.ndjson"]
    result = CliRunner().invoke(main, words, prog_name="payerkb")

    assert result.exit_code == 2
    assert result.stderr.count("Name the claims first, then their remittances.") == 2


def test_few_patients_are_no_row(calibrated: Calibrated) -> None:
    result = calibrated(claims_text(4, too_soon=True), [PAID] * 4)

    assert result.exit_code == 0
    assert "1 rule left out: under 5 patients." in result.stdout


def test_what_cannot_be_read_is_told_and_the_rest_is_held(
    calibrated: Calibrated,
) -> None:
    result = calibrated(FALSE_ALARMS, PAYS, "claims.ndjson", "claim.json")

    assert result.exit_code == 2
    assert "100 lines have an outcome" in result.stdout
    assert "not read: claims.ndjson: 100 claims, where remittances were expected" in (
        result.stderr
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere.ndjson", "claim.json"), "nowhere.ndjson"),
        (("claim.json", "nowhere.835"), "nowhere.835"),
        (("claim.json", "policies"), "policies is a folder"),
        (("claim.json",), "REMITTANCES"),
        (("claim.json", "claim.json", "--least", "0"), "--least"),
    ],
)
def test_wrong_words(calls_folder: Path, words: tuple[str, ...], said: str) -> None:
    result = CliRunner().invoke(main, ["calibrate", *words], prog_name="payerkb")

    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.output


def committed(folder: Path, day: date) -> None:
    """The policies of a folder in git, as of a day."""
    moment = f"{day}T12:00:00+00:00"
    env = {
        "GIT_AUTHOR_DATE": moment,
        "GIT_COMMITTER_DATE": moment,
        "PATH": "/usr/bin:/bin",
    }
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    for words in (
        ("init", "-q"),
        ("add", "policies"),
        (*who, "commit", "-q", "-m", "x"),
    ):
        subprocess.run(["git", *words], cwd=folder, env=env, check=True)


def test_claims_are_answered_as_of_the_day_when_they_were_sent(
    calibrated: Calibrated, calls_folder: Path
) -> None:
    esi = calls_folder / "policies/esi.policy"
    esi.write_text(
        POLICY.replace("14 days", "7 days").partition("scenario")[0], "utf-8"
    )
    committed(calls_folder, date(2026, 5, 1))
    esi.write_text(POLICY, "utf-8")

    then = calibrated(FALSE_ALARMS, PAYS, "--json")
    today = calibrated(FALSE_ALARMS, PAYS, "--json", "--today")

    assert json.loads(then.stdout)["lines"]["denied_foretold"] == 0
    assert json.loads(today.stdout)["lines"]["denied_foretold"] == 2
    assert "today's policies" not in then.stderr


def test_a_day_that_git_does_not_know_is_answered_by_today(
    calibrated: Calibrated, calls_folder: Path
) -> None:
    committed(calls_folder, date(2026, 6, 1))
    result = calibrated(FALSE_ALARMS, PAYS)

    assert "It denied 40 lines" in result.stdout
    assert (
        "100 claims answered by today's policies: git holds no state" in result.stderr
    )
