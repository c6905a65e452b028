"""Whatever a program holds claims in, as runs of one patient's claims."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from os import PathLike
from pathlib import Path
from typing import Protocol, TypeGuard, runtime_checkable

from kb.claims.json.reader import stream_values
from kb.claims.model import Claim
from kb.claims.runs import (
    Check,
    Found,
    runs_as_they_come,
    runs_together,
    stream_runs,
)
from kb.evaluate.sources import sources_of
from kb.evaluate.together import runs_of
from kb.library.errors import GivenError

WHAT = (
    "Give a path, a list of paths, claims (kb.claims.Claim, or dicts of JSON), or a table"
    " with Tuva's columns (Arrow, pandas, polars)."
)


@runtime_checkable
class ArrowTable(Protocol):
    """A table that any Arrow library can read: of pyarrow, pandas, polars, DuckDB."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The table as a stream of Arrow's C interface."""


ClaimsFile = str | PathLike[str]
OneClaim = Claim | Mapping[str, object]
Claims = ClaimsFile | OneClaim | ArrowTable | Iterable[ClaimsFile] | Iterable[OneClaim]
"""Whatever can be given for claims."""


def runs_given(claims: Claims, check: Check) -> Iterator[Found]:
    """The claims in runs, with each fault and remark, in the order given.

    A claim in which ``check`` finds faults is a bad one.
    Raises ``GivenError`` for what holds no claims, and ``kb.claims.ClaimFileError`` for a
    file that cannot be read: of several at once, of one when its first claim is asked for.
    """
    if is_file(claims):
        return stream_runs(Path(claims) if claims != "-" else "-", check)
    if isinstance(claims, Claim | Mapping):
        return runs_together(stream_values([claims]), check)
    if isinstance(claims, ArrowTable):
        # Only those who give tables have pyarrow.
        from kb.library.tables import runs_of_table  # noqa: PLC0415

        return runs_of_table(claims, check)
    if isinstance(claims, bytes | bytearray) or not isinstance(claims, Iterable):
        raise GivenError(f"{type(claims).__name__} holds no claims. {WHAT}")
    return _runs_of_several(claims, check)


def is_file(given: object) -> TypeGuard[ClaimsFile]:
    """Whether it names a file; ``-`` is standard input."""
    return isinstance(given, str | PathLike)


def _runs_of_several(
    claims: Iterable[ClaimsFile] | Iterable[OneClaim], check: Check
) -> Iterator[Found]:
    rest = iter(claims)
    for first in rest:
        everything = chain((first,), rest)
        if is_file(first):
            return runs_of(sources_of(_named(everything)), check)
        if isinstance(claims, Sequence):
            return runs_together(stream_values(everything), check)
        return runs_as_they_come(stream_values(everything), check=check)
    return iter(())


def _named(files: Iterable[object]) -> Iterator[Path]:
    for file in files:
        if not is_file(file):
            message = f"{type(file).__name__} stands among names of files. {WHAT}"
            raise GivenError(message)
        yield Path(file)
