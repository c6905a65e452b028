"""A knowledge base is opened as the build wrote it, or not at all."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb import Engine
from kb.build.compiler import build_folder
from kb.cli import main
from kb.database.opening import (
    ChangedFileError,
    KnowledgeBaseError,
    open_knowledge_base,
)
from kb.database.row_hashes import Misfits, misfits
from kb.database.seal import NO_SEAL, SEAL, hashes_of, seal
from kb.web.serve import ServeError, make_datasette
from tests.drills.damaged_databases import drill
from tests.drills.receipt_while_swapped import hash_of, receipts
from tests.drills.small_base import built

EPIDURAL = "sample/epidural@2025-01-01"
FACET = "sample/facet@2025-01-01"
LOOSER = """UPDATE rule SET ir = replace(ir, '"amount":4,', '"amount":400,')"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database as the build wrote it; its policies lie beside it."""
    return built(tmp_path_factory.mktemp("whole"))


@pytest.fixture
def database(whole: Path, tmp_path: Path) -> Path:
    """A copy that a test may damage."""
    return Path(shutil.copy(whole, tmp_path / "kb.db"))


def change(database: Path, sql: str) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript(sql)


# Hash, seal and rows of the same bytes ----------------------------------------------


def test_receipt_names_what_answered_while_files_are_swapped(tmp_path: Path) -> None:
    seen = receipts(tmp_path, 60)
    assert sum(seen.values()) == 60
    assert {named == answered for named, answered in seen} == {True}


def test_receipt_is_of_the_file(database: Path) -> None:
    assert Engine.open(database).program.database == hash_of(database)


def test_engine_and_pages_of_one_connection_are_of_one_file(
    database: Path, tmp_path: Path
) -> None:
    before = hash_of(database)
    with closing(open_knowledge_base(database)) as connection:
        built(tmp_path, 9).replace(database)
        assert Engine.reading(connection).program.database == before
        (limits,) = connection.execute(
            """SELECT count(*) FROM rule
            WHERE name = 'sessions' AND ir LIKE '%"amount":4,%'"""
        ).fetchone()
    assert limits == 1


def test_what_is_written_into_an_opened_file_is_not_read(database: Path) -> None:
    with closing(open_knowledge_base(database)) as connection:
        database.write_bytes(b"")
        (rules,) = connection.execute("SELECT count(*) FROM rule").fetchone()
    assert rules == 3


def test_seal_is_the_last_row_and_of_the_whole_file(database: Path) -> None:
    content = database.read_bytes()
    assert hashes_of(content).sealed
    with closing(sqlite3.connect(database)) as connection:
        *_, (key, value) = connection.execute("SELECT * FROM meta ORDER BY rowid")
    assert (key, len(value)) == (SEAL, len(NO_SEAL))
    assert content.count(value.encode()) == 1


def test_a_file_without_a_place_for_the_seal_is_not_sealed(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"nothing")
    with pytest.raises(ValueError, match="no row for a seal"):
        seal(tmp_path / "x")


# Damage -----------------------------------------------------------------------------


def test_a_bit_turned_over_is_refused_or_changes_no_answer(tmp_path: Path) -> None:
    seen = drill(tmp_path, 40, int.from_bytes(os.urandom(4)))
    assert sum(seen.values()) == 40


ROWS_CHANGED = {
    "a limit by hand": (LOOSER, f"policy {EPIDURAL}, the table rule"),
    "a rule that is no JSON": ("UPDATE rule SET ir = '{'", EPIDURAL),
    "a rule of another shape": ("""UPDATE rule SET ir = '{"duty":1}'""", FACET),
    "a day that is none": (
        "UPDATE policy_version SET from_day = '2026-13-45'",
        f"{EPIDURAL}, {FACET}, the table policy_version",
    ),
    "remark codes that are no JSON": ("UPDATE rule SET rarc = 'x'", "table rule"),
    "text that is not UTF-8": (
        f"UPDATE rule SET fix = CAST(x'ff' AS TEXT) WHERE policy_version = '{EPIDURAL}'",
        f"policy {EPIDURAL}, the table rule",
    ),
    "advice": ("UPDATE rule SET fix = 'Send it again.'", EPIDURAL),
    "a citation": ("UPDATE rule_citation SET passage = 'page 9'", FACET),
    "a list": (
        "DELETE FROM code_set_member WHERE code = '64484'",
        f"policy {EPIDURAL}, the table code_set_member",
    ),
    "a rule less": (
        f"PRAGMA foreign_keys = OFF; DELETE FROM rule WHERE policy_version = '{FACET}'",
        f"policy {FACET}, the table rule",
    ),
    "a scenario": ("UPDATE scenario SET expect = '[]'", EPIDURAL),
    "a fact": ("UPDATE fact SET scope = 'line'", "the table fact."),
    "a source": ("UPDATE source SET grade = 'recalled'", "the table source."),
    "a payer's name": ("UPDATE payer_match SET value = '1'", "table payer_match."),
    "a table less": ("DROP TABLE payer_match", "the table payer_match."),
    "the file's versions": ("UPDATE meta SET value = '9' WHERE key = 'engine'", "row"),
    "the search index": ("DELETE FROM search_entry_fts_data", "no row"),
    "an index": ("DROP INDEX rule_by_policy", "no row, but its header, an index"),
    "a table more": ("CREATE TABLE more (n)", "no row"),
}


@pytest.mark.parametrize(("sql", "named"), ROWS_CHANGED.values(), ids=ROWS_CHANGED)
def test_a_changed_file_is_refused_and_the_place_named(
    database: Path, sql: str, named: str
) -> None:
    change(database, sql)
    with pytest.raises(ChangedFileError, match="not as payerkb build wrote") as told:
        Engine.open(database)
    assert named in str(told.value)
    assert "payerkb build" in str(told.value)


@pytest.mark.parametrize(("sql", "_named"), ROWS_CHANGED.values(), ids=ROWS_CHANGED)
def test_a_build_mends_a_changed_file(
    database: Path, whole: Path, sql: str, _named: str
) -> None:
    change(database, sql)
    assert build_folder(whole.with_suffix(""), database).written
    assert database.read_bytes() == whole.read_bytes()
    assert build_folder(whole.with_suffix(""), database).up_to_date


OTHER_BYTES: dict[str, Callable[[bytes], bytes]] = {
    "half of it": lambda content: content[: len(content) // 2],
    "its last byte": lambda content: content[:-1],
    "a byte more": lambda content: content + b"\n",
    "a page of zeros": lambda content: content[:8192] + bytes(4096) + content[12288:],
    "two pages for each other": lambda content: (
        content[:8192] + content[12288:16384] + content[8192:12288] + content[16384:]
    ),
    "tables that are no text": lambda content: content.replace(b"CREATE", b"CRE\xc1TE"),
    "no seal": lambda content: content.replace(b"sealsha256", b"sealsha512"),
    "another seal": lambda content: content[:-1].rpartition(b"sealsha256:")[0],
}


@pytest.mark.parametrize("spoilt", OTHER_BYTES.values(), ids=OTHER_BYTES)
def test_spoilt_bytes_are_refused(
    database: Path, whole: Path, spoilt: Callable[[bytes], bytes]
) -> None:
    database.write_bytes(spoilt(database.read_bytes()))
    with pytest.raises(KnowledgeBaseError, match="payerkb build"):
        open_knowledge_base(database)
    assert build_folder(whole.with_suffix(""), database).written
    assert database.read_bytes() == whole.read_bytes()


def test_a_build_mends_another_version_of_tables(database: Path, whole: Path) -> None:
    change(database, "PRAGMA user_version = 1")
    assert build_folder(whole.with_suffix(""), database).written
    assert database.read_bytes() == whole.read_bytes()


def test_nothing_is_named_in_a_whole_file(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        assert misfits(connection) == Misfits()


def test_many_places_are_counted(tmp_path: Path) -> None:
    error = ChangedFileError(tmp_path, tuple("abcde"), ("rule",))
    assert "the rows of policies a, b, c and 2 more, the table rule." in str(error)


def test_rows_of_another_shape_under_a_good_seal_are_told(database: Path) -> None:
    change(
        database,
        f"""UPDATE rule SET ir = '{{"duty": {{}}}}';
        UPDATE meta SET value = '{NO_SEAL}' WHERE key = '{SEAL}'""",
    )
    seal(database)
    rules = [policy.rules for policy in Engine.open(database).program.policies]
    with pytest.raises(KnowledgeBaseError, match=r"another shape.*build --force"):
        list(rules[0])


# Journals and modes -----------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["-wal", "-shm", "-journal"])
@pytest.mark.parametrize("content", [b"", b"garbage"])
def test_a_journal_beside_the_file_is_named_with_its_cure(
    database: Path, suffix: str, content: bytes
) -> None:
    database.with_name(f"kb.db{suffix}").write_bytes(content)
    with pytest.raises(KnowledgeBaseError, match=rf"delete kb\.db{suffix}, and build"):
        open_knowledge_base(database)


def test_an_answer_never_follows_a_journal(database: Path) -> None:
    writer = sqlite3.connect(database)
    writer.execute("PRAGMA journal_mode = WAL")
    writer.execute(LOOSER)
    writer.commit()
    with pytest.raises(KnowledgeBaseError, match=r"kb\.db-wal lies beside"):
        Engine.open(database)
    writer.close()
    with pytest.raises(KnowledgeBaseError, match=r"write-ahead logging.*payerkb build"):
        Engine.open(database)


def test_a_file_that_may_not_be_read_is_told(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object, **_more: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(KnowledgeBaseError, match=r"cannot be read.*Permission denied"):
        open_knowledge_base(database)


def test_one_connection_serves_several_threads(database: Path) -> None:
    found: list[object] = []
    with closing(open_knowledge_base(database)) as connection:

        def read() -> None:
            found.append(connection.execute("SELECT count(*) FROM rule").fetchone()[0])

        reader = threading.Thread(target=read)
        reader.start()
        reader.join()
    assert found == [3]


# Every command ----------------------------------------------------------------------

CLAIM = '{"claim": "C", "payer": "sample", "date": "2026-03-10", "lines": [{"code": "64483"}]}'
COMMANDS: dict[str, Callable[[Path], list[str]]] = {
    "check-claim": lambda claim: ["check-claim", str(claim)],
    "test": lambda _claim: ["test"],
    "matrix": lambda _claim: ["matrix"],
    "quality": lambda _claim: ["quality"],
    "query": lambda _claim: ["query", "show", "limits", "for", "64483"],
    "search": lambda _claim: ["search", "epidural"],
    "audit": lambda _claim: ["audit"],
    "audit --json": lambda _claim: ["audit", "--json"],
    "coverage": lambda _claim: ["coverage"],
    "serve": lambda _claim: ["serve", "--port", "0"],
}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_every_command_refuses_a_changed_file(
    database: Path, tmp_path: Path, command: Callable[[Path], list[str]]
) -> None:
    change(database, LOOSER)
    claim = tmp_path / "claim.json"
    claim.write_text(CLAIM, "utf-8")
    told = CliRunner().invoke(main, [*command(claim), "-d", str(database)])
    assert isinstance(told.exception, SystemExit)
    assert told.exit_code == 2
    assert f"the rows of policy {EPIDURAL}" in told.stderr


def test_audit_names_every_place(database: Path) -> None:
    change(database, f"{LOOSER}; UPDATE source SET grade = 'recalled'")
    told = CliRunner().invoke(main, ["audit", "-d", str(database)])
    assert told.stderr.splitlines()[:-1] == [
        f"changed: policy {EPIDURAL}",
        "changed: table source",
        "changed: table rule",
    ]


def test_site_refuses_a_changed_file(database: Path) -> None:
    change(database, LOOSER)
    with pytest.raises(ServeError, match=EPIDURAL):
        make_datasette(database)
