"""Tables with Tuva's columns as runs of claims: Arrow, and whatever speaks Arrow.

Rows of one person are taken together, however they are cut into batches, and those of one
claim are put in order.  So neither the order of rows nor the cuts change an answer, and a
machine, a cluster and a notebook say the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from kb.claims.model import Read
from kb.claims.past import PastClaim
from kb.claims.rows.cells import Row
from kb.claims.rows.parquet import texts_of
from kb.claims.rows.services import DAYS
from kb.claims.rows.tuva import ALWAYS, COLUMNS, told_of
from kb.claims.runs import Check, Found, runs_as_they_come, runs_together
from kb.library.errors import GivenError, MissingPackageError

try:
    import pyarrow as pa
    import pyarrow.compute as pc
except ImportError:
    message = "Tables need pyarrow. Install it with: pip install 'payerkb[batch]'"
    raise MissingPackageError(message) from None

PERSON = "payerkb_person"
"""The column that tells persons apart, so that nobody's rows are parted."""
Cells = Mapping[str, str]
_LONGEST_NUMBER = 20


def runs_of_table(table: object, check: Check) -> Iterator[Found]:
    """The claims of a table in runs, by person; of a reader as its batches come.

    ``table`` is whatever gives Arrow's C stream.  A table is put in order of persons in
    memory.  A ``RecordBatchReader`` cannot be: where a person comes back in it, the claims
    are answered with what came before, and a remark says so.
    Raises ``GivenError`` when columns are missing or hold no plain values.
    """
    if isinstance(table, pa.RecordBatchReader):
        columns_in(table.schema)
        read = (
            one for rows in _persons(map(_with_person, table)) for one in _read(rows)
        )
        return runs_as_they_come(read, check=check)
    whole = table if isinstance(table, pa.Table) else pa.table(table)
    return runs_of_persons(in_order(whole).to_batches(), check)


def runs_of_persons(batches: Iterable[pa.RecordBatch], check: Check) -> Iterator[Found]:
    """The claims of batches in which each person's rows stand together.

    The column ``PERSON`` tells whose a row is.  A person's last rows in a batch are held
    until the next batch shows that no more come.
    """
    for rows in _persons(map(as_text, batches)):
        yield from runs_together(_read(rows), check)


def columns_in(schema: pa.Schema) -> dict[str, str]:
    """The columns that are read, by Tuva's name, with their own name in the table.

    Capitals are passed over, as databases differ in them.
    Raises ``GivenError`` when one is missing without which no claim can be read.
    """
    own = {name.lower(): name for name in reversed(schema.names)}
    found = {column: own[column] for column in COLUMNS if column in own}
    missing = [column for column in ALWAYS if column not in found]
    if not any(column in found for column in DAYS):
        missing.append(" or ".join(DAYS))
    if missing:
        raise GivenError(
            f"The table has no column {', '.join(missing)}. Give it the columns of Tuva's"
            " medical_claim, a row for each service."
        )
    return found


def as_text(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The columns that are read, as text under Tuva's names, and whose each row is.

    Raises ``GivenError`` for a column of lists or objects.
    """
    columns = columns_in(batch.schema)
    if PERSON in batch.schema.names:
        columns[PERSON] = PERSON
    texts = [_text(batch, name) for name in columns.values()]
    return pa.RecordBatch.from_arrays(texts, names=list(columns))


def _text(batch: pa.RecordBatch, name: str) -> pa.Array:
    column = batch.column(name)
    kind = column.type
    try:
        if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
            return pa.array(texts_of(column), pa.string())
        return column.cast(pa.string())
    except pa.ArrowException:
        message = (
            f"The column {name} holds {column.type}, not plain values. Give it as text."
        )
        raise GivenError(message) from None


def _with_person(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The same as text, with the column that tells persons apart.

    By ``person_id``, else by the member id, else each claim is its own person.
    """
    text = as_text(batch)
    if PERSON in text.schema.names:
        return text
    member = pc.replace_substring_regex(
        pc.utf8_upper(_filled(text, "member_id")), "[^A-Z0-9]", ""
    )
    person = pc.coalesce(
        _marked("person", _filled(text, "person_id")),
        _marked("member", pc.if_else(pc.equal(member, ""), None, member)),
        _marked("claim", _filled(text, "claim_id")),
        pa.scalar(""),
    )
    return text.append_column(PERSON, person)


def _filled(batch: pa.RecordBatch, column: str) -> pa.Array:
    """The cells without spaces around them; null where empty or without such a column."""
    if column not in batch.schema.names:
        return pa.nulls(batch.num_rows, pa.string())
    trimmed = pc.utf8_trim_whitespace(batch.column(column))
    return pc.if_else(pc.equal(trimmed, ""), None, trimmed)


def _marked(kind: str, texts: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(pa.scalar(kind), texts, ":")


def in_order(table: pa.Table) -> pa.Table:
    """The table as text with each person's rows together, and whose they are."""
    columns_in(table.schema)
    batches = [_with_person(batch) for batch in table.to_batches()]
    if not batches:
        return table.schema.empty_table()
    whole = pa.Table.from_batches(batches)
    return whole.take(pc.sort_indices(whole.column(PERSON)))


def _persons(batches: Iterable[pa.RecordBatch]) -> Iterator[list[Cells]]:
    """The rows of each person, in the order of claims and their lines.

    A row that tells neither person nor claim stands alone.
    """
    for person, rows in groupby(_cells(batches), key=lambda row: row[0]):
        if person:
            yield sorted((cells for _, cells in rows), key=_place)
        else:
            yield from ([cells] for _, cells in rows)


def _cells(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[str, Cells]]:
    """Each row: whose it is, and its cells that are filled."""
    for batch in batches:
        names = [
            name
            for name in batch.schema.names
            if name != PERSON and batch.column(name).null_count < batch.num_rows
        ]
        persons = batch.column(PERSON).to_pylist()
        columns = [batch.column(name).to_pylist() for name in names]
        for person, *texts in zip(persons, *columns, strict=True):
            yield (
                person,
                {n: text for n, text in zip(names, texts, strict=True) if text},
            )


def _place(cells: Cells) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    number = cells.get("claim_line_number", "").strip().rjust(_LONGEST_NUMBER)
    return cells.get("claim_id", "").strip(), number, tuple(sorted(cells.items()))


def _read(rows: Iterable[Cells]) -> Iterator[Read]:
    """What the rows of a person tell that can be answered; numbered within their claim."""
    for told in told_of(_numbered(rows)):
        if not isinstance(told, PastClaim):
            yield told


def _numbered(rows: Iterable[Cells]) -> Iterator[Row]:
    for _, claim in groupby(rows, key=lambda cells: cells.get("claim_id", "").strip()):
        for number, cells in enumerate(claim, 1):
            yield Row(number, cells)
