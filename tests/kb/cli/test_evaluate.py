"""``payerkb evaluate``: outputs, exit codes, what it says when something is wrong."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from bench.evaluate import x12_texts

Run = Callable[..., Result]


@pytest.fixture
def claims(tmp_path: Path) -> Path:
    path = tmp_path / "claims.837"
    path.write_text("".join(x12_texts(12, apart=False)), "ascii")
    return path


def test_answers_are_those_of_check_claim(payerkb: Run, claims: Path) -> None:
    out = claims.with_name("answers.ndjson")
    result = payerkb("evaluate", claims, "--out", out)
    checked = payerkb("check-claim", claims, "--ndjson")

    assert (result.exit_code, result.stderr) == (checked.exit_code, "")
    assert out.read_text("utf-8") == checked.stdout
    assert result.stdout.startswith("12 claims answered, ")


def test_whole_answers(payerkb: Run, claims: Path) -> None:
    out = claims.with_name("answers.ndjson")
    payerkb("evaluate", claims, "--out", out, "--full")
    checked = payerkb("check-claim", claims, "--ndjson", "--full")
    assert out.read_text("utf-8") == checked.stdout


def test_without_an_output_only_the_summary_is_said(payerkb: Run, claims: Path) -> None:
    result = payerkb("evaluate", claims, "--json")
    told = json.loads(result.stdout)
    assert told["claims"] == 12
    assert [*claims.parent.iterdir()] == [claims]


def test_lines_go_to_standard_output_and_the_summary_beside_it(
    payerkb: Run, claims: Path
) -> None:
    result = payerkb("evaluate", claims, "--out", "-")
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(lines) == 13
    assert lines[-1]["end"]["answers"] == 12
    assert result.stderr.startswith("12 claims answered, ")


def test_standard_input(payerkb: Run, claims: Path) -> None:
    result = payerkb("evaluate", "-", "--json", given=claims.read_bytes())
    assert json.loads(result.stdout)["claims"] == 12


def test_a_folder_has_the_answers_in_it(payerkb: Run, claims: Path) -> None:
    payerkb("evaluate", claims, "--out", claims.parent)
    assert (claims.parent / "answers.ndjson").is_file()


def test_a_wrong_file_among_good_ones(payerkb: Run, claims: Path) -> None:
    picture = claims.with_name("picture.png")
    picture.write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    result = payerkb("evaluate", picture, claims)
    assert result.exit_code == 2
    assert result.stdout.startswith("12 claims answered, ")
    assert "Not read\n  1 x a binary file, not claims" in result.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("missing.837",), "There is no file missing.837. Check its name."),
        ((".",), ". is a folder. Name a claim file in it."),
        (("claims.837", "--out", "a.txt"), "--out a.txt: its ending tells no form."),
        (
            ("claims.837", "--out", "a.csv", "--out", "a.csv"),
            "--out names a.csv twice.",
        ),
        (
            ("claims.837", "--resume"),
            "--resume goes on with files: name them by --out.",
        ),
        (
            ("claims.837", "--out", "nowhere/a.csv"),
            "nowhere/a.csv cannot be written: No such file or directory.",
        ),
        (("claims.837", "--workers", "0"), "Invalid value for '--workers'"),
        (("claims.837", "--tables", "no.db"), "no.db"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is(
    payerkb: Run,
    claims: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    said: str,
) -> None:
    monkeypatch.chdir(claims.parent)
    result = payerkb("evaluate", *words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert [*claims.parent.iterdir()] == [claims]


@pytest.mark.skipif(os.name != "posix", reason="folders of other systems differ")
def test_an_output_that_is_a_device(payerkb: Run, claims: Path) -> None:
    link = claims.with_name("answers.ndjson")
    link.symlink_to("/dev/full")
    result = payerkb("evaluate", claims, "--out", link)
    assert result.exit_code == 2
    assert "it is a device, not a file" in result.stderr


def test_a_work_begun_anew_says_so(payerkb: Run, claims: Path) -> None:
    out = claims.with_name("answers.ndjson")
    claims.with_name("answers.ndjson.journal").write_text("{}")
    result = payerkb("evaluate", claims, "--out", out)
    assert "--resume would have gone on" in result.stderr
    assert {path.name for path in claims.parent.iterdir()} == {
        "claims.837",
        "answers.ndjson",
    }


def test_resume_without_a_journal_begins(payerkb: Run, claims: Path) -> None:
    out = claims.with_name("answers.ndjson")
    result = payerkb("evaluate", claims, "--out", out, "--resume")
    assert result.stderr == ""
    assert out.is_file()
