"""What is written in each form."""

from __future__ import annotations

import csv
import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from jsonschema import Draft202012Validator

from kb.evaluate.forms import COLUMNS
from kb.evaluate.outputs import FHIR, OutputError, outputs_of
from kb.evaluate.run import run
from kb.evaluate.summary import Summary
from kb.library.parquet import write_columns

from .claim_response import CLAIM_RESPONSE
from .conftest import Json, WorkOf

NAMES = ("a.ndjson", "a.csv", "a.parquet", "a.fhir.ndjson", "a.html")
Written = dict[str, Path]


@pytest.fixture
def summary() -> list[Summary]:
    return []


@pytest.fixture
def written(work_of: WorkOf, day: list[Json], summary: list[Summary]) -> Written:
    """Every form of the answers to forty claims, one of them with a strange number."""
    strange = {**day[0], "claim": '=HYPERLINK("a", <b>)'}
    work = work_of([strange, *day[1:]], [{"claim": "bad"}], out=NAMES)
    work.columns = write_columns
    summary.append(run(work))
    return {one.path.name: one.path for one in work.outputs}


def answers(written: Written) -> list[dict[str, Any]]:
    lines = written["a.ndjson"].read_text("utf-8").splitlines()
    return [json.loads(x)["answer"] for x in lines if x.startswith('{"answer"')]


def test_rows_are_the_lines_of_the_answers(written: Written) -> None:
    with written["a.csv"].open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    lines = [(a["claim"], x) for a in answers(written) for x in a["lines"]]

    assert tuple(rows[0]) == COLUMNS
    assert [row["claim"].removeprefix("'") for row in rows] == [c for c, _ in lines]
    for row, (_, line) in zip(rows, lines, strict=True):
        assert row["line"] == str(line["number"])
        for key in ("code", "outcome", "as_billed", "say", "do"):
            assert row[key] == line[key]
        assert row["rules"].split() == [
            *dict.fromkeys(x["rule"] for x in line["rules"])
        ]
        assert row["charge"] == "225.00"
        assert row["date"] == "2026-11-10"


def test_no_cell_is_a_formula(written: Written) -> None:
    with written["a.csv"].open(encoding="utf-8", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert any(cell.startswith("'=HYPERLINK") for cell in cells)
    assert not any(cell.startswith(("=", "+", "@")) for cell in cells)


def test_columns_have_the_same_lines_and_what_was_not_read(written: Written) -> None:
    rows = pq.read_table(written["a.parquet"]).to_pylist()
    kinds = [row["kind"] for row in rows]
    lines = [(a["claim"], x) for a in answers(written) for x in a["lines"]]

    assert kinds.count("bad") == 2
    assert [
        (row["claim"], row["line"], row["outcome"])
        for row in rows
        if row["kind"] == "line"
    ] == [(claim, x["number"], x["outcome"]) for claim, x in lines]


def test_responses_are_base_r4(written: Written) -> None:
    Draft202012Validator.check_schema(CLAIM_RESPONSE)
    schema = Draft202012Validator(CLAIM_RESPONSE)
    lines = written["a.fhir.ndjson"].read_text("utf-8").splitlines()
    told = [json.loads(line) for line in lines]
    for one in told:
        assert [error.message for error in schema.iter_errors(one)] == []
    found = {
        one["request"]["identifier"]["value"]: one
        for one in told
        if one["outcome"] == "complete"
    }
    assert [*found] == [answer["claim"] for answer in answers(written)]
    assert [one["outcome"] for one in told].count("error") == 2


def test_a_response_says_what_the_answer_says(written: Written) -> None:
    lines = written["a.fhir.ndjson"].read_text("utf-8").splitlines()
    codes = 0
    for answer, line in zip(answers(written), lines, strict=False):
        told = json.loads(line)
        assert told["disposition"].startswith(f"{answer['outcome']}. ")
        notes = {one["number"]: one["text"] for one in told["processNote"]}
        for item, said in zip(told["item"], answer["lines"], strict=True):
            assert item["itemSequence"] == said["number"]
            assert said["say"] in notes[item["noteNumber"][0]]
            assert len(item["noteNumber"]) == 1 + len(said["rules"])
            assert item["adjudication"][0]["amount"]["value"] == 225
            reasons = [
                each["reason"]["text"]
                for each in item["adjudication"]
                if "reason" in each
            ]
            own = [" ".join(x["codes"]) for x in said["rules"] if x["codes"]]
            assert reasons == [*dict.fromkeys(own)]
            codes += len(reasons)
    assert codes


class Page(HTMLParser):
    """The elements of a page, and that each is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_needs_nothing_and_lists_each_line_once(
    written: Written, summary: list[Summary]
) -> None:
    page = Page()
    text = written["a.html"].read_text("utf-8")
    page.feed(text)

    assert page.open == []
    assert not page.seen & {"script", "link", "img", "a", "iframe"}
    assert '=HYPERLINK("a", <b>)' in page.text
    firsts = sum(finding.first for finding in summary[0].findings.values())
    lines = summary[0].lines
    assert firsts == lines.total() - lines["pass"] - lines["note"]
    assert page.text.count("By payer") == 1
    assert "Not read" in page.text


def test_endings_tell_the_form(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in NAMES] + [tmp_path]
    kinds = [one.kind for one in outputs_of(paths)]
    assert kinds == [".ndjson", ".csv", ".parquet", FHIR, ".html", ".ndjson"]


@pytest.mark.parametrize(
    ("name", "said"),
    [("a.txt", "its ending tells no form"), ("a", "its ending tells no form")],
)
def test_another_ending_is_refused(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(OutputError, match=said):
        outputs_of([tmp_path / name])


def test_a_file_named_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"names answers\.ndjson twice"):
        outputs_of([tmp_path, tmp_path / "answers.ndjson"])
