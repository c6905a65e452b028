"""The build: policy files, or a checked model, become one SQLite file.

The file holds no time of day and its rows come in a fixed order, so the same model
gives the same bytes wherever and whenever it is built (with the same SQLite library).
"""

from __future__ import annotations

import gc
import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from pathlib import Path

from dsl.base.diagnostics import Diagnostic
from dsl.base.model import Model
from dsl.load.folder import LANGUAGE_VERSION, load_folder
from dsl.load.policy_files import Listing, policy_files_in
from kb.build.kept_files import KeptFiles, kept_files
from kb.build.publish import (
    BuildError,
    beside,
    only_builder_of,
    place_of_database,
    publish,
)
from kb.build.rows import rows_of
from kb.database.opening import KnowledgeBaseError, open_knowledge_base
from kb.database.row_hashes import with_hashes
from kb.database.row_values import content_hash, content_hash_of
from kb.database.schema import APPLICATION_ID, INDEXES, META, SCHEMA_VERSION, TABLES
from kb.database.seal import NO_SEAL, SEAL, seal
from kb.database.table_rows import TABLE_ROWS, Row, Rows
from kb.version import ENGINE_VERSION

__all__ = ["BuildError", "BuildReport", "build_folder", "write_database"]

PAGE_SIZE = 4096

Progress = Callable[[str, int, int], None]
"""Called with what is done now (``read``, ``write``, ``check``), and how many of how
many steps of it are over."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did."""

    database: Path
    content: str
    """Hash of the policy files (``meta.content``)."""
    written: bool = False
    """False when nothing was written: up to date, or errors in the policies."""
    up_to_date: bool = False
    counts: tuple[tuple[str, int], ...] = ()
    """Table and its number of rows; empty when nothing was written."""
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def errors(self) -> int:
        """How many diagnostics forbid the build."""
        return sum(found.severity == "error" for found in self.diagnostics)


def build_folder(
    policies: Path,
    database: Path,
    *,
    progress: Progress | None = None,
    force: bool = False,
    waiting: Callable[[], None] = lambda: None,
) -> BuildReport:
    """Build ``database`` from the ``.policy`` files below ``policies``.

    Nothing is written when the database already holds just these files, built by this
    version (unless ``force``), or when any file has an error; the report says which.
    What is as in the last build of it is not parsed and compiled again, unless ``force``.
    ``waiting`` is called once when another build of it makes this one wait.

    Raises ``BuildError`` when ``policies`` is no folder, or ``database`` cannot be
    written.
    """
    progress = progress or _say_nothing
    if not policies.is_dir():
        message = f"{policies} is not a folder. Give the folder of your .policy files."
        raise BuildError(message)
    with only_builder_of(database, waiting=waiting), collector_paused():
        listing = policy_files_in(policies)
        content = _content_of(listing)
        if not force and _versions_in(database) == _versions(content):
            told = listing.told
            return BuildReport(database, content, up_to_date=True, diagnostics=told)
        kept_at = beside(place_of_database(database), "parsed")
        fingerprint = builder_fingerprint()
        kept = KeptFiles(fingerprint) if force else kept_files(kept_at, fingerprint)
        compiled = kept.policies()
        reading = partial(progress, "read")
        loaded = load_folder(policies, reading, kept.parse, compiled)
        if loaded.has_errors:
            return BuildReport(database, content, diagnostics=loaded.diagnostics)
        content = content_hash(loaded.model.files)
        counts = _publish_model(loaded.model, database, progress)
        kept.keep_policies(compiled)
        kept.put(kept_at)
    return BuildReport(
        database, content, written=True, counts=counts, diagnostics=loaded.diagnostics
    )


def write_database(
    model: Model, path: Path, *, progress: Progress | None = None
) -> BuildReport:
    """Write ``model`` to ``path`` in one step: afterwards the old file or the new one.

    Raises ``BuildError`` when the model does not fit the tables or the disk does not
    take it; ``path`` is then as it was.
    """
    with only_builder_of(path), collector_paused():
        counts = _publish_model(model, path, progress or _say_nothing)
    content = content_hash(model.files)
    return BuildReport(path, content, written=True, counts=counts)


@contextmanager
def collector_paused() -> Iterator[None]:
    """No garbage collection meanwhile.

    A build makes millions of small values that all live until its end; walking them
    over and over takes a quarter of its time and frees nothing.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def content_of_folder(policies: Path) -> str:
    """The hash that a database built from this folder now would carry.

    It is another when a file or folder cannot be read, which no build would write.
    """
    return _content_of(policy_files_in(policies))


def _content_of(listing: Listing) -> str:
    unread = [(one.file, "") for one in listing.told if one.severity == "error"]
    read = (
        (file.name, _hash_of_file(file.path))
        for file in (*listing.files, *listing.words)
    )
    return content_hash_of([*unread, *read])


def _hash_of_file(path: Path) -> str:
    """Empty for a file that cannot be read: the language will say so."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


@cache
def builder_fingerprint() -> str:
    """A hash of the code of language and build: whoever changes it builds anew."""
    folders = (Path(str(files(package))) for package in ("dsl", "kb"))
    return content_hash_of(
        (f"{folder.name}/{path.relative_to(folder).as_posix()}", _hash_of_file(path))
        for folder in folders
        for path in folder.rglob("*.*")
        if path.suffix in {".py", ".lark", ".tsv"}
    )


def _say_nothing(_stage: str, _done: int, _total: int) -> None:
    return None


def _versions(content: str) -> dict[str, str]:
    """What tells a database that is up to date from another."""
    return {
        "builder": builder_fingerprint(),
        "content": content,
        "engine": ENGINE_VERSION,
        "language": LANGUAGE_VERSION,
        "schema": str(SCHEMA_VERSION),
    }


def _versions_in(database: Path) -> dict[str, str]:
    """The same as written in ``database``; empty unless it is whole and unchanged."""
    try:
        with closing(open_knowledge_base(database)) as connection:
            found = dict(connection.execute("SELECT key, value FROM meta"))
    except (KnowledgeBaseError, sqlite3.DatabaseError):
        return {}
    return {key: value for key, value in found.items() if key in _versions("")}


def _publish_model(
    model: Model, database: Path, progress: Progress
) -> tuple[tuple[str, int], ...]:
    rows, hashes = with_hashes(rows_of(model))
    counts = tuple((table, len(rows[table])) for table in TABLE_ROWS)
    meta = {
        **_versions(content_hash(model.files)),
        **{f"count.{table}": str(count) for table, count in counts},
        **hashes,
        SEAL: NO_SEAL,
    }
    publish(database, lambda connection: _write(connection, rows, meta, progress), seal)
    progress("check", 1, 1)
    gaps = sum(rule.duty == "gap" for policy in model.policies for rule in policy.rules)
    return (*counts, ("gap", gaps))


def _write(
    connection: sqlite3.Connection,
    rows: Rows,
    meta: dict[str, str],
    progress: Progress,
) -> None:
    connection.execute(f"PRAGMA page_size = {PAGE_SIZE}")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    for statement in _statements(TABLES):
        connection.execute(statement)
    for done, (table, row_type) in enumerate(TABLE_ROWS.items()):
        progress("write", done, len(TABLE_ROWS))
        _insert(connection, table, row_type, rows[table])
    for statement in _statements(INDEXES):
        connection.execute(statement)
    _index_words(connection)
    connection.execute(META)
    # The seal comes last whatever its key: near the end of the file.
    in_order = sorted(meta.items(), key=lambda item: (item[0] == SEAL, item))
    connection.executemany("INSERT INTO meta VALUES (?, ?)", in_order)
    progress("write", len(TABLE_ROWS), len(TABLE_ROWS))
    progress("check", 0, 1)


def _index_words(connection: sqlite3.Connection) -> None:
    """Fill the full-text index, and count what the query planner wants to know."""
    # Loading it takes a tenth of a second: a build that finds nothing changed is spared.
    from sqlite_utils import Database  # noqa: PLC0415

    tables = Database(connection, recursive_triggers=False, execute_plugins=False)
    tables.table("search_entry_fts").rebuild_fts().optimize()
    tables.analyze()


def _statements(script: str) -> Iterator[str]:
    """One statement at a time: ``executescript`` would commit before it starts."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _insert(
    connection: sqlite3.Connection, table: str, row_type: type[Row], rows: Sequence[Row]
) -> None:
    fields: tuple[str, ...] = row_type._fields  # type: ignore[attr-defined]
    columns = ", ".join(fields)
    marks = ", ".join("?" * len(fields))
    connection.executemany(
        f"INSERT INTO {table} ({columns}) VALUES ({marks})",  # noqa: S608
        rows,
    )
