"""The forms in which answers are written: each answer as text, by itself."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kb.cells import csv_cell
from kb.claims.model import BadClaim, Remark
from kb.engine.report.findings import bad_json, remark_json
from kb.engine.report.texts import ENCODER, answer_text, compact
from kb.evaluate.fhir import Responses
from kb.evaluate.written import Written

COLUMNS = (
    "claim", "line", "code", "outcome", "as_billed", "say", "do", "rules", "codes",
    "not_judged", "payer", "date", "charge",
)  # fmt: skip


Row = list[str | int | None]


@dataclass(frozen=True, slots=True)
class Lines:
    """JSON, one object a line; its only key tells what it is."""

    full: bool = False

    @property
    def alike(self) -> bool:
        """Whether answers of claims that are alike differ by the claim's number alone."""
        return not self.full

    def number(self, claim: str) -> str:
        """A claim's number as it stands inside of the text."""
        return ENCODER.encode(claim)[1:-1]

    def answer(self, told: Written) -> str:
        """An answer, in the brief form or whole."""
        text = (
            answer_text(told.answer, told.engine) if self.full else compact(told.brief)
        )
        return f'{{"answer":{text}}}\n'

    def bad(self, bad: BadClaim) -> str:
        """What could not be read."""
        return compact({"bad": bad_json(bad)}) + "\n"

    def remark(self, remark: Remark) -> str:
        """What was left out of a good claim."""
        return compact({"remark": remark_json(remark)}) + "\n"


@dataclass(frozen=True, slots=True)
class Rows:
    """A line of a claim in a row, as CSV; what was not read has none."""

    alike: bool = True

    def number(self, claim: str) -> str:
        """A claim's number as a cell."""
        return _csv_text([[claim]]).removesuffix("\n")

    def answer(self, told: Written) -> str:
        """The rows of an answer."""
        return _csv_text(rows_of(told))

    def bad(self, bad: BadClaim) -> str:  # noqa: ARG002  (as the forms have it)
        """Nothing."""
        return ""

    def remark(self, remark: Remark) -> str:  # noqa: ARG002  (as the forms have it)
        """Nothing."""
        return ""


Form = Lines | Rows | Responses


def _csv_text(rows: Iterable[Row]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(
        [csv_cell(value) for value in row] for row in rows
    )
    return out.getvalue()


def rows_of(told: Written) -> Iterator[Row]:
    """The lines of an answer as rows of ``COLUMNS``."""
    brief = told.brief
    for line, answer, billed in zip(
        brief["lines"], told.answer.lines, told.claim.lines, strict=True
    ):
        found = line["rules"]
        codes = dict.fromkeys(code for one in found for code in one["codes"])
        yield [
            brief["claim"],
            line["number"],
            line["code"],
            line["outcome"],
            line["as_billed"],
            line["say"],
            line["do"],
            " ".join(dict.fromkeys(one["rule"] for one in found)),
            " ".join(codes),
            "; ".join(f"{x['question']}: {x['why']}" for x in line["not_judged"]),
            told.answer.searched.payer,
            answer.date.isoformat(),
            None if billed.charge is None else f"{billed.charge:f}",
        ]


def form_of(kind: str, *, full: bool = False) -> Form | None:
    """The form of an output of that ending; ``None`` for one made of the summary alone."""
    match kind:
        case ".ndjson":
            return Lines(full)
        case ".csv":
            return Rows()
        case ".parquet":  # lines, which become columns at the end
            return Lines()
        case ".fhir.ndjson":
            return Responses()
        case _:
            return None


def start_of(kind: str) -> str:
    """How an output of that ending begins."""
    return ",".join(COLUMNS) + "\n" if kind == ".csv" else ""
