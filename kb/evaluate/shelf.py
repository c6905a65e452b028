"""Claims of patients who come back, on disk, as their other claims see them.

They lie in a database without a name, which SQLite removes as soon as it has opened it:
whatever stops the program leaves nothing of a claim behind, and as long as they are few
they never reach the disk at all.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import TracebackType
from typing import Any

from kb.claims.model import Amount, Claim, ClaimLine, Facts, FactValue, PayerNamed
from kb.claims.returning import number_of

Row = list[Any]
MOST_IN_MEMORY = -65536
"""Of the database, in KiB with a minus, as SQLite has it; more goes to the disk."""


class Shelf:
    """What claims of the same patient see of each other, by patient."""

    def __init__(self) -> None:
        # An empty name is a database of its own on disk that nobody else can open.
        self._file = sqlite3.connect("", isolation_level=None)
        self._file.execute(f"PRAGMA cache_size = {MOST_IN_MEMORY}")
        self._file.execute("PRAGMA journal_mode = OFF")
        self._file.execute("CREATE TABLE claim (patient INTEGER, told TEXT)")
        self._last: tuple[str, tuple[str, ...]] = ("", ())

    def __enter__(self) -> Shelf:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def put(self, claims: Iterable[Claim]) -> None:
        """Keep claims; all of them before the first is taken."""
        rows = ((number_of(c.patient), written(c)) for c in claims)
        self._file.execute("BEGIN")
        self._file.executemany("INSERT INTO claim VALUES (?, ?)", rows)
        self._file.execute("CREATE INDEX by_patient ON claim (patient)")
        self._file.execute("COMMIT")

    def of(self, patient: str) -> tuple[str, ...]:
        """The claims of a patient as text, in an order that no file gives them."""
        if self._last[0] != patient:
            found = self._file.execute(
                "SELECT told FROM claim WHERE patient = ? ORDER BY told",
                (number_of(patient),),
            )
            self._last = patient, tuple(told for (told,) in found)
        return self._last[1]


def written(claim: Claim) -> str:
    """What other claims see of a claim, as text that ``read`` takes back."""
    lines = [_line(line) for line in claim.lines]
    told = [claim.id, claim.patient, claim.frequency, claim.replaces, lines]
    return json.dumps(told, ensure_ascii=True, separators=(",", ":"))


def read(text: str) -> Claim:
    """The claim of a text of ``written``, without history and payer."""
    name, patient, frequency, replaces, lines = json.loads(text)
    return Claim(
        name,
        patient,
        PayerNamed(),
        tuple(map(_line_of, lines)),
        frequency=frequency,
        replaces=replaces,
    )


def _line(line: ClaimLine) -> Row:
    charge = None if line.charge is None else str(line.charge)
    return [
        line.number, line.code, line.date.isoformat(), line.modifiers, str(line.units),
        line.place, line.diagnoses, line.level, line.rendering, line.authorization,
        {name: _fact(value) for name, value in line.facts.items()}, charge,
    ]  # fmt: skip


def _line_of(row: Row) -> ClaimLine:
    (number, code, day, modifiers, units, place, diagnoses, level, rendering,
     authorization, facts, charge) = row  # fmt: skip
    return ClaimLine(
        number, code, date.fromisoformat(day), tuple(modifiers), Decimal(units),
        place, tuple(diagnoses), level, rendering, authorization, _facts(facts),
        None if charge is None else Decimal(charge),
    )  # fmt: skip


def _facts(told: dict[str, Row]) -> Facts:
    return {name: _fact_of(*row) for name, row in told.items()}


def _fact(value: FactValue) -> Row:
    if isinstance(value, Amount):
        return ["amount", str(value.number), value.unit]
    if isinstance(value, date):
        return ["day", value.isoformat()]
    return ["plain", value]


def _fact_of(kind: str, *told: Any) -> FactValue:  # noqa: ANN401  (out of JSON)
    match kind:
        case "amount":
            return Amount(Decimal(told[0]), told[1])
        case "day":
            return date.fromisoformat(told[0])
        case _:
            value: bool | str = told[0]
            return value


def distinct(rows: Iterable[str], own: Iterable[Claim]) -> Iterator[Claim]:
    """The claims of a patient that are none of ``own``, each under a number of its own.

    The same claim told twice is one.  Another claim under a number that is taken is told
    apart by ``#2``; which of two it is hangs on what they say, not on their files.
    """
    mine = list(own)
    told = {written(claim) for claim in mine}
    taken = {claim.id for claim in mine}
    for text in dict.fromkeys(rows):
        if text not in told:
            yield _named(read(text), taken)


def _named(claim: Claim, taken: set[str]) -> Claim:
    name, number = claim.id, 1
    while name in taken:
        number += 1
        name = f"{claim.id}#{number}"
    taken.add(name)
    return claim if name == claim.id else replace(claim, id=name)
