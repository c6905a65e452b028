"""A knowledge base as other programs hold it: what it takes, gives, and refuses."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import kb
from kb.build.compiler import build_folder
from kb.claims import Claim, read_claims
from kb.engine import Engine
from kb.engine.report.brief import brief_json
from kb.library import Answer, GivenError
from kb.tables.errors import TablesError
from kb.tables.model import Kind
from tests.kb.tables.samples import imported, pairs_file

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "docs/examples/fifth-session.json"
Json = dict[str, Any]


@pytest.fixture(scope="module")
def base(epidural_database: Path) -> kb.KnowledgeBase:
    return kb.KnowledgeBase.open(epidural_database)


def example(**changes: object) -> Json:
    claim: Json = json.loads(EXAMPLE.read_text("utf-8"))
    return {**claim, **changes}


def sessions(number: int) -> list[Json]:
    """As many sessions of one patient on different days, none with a history."""
    return [
        example(
            claim=f"S-{at}",
            patient="P-1",
            history={"state": "complete", "lines": []},
            lines=[
                {"code": "64483", "modifiers": ["RT"], "date": f"2026-0{at + 1}-10"}
            ],
        )
        for at in range(number)
    ]


def outcomes(said: Iterator[object]) -> list[str]:
    return [
        f"{one.claim} {one.outcome}" if isinstance(one, Answer) else type(one).__name__
        for one in said
    ]


def written(path: Path, claims: list[Json]) -> Path:
    path.write_text("".join(json.dumps(claim) + "\n" for claim in claims), "utf-8")
    return path


def as_dicts(claims: list[Json], _: Path) -> object:
    return claims


def as_claims(claims: list[Json], folder: Path) -> object:
    return list(read_claims(as_a_file(claims, folder)).claims)


def as_a_generator(claims: list[Json], _: Path) -> object:
    return iter(claims)


def as_a_tuple(claims: list[Json], _: Path) -> object:
    return tuple(claims)


def as_a_file(claims: list[Json], folder: Path) -> Path:
    return written(folder / "claims.ndjson", claims)


def as_text_of_a_path(claims: list[Json], folder: Path) -> object:
    return str(as_a_file(claims, folder))


def as_two_files(claims: list[Json], folder: Path) -> object:
    half = len(claims) // 2
    return [
        written(folder / "one.ndjson", claims[:half]),
        str(written(folder / "two.ndjson", claims[half:])),
    ]


FORMS = [
    as_dicts,
    as_claims,
    as_a_generator,
    as_a_tuple,
    as_a_file,
    as_text_of_a_path,
    as_two_files,
]


@pytest.mark.parametrize("form", FORMS)
def test_claims_are_answered_alike_in_whatever_they_are_held(
    base: kb.KnowledgeBase, form: Callable[[list[Json], Path], Any], tmp_path: Path
) -> None:
    given = sessions(6)
    asked = read_claims(as_a_file(given, tmp_path)).claims
    engine = base.engine
    expected = [brief_json(one, engine) for one in engine.answer(asked)]

    found = list(base.evaluate(form(given, tmp_path)))

    assert [one.to_json() for one in found if isinstance(one, Answer)] == expected
    assert len(found) == 6
    assert len({one["outcome"] for one in expected}) > 1  # they see each other


def test_one_claim_is_given_by_itself(base: kb.KnowledgeBase) -> None:
    (claim,) = read_claims(EXAMPLE).claims
    assert outcomes(base.evaluate(claim)) == ["FL-2026-0310 deny"]
    assert outcomes(base.evaluate(example())) == ["FL-2026-0310 deny"]


@pytest.mark.parametrize("form", [as_dicts, as_claims, as_a_file, as_two_files])
def test_a_patient_who_comes_back_is_one_patient(
    base: kb.KnowledgeBase, form: Callable[[list[Json], Path], Any], tmp_path: Path
) -> None:
    together = sessions(6)
    other = example(claim="O", patient="P-2")
    apart = [*together[:3], other, *together[3:]]

    answers = {
        one.claim: one
        for one in base.evaluate(form(apart, tmp_path))
        if isinstance(one, Answer)
    }

    assert len(answers) == 7
    for one in base.evaluate(together):
        assert isinstance(one, Answer)
        assert answers[one.claim] == one


def test_an_iterator_says_where_a_patient_came_back(base: kb.KnowledgeBase) -> None:
    first, second, third = *sessions(2), example(claim="O", patient="P-2")
    found = list(base.evaluate(iter([first, third, second])))
    assert [type(one).__name__ for one in found] == [
        "Answer",
        "Answer",
        "Remark",
        "Answer",
    ]


def test_what_was_not_read_stands_beside_the_answers(base: kb.KnowledgeBase) -> None:
    given = [
        example(claim="A"),
        example(claim="A"),
        {"claim": "B"},
        3,
        example(claim="C", facts={"pain-duraton": "30 weeks"}),
        example(claim="D"),
    ]
    found = list(base.evaluate(given))  # type: ignore[arg-type]
    bad = [one for one in found if isinstance(one, kb.BadClaim)]
    assert [one.claim for one in found if isinstance(one, Answer)] == ["A", "D"]
    assert [one.id for one in bad] == ["A", "B", "B", "", "C"]
    assert "Did you mean `pain-duration`" in bad[-1].fix


def test_claims_given_as_objects_are_checked_too(base: kb.KnowledgeBase) -> None:
    (claim,) = read_claims(EXAMPLE).claims
    misspelt = replace(claim, id="M", facts={"pain-duraton": True})
    assert outcomes(base.evaluate([misspelt, claim, claim])) == [
        "BadClaim",
        "BadClaim",
        "FL-2026-0310 deny",
    ]


def test_a_claim_that_two_files_hold_is_told(
    base: kb.KnowledgeBase, tmp_path: Path
) -> None:
    claim = example(patient="P-1")
    first = written(tmp_path / "a.ndjson", [claim])
    (tmp_path / "b").mkdir()
    second = written(tmp_path / "b" / "a.ndjson", [claim, {**claim, "claim": "Z"}])
    found = list(base.evaluate([first, second]))
    twice = [one for one in found if isinstance(one, kb.Remark)]
    assert [one.id for one in twice] == ["FL-2026-0310"]
    assert "more than once" in twice[0].text


@pytest.mark.parametrize("nothing", [[], (), iter(()), {}.values()])
def test_no_claims_have_no_answers(base: kb.KnowledgeBase, nothing: Any) -> None:
    assert list(base.evaluate(nothing)) == []


@pytest.mark.parametrize("wrong", [None, 3, b"[]", True, object()])
def test_what_holds_no_claims_is_refused_at_the_call(
    base: kb.KnowledgeBase, wrong: Any
) -> None:
    with pytest.raises(GivenError, match="holds no claims"):
        base.evaluate(wrong)


def test_a_claim_among_files_is_refused(base: kb.KnowledgeBase) -> None:
    with pytest.raises(GivenError, match="stands among names of files"):
        list(base.evaluate([EXAMPLE, example()]))  # type: ignore[arg-type]


def test_errors_have_one_root(base: kb.KnowledgeBase, tmp_path: Path) -> None:
    with pytest.raises(kb.PayerkbError, match="no file"):
        list(base.evaluate(tmp_path / "none.837"))
    with pytest.raises(kb.PayerkbError, match="no knowledge base"):
        kb.KnowledgeBase.open(tmp_path / "none.db")
    with pytest.raises(kb.PayerkbError):
        base.evaluate(3)  # type: ignore[arg-type]


def test_tables_that_were_named_must_be_there(
    epidural_database: Path, tmp_path: Path
) -> None:
    with pytest.raises(TablesError, match="no tables"):
        kb.KnowledgeBase.open(epidural_database, tables=tmp_path / "tables.db")


# --- earlier services


def of_a_member(number: int) -> list[Json]:
    """Sessions of one member, whose claims bring no history of their own."""
    return [
        {k: v for k, v in {**one, "member": "W123"}.items() if k != "history"}
        for one in sessions(number)
    ]


def test_earlier_services_are_looked_up_in_files(
    base: kb.KnowledgeBase, tmp_path: Path
) -> None:
    *earlier, last = of_a_member(5)
    files = written(tmp_path / "earlier.ndjson", earlier)

    (alone,) = base.evaluate(last)
    (found,) = base.evaluate(last, history=files, history_holds="all")
    table = base.evaluate_table([last], history=[tmp_path], history_holds="all")

    assert isinstance(alone, Answer)
    assert isinstance(found, Answer)
    assert alone.as_billed != "deny"
    assert found.as_billed == "deny"
    assert len(found.lines[0].limits[-1].dates) == 4
    assert table["as_billed"].to_pylist() == ["deny"]


def test_what_was_not_read_of_a_history_is_told(
    base: kb.KnowledgeBase, tmp_path: Path
) -> None:
    file = tmp_path / "earlier.ndjson"
    file.write_text('{"claim": "E"}\n{"claim": "F"}\n', "utf-8")
    found = list(base.evaluate(of_a_member(1), history=str(file)))
    assert {type(one).__name__ for one in found} == {"BadClaim", "Answer"}


def test_a_history_that_is_not_there_is_an_error(base: kb.KnowledgeBase) -> None:
    with pytest.raises(kb.PayerkbError, match="no file"):
        base.evaluate(EXAMPLE, history="none.835")
    with pytest.raises(GivenError, match="one of some, own, all"):
        base.evaluate(EXAMPLE, history=EXAMPLE, history_holds="every")  # type: ignore[arg-type]


# --- threads


def test_threads_share_one_knowledge_base(base: kb.KnowledgeBase) -> None:
    claims = sessions(6)
    alone = list(base.evaluate(claims))
    with ThreadPoolExecutor(8) as pool:
        for found in pool.map(lambda _: list(base.evaluate(claims)), range(24)):
            assert found == alone


# --- a file that is replaced


def put(policies: Path, database: Path) -> None:
    """Build, beside, and put in place in one step, as another process would."""
    assert build_folder(policies, database).written


@pytest.fixture
def own(epidural_database: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(epidural_database, tmp_path / "kb.db"))


@pytest.fixture(scope="module")
def other_database(
    epidural_policies: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The same policies with one word changed: another file, the same answers."""
    folder = tmp_path_factory.mktemp("other")
    policies = Path(shutil.copytree(epidural_policies, folder / "policies"))
    file = next(policies.glob("medicare/**/esi.policy"))
    file.write_text(file.read_text("utf-8") + "\n# read again\n", "utf-8")
    put(policies, folder / "kb.db")
    return folder / "kb.db"


def replaced(database: Path, other: Path) -> None:
    beside = database.with_name("beside")
    shutil.copy(other, beside)
    beside.replace(database)


def test_a_replaced_file_answers_the_next_call(own: Path, other_database: Path) -> None:
    base = kb.KnowledgeBase.open(own)
    before = base.database
    half_way = base.evaluate(sessions(3))
    first = next(half_way)
    engine = base.engine

    replaced(own, other_database)

    assert base.database == Engine.open(other_database).program.database != before
    assert engine.program.database == before
    assert len([first, *half_way]) == 3  # what was begun is ended from the old file
    assert base.refresh() is False


def test_who_wants_to_know_asks_to_refresh(own: Path, other_database: Path) -> None:
    base = kb.KnowledgeBase.open(own)
    assert base.refresh() is False
    replaced(own, other_database)
    assert base.refresh() is True


def test_a_file_that_cannot_be_used_changes_nothing(
    own: Path, other_database: Path
) -> None:
    base = kb.KnowledgeBase.open(own)
    before = base.database
    own.write_bytes(b"half a file")

    assert base.database == before
    assert outcomes(base.evaluate(EXAMPLE)) == ["FL-2026-0310 deny"]
    assert "cannot be read as a payerkb knowledge base" in base.trouble
    with pytest.raises(kb.KnowledgeBaseError, match="payerkb build"):
        base.refresh()

    replaced(own, other_database)
    assert base.database != before
    assert base.trouble == ""


def test_a_file_that_is_gone_changes_nothing(own: Path) -> None:
    base = kb.KnowledgeBase.open(own)
    own.unlink()
    assert outcomes(base.evaluate(EXAMPLE)) == ["FL-2026-0310 deny"]
    assert "no knowledge base" in base.trouble


def test_threads_meet_no_error_while_files_are_replaced(
    own: Path, other_database: Path, epidural_database: Path
) -> None:
    base = kb.KnowledgeBase.open(own)
    claims: list[Claim] = list(read_claims(EXAMPLE).claims)
    alone = list(base.evaluate(claims))

    def ask(_: int) -> bool:
        return list(base.evaluate(claims)) == alone

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(ask, at) for at in range(40)]
        for other in (other_database, epidural_database) * 3:
            replaced(own, other)
            base.refresh()
        assert all(one.result() for one in asked)


# --- tables of CMS


PAIRED: Json = {
    "claim": "A",
    "payer": "medicare-part-b",
    "state": "FL",
    "place": "11",
    "date": "2026-11-03",
    "lines": [
        {"code": "64635", "diagnoses": ["M47.816"]},
        {"code": "64450", "modifiers": ["59"], "diagnoses": ["G57.12"]},
    ],
}


def editions(base: kb.KnowledgeBase) -> set[str]:
    """The editions of tables that decide the lines of a claim."""
    (answer,) = base.evaluate(PAIRED)
    assert isinstance(answer, Answer)
    rules = [rule for line in answer.lines for rule in line.rules]
    return {
        rule.table.edition for rule in rules if rule.table and not rule.table.shipped
    }


def test_tables_beside_the_file_are_used_as_soon_as_they_are_there(
    own: Path, tmp_path: Path
) -> None:
    base = kb.KnowledgeBase.open(own)
    assert editions(base) == set()

    row = ("64635", "64450", "20100101", "*", "0", "Misuse of column two")
    pairs = pairs_file(tmp_path, (row,))
    imported(own.with_name("tables.db"), Kind.PAIRS, pairs)

    assert editions(base) == {"2026 Q4"}
    named = kb.KnowledgeBase.open(own, tables=own.with_name("tables.db"))
    assert editions(named) == {"2026 Q4"}
