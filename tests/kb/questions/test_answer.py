"""Questions answered from the epidural policies: rows, what was searched, what is not known."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from sqlite3 import Connection

import pytest

from dsl.questions import QuestionError
from kb.build.compiler import build_folder
from kb.questions import Answer, answer, render
from kb.read.store import open_knowledge_base

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def connection(epidural_database: Path) -> Iterator[Connection]:
    with closing(open_knowledge_base(epidural_database)) as opened:
        yield opened


def ask(connection: Connection, text: str) -> Answer:
    return answer(connection, text, TODAY)


def column(found: Answer, name: str) -> list[object]:
    at = found.columns.index(name)
    return [row[at] for row in found.rows]


def test_limits_of_a_payer(connection: Connection) -> None:
    found = ask(connection, "show limits for 64483 under first-coast")

    assert "sessions-per-region" in column(found, "rule")
    assert set(column(found, "policy")) == {"medicare/first-coast/esi"}
    assert any("L33906" in str(source) for source in column(found, "source"))


def test_a_diagnosis_finds_the_lists_that_hold_it(connection: Connection) -> None:
    found = ask(connection, "show rules mentioning M48.061 for 64483")

    assert column(found, "policy") == [
        "medicare/first-coast/esi",
        "medicare/novitas/esi",
    ]


def test_no_row_is_not_a_no(connection: Connection) -> None:
    found = ask(connection, "show limits for 63650")
    text = render(found, "table")

    assert found.rows == ()
    assert "no row, which is not a no" in text
    assert (
        "not known: no policy loaded for 63650: aetna, bcbs-alabama, medicare-part-b"
        in text
    )


@pytest.mark.parametrize(
    ("text", "searched", "not_known"),
    [
        (
            "show limits for 64483 under aetna",
            "1 policy under aetna in force on 2026-11-23",
            (),
        ),
        (
            "show limits for 63650 under aetna",
            "1 policy under aetna in force on 2026-11-23",
            ("no policy loaded for 63650: aetna",),
        ),
        (
            "compare aetna, bcbs-alabama for 64483",
            "2 policies under aetna, bcbs-alabama in force on 2026-11-23",
            (),
        ),
        (
            "show limits for 64483",
            "12 policies of 3 payers in force on 2026-11-23",
            (),
        ),
    ],
)
def test_what_was_searched_is_what_was_asked(
    text: str, searched: str, not_known: tuple[str, ...], connection: Connection
) -> None:
    found = ask(connection, text)

    assert found.searched == (searched,)
    assert found.not_known == not_known


def test_gaps_are_those_declared_and_what_nobody_has_loaded(
    connection: Connection,
) -> None:
    found = ask(connection, "show gaps under aetna")
    loaded = ask(connection, "show gaps for 64483 under aetna")
    nowhere = ask(connection, "show gaps for 63650 under aetna")

    assert "nothing loaded" in column(found, "gap")
    assert "pump" in column(found, "title")
    assert "nothing loaded" not in column(loaded, "gap")
    assert nowhere.rows == (("aetna", "", "nothing loaded", "stimulation", ""),)


def test_a_payer_that_follows_another_says_so(shipped_database: Path) -> None:
    question = "show limits for 64483 under humana-medicare-advantage"
    with closing(open_knowledge_base(shipped_database)) as connection:
        found = ask(connection, question)

    assert found.not_known == (
        "humana-medicare-advantage follows medicare-part-b: ask under medicare-part-b too",
    )


def test_a_payer_that_is_not_loaded_is_said_so(connection: Connection) -> None:
    with pytest.raises(
        QuestionError, match="No payer, contractor or policy `cigna` is loaded"
    ):
        ask(connection, "show limits under cigna")


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("BCBSAL", "bcbs-alabama"),
        ("84980", "bcbs-texas"),
        ("umr-wausau", "umr"),
        ("LIFE1", "uhc-medicare-advantage"),
    ],
)
def test_a_payer_may_be_named_as_claims_name_it(
    said: str, key: str, shipped_database: Path
) -> None:
    with closing(open_knowledge_base(shipped_database)) as connection:
        named = ask(connection, f"show rules under {said}")
        assert named.question.under == key
        assert named.rows == ask(connection, f"show rules under {key}").rows


def test_a_name_of_several_payers_is_asked_back(shipped_database: Path) -> None:
    with (
        closing(open_knowledge_base(shipped_database)) as connection,
        pytest.raises(QuestionError, match="stands for uhc and uhc-community-plan and"),
    ):
        ask(connection, "show rules under UnitedHealthcare")


def test_the_day_decides_what_is_in_force(connection: Connection) -> None:
    before = ask(connection, "show policies under ngs as of 2021-12-04")
    after = ask(connection, "show policies under ngs as of 2021-12-05")

    assert (len(before.rows), len(after.rows)) == (0, 1)
    assert "in force on 2021-12-04" in before.searched[0]


def test_states_pick_the_contractor(connection: Connection) -> None:
    found = ask(connection, "show policies for 64483 under medicare-part-b state FL")

    assert column(found, "policy") == ["medicare/first-coast/esi"]


def test_payers_stand_beside_each_other(connection: Connection) -> None:
    found = ask(connection, "compare aetna, bcbs-alabama for 64483")

    assert found.columns == ("about", "aetna", "bcbs-alabama")
    assert "limit" in column(found, "about")


def test_what_changed_lists_beginnings_and_ends(connection: Connection) -> None:
    found = ask(connection, "what changed between 2021-01-01 and 2021-12-31 under ngs")

    assert set(column(found, "change")) == {"new"}
    assert set(column(found, "day")) == {"2021-12-05"}


ENDS = """\
policy sample/esi: Epidurals
  payer: sample
  in force: from 2025-01-01
  cite: DOC
payer sample: Sample
  line of business: commercial
source DOC: A guide
  grade: primary
  read on: 2026-01-01
  review by: 2027-01-01
rule old: Three a year
  for: 64483
  in force: from 2025-01-01 through 2026-01-01, then ended
  limit: 3 sessions in any 12 months
  otherwise: review
  cite: DOC
rule new: Two a year
  for: 64483
  in force: from 2026-01-02
  limit: 2 sessions in any 12 months
  otherwise: review
  cite: DOC
"""


@pytest.mark.parametrize(
    ("since", "until", "changes"),
    [
        ("2025-12-31", "2026-01-01", []),
        ("2026-01-01", "2026-01-02", [("2026-01-01", "ended"), ("2026-01-02", "new")]),
        ("2026-01-02", "2026-12-31", []),
    ],
)
def test_what_holds_on_one_day_and_not_on_the_other_has_changed(
    since: str, until: str, changes: list[tuple[str, str]], tmp_path: Path
) -> None:
    (tmp_path / "esi.policy").write_text(ENDS, "utf-8")
    build_folder(tmp_path, tmp_path / "kb.db")
    with closing(open_knowledge_base(tmp_path / "kb.db")) as opened:
        found = ask(opened, f"what changed between {since} and {until} under sample")

    told = zip(column(found, "day"), column(found, "change"), strict=True)
    assert list(told) == changes


def test_what_is_missing_comes_most_deciding_first(connection: Connection) -> None:
    found = ask(connection, "what is missing for 64483 under first-coast")
    waiting = column(found, "rules that wait for it")

    assert waiting == sorted(waiting, key=lambda n: -int(str(n)))
    assert "pain-duration" in column(found, "fact")


def test_an_authorization_asked_for_anywhere_is_found(connection: Connection) -> None:
    found = ask(connection, "show payers requiring auth for 64483 state OH")

    assert "medicare/national/wiser" in column(found, "policy")
    assert any("says nothing about approval" in line for line in found.not_known)


@pytest.mark.parametrize(
    "text",
    ["show payers", "show codes", "show sources that expire before 2027-03-01", "show facts",
     "show gaps for 64483", "show diagnoses under novitas", "show documentation for 64483",
     "show payers requiring evidence for 64483", "show rules that deny at place 11"],
)  # fmt: skip
def test_every_thing_can_be_shown(text: str, connection: Connection) -> None:
    assert ask(connection, text).rows


def test_the_same_answer_in_every_format(connection: Connection) -> None:
    found = ask(connection, "show limits for 64483 under aetna")
    from_csv = list(csv.reader(io.StringIO(render(found, "csv"))))
    from_json = json.loads(render(found, "json"))
    markdown = render(found, "markdown").split("\n")

    assert from_csv[0] == list(found.columns)
    assert len(from_csv) - 1 == len(found.rows) == len(from_json["rows"])
    assert from_json["searched"] == list(found.searched)
    assert markdown[1].startswith("| --- |")
    assert ":under = aetna" in render(found, "sql")
    assert all(len(line) <= 110 for line in render(found, "table").split("\n")[:-3])


@pytest.mark.parametrize(
    "text", ["compare aetna for 64483", "what changed under aetna"]
)
def test_a_question_that_lacks_something_is_told(
    text: str, connection: Connection
) -> None:
    with pytest.raises(QuestionError):
        ask(connection, text)
