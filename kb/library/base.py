"""A knowledge base that a program keeps open and asks, from as many threads as it likes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from os import PathLike
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from dsl.errors import PayerkbError
from kb.claims.model import BadClaim, Remark
from kb.engine.judge.evaluate import Engine
from kb.history.files import Holds
from kb.library.answering import answers_of
from kb.library.answers import Answer
from kb.library.earlier import with_earlier
from kb.library.sources import Claims, ClaimsFile, runs_given
from kb.tables.layers import Layered
from kb.tables.opening import open_tables
from kb.tables.schema import DEFAULT_NAME
from kb.tables.shipped_rows import shipped_hash, shipped_rows
from kb.whole_files import FileMark, file_mark

if TYPE_CHECKING:
    import pyarrow as pa


class Files(NamedTuple):
    """The files that a knowledge base is read from."""

    database: Path
    tables: Path
    tables_named: bool
    """Whether the tables must be there; the usual file need not be."""

    def marks(self) -> tuple[FileMark | None, FileMark | None]:
        """What changes when one of them is replaced."""
        return file_mark(self.database), file_mark(self.tables)

    def engine(self) -> Engine:
        """The engine of what they hold now."""
        engine = Engine.open(self.database)
        if not (self.tables_named or self.tables.exists()):
            return engine
        imported = Layered(open_tables(self.tables), shipped_rows())
        return engine.with_tables(imported, shipped_hash())


class KnowledgeBase:
    """A knowledge base file, open to be asked.

    >>> import kb
    >>> base = kb.KnowledgeBase.open("build/kb.db")
    >>> for found in base.evaluate("docs/examples/fifth-session.json"):
    ...     match found:
    ...         case kb.Answer():
    ...             print(found.claim, found.outcome, found.lines[0].rules[0].codes)
    ...         case kb.BadClaim():
    ...             print("not read:", found.where, found.reason)
    FL-2026-0310 deny ('CO-151', 'N362')

    One object serves all threads.  When ``payerkb build`` or ``payerkb import`` puts
    another file in place, the next call answers from that; the answers of one call all
    come from one file.
    """

    def __init__(self, files: Files) -> None:
        """Open files; ``KnowledgeBase.open`` names them as people do."""
        self._files = files
        self._loading = Lock()
        self._marks = files.marks()
        self._engine = files.engine()
        self._trouble = ""

    @classmethod
    def open(
        cls, database: str | PathLike[str], *, tables: str | PathLike[str] | None = None
    ) -> KnowledgeBase:
        """The knowledge base of a file that ``payerkb build`` wrote.

        ``tables`` is the database of ``payerkb import``; left out, it is ``tables.db``
        beside the knowledge base if that is there, as on the command line, and else the
        rows that ship.
        Raises ``kb.KnowledgeBaseError`` when there is no usable knowledge base, and
        ``kb.tables.errors.TablesError`` when there are no usable tables.
        """
        path = Path(database)
        named = tables is not None
        beside = Path(tables) if tables is not None else path.with_name(DEFAULT_NAME)
        return cls(Files(path, beside, named))

    @property
    def engine(self) -> Engine:
        """What answers now; its answers say every rule's status and reason.

        It goes on unchanged when the file is replaced.
        """
        self._look()
        return self._engine

    @property
    def database(self) -> str:
        """``sha256:...`` of the file that answers now, as receipts name it."""
        return self.engine.program.database

    @property
    def trouble(self) -> str:
        """Why the files that are there now are not used; empty when they are.

        Until they can be used, those that were read before answer.
        """
        self._look()
        return self._trouble

    def refresh(self) -> bool:
        """Read the files again if they were replaced; whether they were.

        Each call looks by itself: this is for who wants to know, or to have the reading
        done before the first claim.
        Raises ``kb.PayerkbError`` when the files there now cannot be used: then those
        that were read before go on answering.
        """
        with self._loading:
            return self._read_again()

    def evaluate(
        self,
        claims: Claims,
        *,
        history: ClaimsFile | Iterable[ClaimsFile] = (),
        history_holds: Holds = "some",
    ) -> Iterator[Answer | BadClaim | Remark]:
        """Answers, and whatever was not read, in the order of the claims.

        ``claims`` is a path (any format that is read; ``-`` for standard input), several
        paths, a ``kb.claims.Claim`` or a dict as ``payerkb schema claim`` tells, several
        of them, or a table with the columns of Tuva's ``medical_claim``: of pyarrow,
        pandas, polars, or whatever gives Arrow's C stream.

        Claims of one patient are answered with each other's lines.  A file is read as it
        is answered, in flat memory; so is an iterator of claims, where those of a
        patient should stand together (a ``Remark`` says where they did not).  A list, and
        several files, are taken into memory whole.  Of a table rows of one person are
        taken together, in whatever order they stand, and answers come by person.

        ``history`` names files of earlier claims, remittances, a history database or
        folders of them, in which each patient's earlier services are looked up as
        ``--history`` does; ``history_holds`` says that they hold ``some`` claims of this
        practice, its ``own``, all of them, or ``all`` that any practice billed.

        A ``BadClaim`` stands where a claim or a part of a file could not be read, or names
        facts that no policy knows: the others are still answered.  A ``Remark`` says what
        was left out of a claim that was answered.

        Raises ``kb.library.GivenError`` for what holds no claims,
        ``kb.history.errors.HistoryError`` for a history that cannot be used, and
        ``kb.ClaimFileError`` for a file that cannot be read, at the latest when its first
        claim is asked for.
        """
        engine = self.engine
        runs = runs_given(claims, engine.faults_in)
        return answers_of(with_earlier(runs, history, history_holds, engine), engine)

    def evaluate_table(
        self,
        claims: Claims,
        *,
        history: ClaimsFile | Iterable[ClaimsFile] = (),
        history_holds: Holds = "some",
    ) -> pa.Table:
        """The same as an Arrow table: a row for each line, fault and remark.

        Its columns are told in ``docs/contract.md``.  Needs the package pyarrow: raises
        ``kb.library.MissingPackageError`` without it.
        """
        return self.evaluate_batches(
            claims, history=history, history_holds=history_holds
        ).read_all()

    def evaluate_batches(
        self,
        claims: Claims,
        *,
        history: ClaimsFile | Iterable[ClaimsFile] = (),
        history_holds: Holds = "some",
    ) -> pa.RecordBatchReader:
        """The rows of ``evaluate_table`` as they are made, for more than fits in memory."""
        # Only those who ask for tables have pyarrow.
        from kb.library.rows import reader_of  # noqa: PLC0415

        return reader_of(
            self.evaluate(claims, history=history, history_holds=history_holds)
        )

    def _look(self) -> None:
        """Read the files again if they were replaced, and by nobody else meanwhile."""
        if self._files.marks() == self._marks:
            return
        if self._loading.acquire(blocking=False):
            try:
                self._read_again()
            except PayerkbError as error:
                self._trouble = str(error)
            finally:
                self._loading.release()

    def _read_again(self) -> bool:
        marks = self._files.marks()
        if marks == self._marks and not self._trouble:
            return False
        # Told before the reading: what comes meanwhile is seen by the next look.
        self._marks = marks
        self._engine = self._files.engine()
        self._trouble = ""
        return True
