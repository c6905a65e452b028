"""``check-claim --history`` and ``payerkb history``, as a practice uses them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]
DAYS = ("2025-06-02", "2025-08-04", "2025-10-06", "2025-12-01")
TODAY = "2026-03-10"
"""Ordinary epidurals, of which the fifth in twelve months is too many."""
MEMBER = "1EG4TE5MK73"
FIFTH = "5th lumbar-sacral session in 12 months"


def claim(number: str, day: str, **more: object) -> str:
    said = {
        "claim": number,
        "patient": f"P-{MEMBER}",
        "member": MEMBER,
        "birth": "1950-05-01",
        "payer": "medicare-part-b",
        "state": "FL",
        "place": "24",
        "date": day,
        "diagnoses": ["M54.16"],
        "lines": [{"code": "64483", "modifiers": ["RT"]}],
    }
    return json.dumps(said | more) + "\n"


@pytest.fixture
def today(tmp_path: Path) -> Path:
    file = tmp_path / "today.ndjson"
    file.write_text(claim("T", TODAY), "utf-8")
    return file


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    file = tmp_path / "earlier.ndjson"
    made = (claim(f"E{number}", day) for number, day in enumerate(DAYS))
    file.write_text("".join(made), "utf-8")
    return file


def in_a_row(result: Result) -> str:
    """What it printed, without line breaks."""
    return " ".join(result.stdout.split())


def test_the_fifth_session_is_found_in_earlier_files(
    payerkb: Run, today: Path, earlier: Path
) -> None:
    alone = payerkb("check-claim", today)
    assert FIFTH not in alone.stdout
    assert "earlier service" not in alone.stdout

    result = payerkb("check-claim", today, "--history", earlier)
    assert result.exit_code == 1
    assert FIFTH in result.stdout
    assert (
        "history 4 earlier services: 1 file of this practice, perhaps not all,"
        " 2025-06-02 .. 2025-12-01"
    ) in in_a_row(result)
    (answer,) = json.loads(
        payerkb("check-claim", today, "--json", "--history", earlier).stdout
    )["answers"]
    assert answer["searched"]["history"].startswith("4 earlier services: 1 file")


def test_a_remittance_that_denies_one_leaves_four(
    payerkb: Run, today: Path, earlier: Path
) -> None:
    era = today.with_name("era.835")
    era.write_text(remittance("E0", "20250602"), "utf-8")
    result = payerkb("check-claim", today, "--history", earlier, "--history", era)
    assert FIFTH not in result.stdout
    assert "history 4 earlier services, 1 of them denied: 2 files" in in_a_row(result)
    assert "session 4 of 4" in in_a_row(result).lower()


def remittance(number: str, day: str) -> str:
    """An 835 that denies one epidural; it tells no birth date."""
    inside = [
        "ST*835*0001",
        "BPR*I*0*C*NON************20251220",
        "TRN*1*1*1",
        "N1*PR*FIRST COAST SERVICE OPTIONS",
        "N1*PE*CLINIC*XX*1234567893",
        "LX*1",
        f"CLP*{number}*4*400*0*0*MB*ICN",
        f"NM1*QC*1*DOE*JANE****MI*{MEMBER}",
        "SVC*HC:64483:RT*400*0**1",
        f"DTM*472*{day}",
        "CAS*CO*50*400",
    ]
    blank = " " * 10
    isa = (
        f"ISA*00*{blank}*00*{blank}*ZZ*{'PAYER':<15}*ZZ*{'CLINIC':<15}"
        "*251220*1200*^*00501*000000002*0*P*:"
    )
    whole = [
        isa,
        "GS*HP*S*R*20251220*1200*1*X*005010X221A1",
        *inside,
        f"SE*{len(inside) + 1}*0001",
        "GE*1*1",
        "IEA*1*000000002",
    ]
    return "~\n".join(whole) + "~\n"


def test_a_claim_file_of_today_is_no_history_of_itself(
    payerkb: Run, today: Path, earlier: Path
) -> None:
    whole = today.with_name("all.ndjson")
    whole.write_text(earlier.read_text("utf-8") + today.read_text("utf-8"), "utf-8")
    alone = says(payerkb("check-claim", whole, "--ndjson"))
    assert FIFTH in alone["T"]
    assert says(payerkb("check-claim", whole, "--ndjson", "--history", whole)) == alone


def says(result: Result) -> dict[str, str]:
    """The sentence of each answer, by claim."""
    lines = map(json.loads, result.stdout.splitlines())
    answers = [line["answer"] for line in lines if "answer" in line]
    return {each["claim"]: each["lines"][0]["say"] for each in answers}


def test_a_folder_of_files_and_a_file_named_twice_are_read_once(
    payerkb: Run, today: Path, earlier: Path
) -> None:
    folder = earlier.with_name("old")
    folder.mkdir()
    (folder / ".hidden").write_text("no claims", "utf-8")
    kept = earlier.rename(folder / "earlier.ndjson")
    result = payerkb("check-claim", today, "--history", folder, "--history", kept)
    assert "4 earlier services: 1 file of this practice" in in_a_row(result)


def test_what_was_not_read_of_the_history_is_told_and_the_rest_counts(
    payerkb: Run, today: Path, earlier: Path
) -> None:
    bad = claim("B", "2025-07-01", facts={"pain-duratoin": "3 weeks"})
    earlier.write_text(earlier.read_text("utf-8") + bad + "{\n", "utf-8")
    result = payerkb("check-claim", today, "--history", earlier)
    assert result.exit_code == 2
    assert FIFTH in result.stdout
    assert "no policy has a fact of this name" in result.stderr
    assert "Did you mean `pain-duration`?" in result.stderr
    assert MEMBER not in result.output


@pytest.mark.parametrize("word", ["own", "all"])
def test_what_the_files_hold_may_be_said(
    payerkb: Run, today: Path, earlier: Path, word: str
) -> None:
    said = payerkb("check-claim", today, "--history", earlier, "--history-holds", word)
    whose = "this practice" if word == "own" else "all practices"
    assert f"1 file of {whose}, all that there is" in in_a_row(said)


def test_to_say_what_files_hold_asks_for_files(payerkb: Run, today: Path) -> None:
    result = payerkb("check-claim", today, "--history-holds", "all")
    assert result.exit_code == 2
    assert "--history-holds says what the files of --history hold" in result.stderr


@pytest.mark.parametrize(
    ("wrong", "said"),
    [("none.837", "There is no file"), ("empty.db", "no history database")],
)
def test_a_history_that_cannot_be_used_ends_it(
    payerkb: Run, today: Path, tmp_path: Path, wrong: str, said: str
) -> None:
    (tmp_path / "empty.db").write_bytes(b"SQLite format 3\0")
    result = payerkb("check-claim", today, "--history", tmp_path / wrong)
    assert result.exit_code == 2
    assert said in result.stderr
    assert not result.stdout


@pytest.fixture
def database(payerkb: Run, earlier: Path) -> Path:
    file = earlier.with_name("history.db")
    assert payerkb("history", "add", earlier, "--database", file).exit_code == 0
    return file


def test_a_history_database_answers_as_its_files_do(
    payerkb: Run, today: Path, earlier: Path, database: Path
) -> None:
    from_files = payerkb("check-claim", today, "--history", earlier)
    kept = payerkb("check-claim", today, "--history", database)
    assert kept.stdout == from_files.stdout


def test_adding_again_changes_not_a_byte(
    payerkb: Run, earlier: Path, database: Path
) -> None:
    before = database.read_bytes()
    result = payerkb("history", "add", earlier, "-d", database)
    assert result.stdout == f"{earlier}: 4 earlier claims, none of them new\n"
    assert database.read_bytes() == before


def test_show_tells_numbers_and_never_a_value(payerkb: Run, database: Path) -> None:
    result = payerkb("history", "show", "--database", database)
    first, second = result.stdout.splitlines()
    assert first == (
        "1 member id, 4 earlier claims as told, 4 services, 2025-06-02 .. 2025-12-01"
    )
    assert second.startswith("  earlier.ndjson: 4 earlier claims, 2025-06-02 ..")
    told = json.loads(payerkb("history", "show", "--json", "-d", database).stdout)
    assert (told["member_ids"], told["claims"]) == (1, 4)
    assert MEMBER not in result.output


def test_what_is_forgotten_counts_no_more(
    payerkb: Run, today: Path, database: Path
) -> None:
    result = payerkb("history", "forget", "--before", "2025-10-01", "-d", database)
    assert result.stdout == "2 earlier claims dropped, 2 left\n"
    assert FIFTH not in payerkb("check-claim", today, "--history", database).stdout
    assert payerkb("history", "forget", "--all", "-d", database).exit_code == 0
    assert not database.exists()


def test_a_damaged_database_can_be_deleted_another_file_cannot(
    payerkb: Run, database: Path, today: Path
) -> None:
    database.write_bytes(database.read_bytes() + b"x")
    assert payerkb("history", "show", "-d", database).exit_code == 2
    assert payerkb("history", "forget", "--all", "-d", today).exit_code == 2
    assert today.exists()
    assert payerkb("history", "forget", "--all", "-d", database).exit_code == 0
    assert not database.exists()


@pytest.mark.parametrize(
    "words",
    [
        ("forget",),
        ("forget", "--all", "--before", "2025-01-01"),
        ("add",),
        ("show", "more"),
    ],
)
def test_wrong_words_are_bad_usage(
    payerkb: Run, database: Path, words: tuple[str, ...]
) -> None:
    assert payerkb("history", *words, "--database", database).exit_code == 2


@pytest.mark.parametrize("words", [("show",), ("forget", "--all")])
def test_no_database_is_said(
    payerkb: Run, tmp_path: Path, words: tuple[str, ...]
) -> None:
    result = payerkb("history", *words, "--database", tmp_path / "none.db")
    assert result.exit_code == 2
    assert "There is no history at" in result.stderr


def test_a_file_that_is_no_claims_leaves_the_database_as_it_was(
    payerkb: Run, database: Path, tmp_path: Path
) -> None:
    before = database.read_bytes()
    (tmp_path / "notes.txt").write_text("no claims", "utf-8")
    result = payerkb("history", "add", tmp_path / "notes.txt", "-d", database)
    assert result.exit_code == 2
    assert "no earlier claim with a member id" in result.stdout
    assert payerkb("history", "add", tmp_path / "no", "-d", database).exit_code == 2
    assert database.read_bytes() == before


def test_many_claims_are_answered_with_the_same_history(
    payerkb: Run, today: Path, earlier: Path
) -> None:
    out = today.with_name("answers.ndjson")
    payerkb("evaluate", today, "--out", out, "--history", earlier)
    checked = payerkb("check-claim", today, "--ndjson", "--history", earlier)
    assert FIFTH in checked.stdout
    answers, expected = out.read_text("utf-8").splitlines(), checked.stdout.splitlines()
    assert answers[0] == expected[0]


def test_a_history_is_no_standard_input(payerkb: Run, today: Path) -> None:
    for command in ("check-claim", "evaluate"):
        result = payerkb(command, today, "--history", "-")
        assert result.exit_code == 2
        assert "--history reads files, not standard input" in result.stderr
