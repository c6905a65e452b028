"""The commands together: names, help, options, wrong words, wrong databases."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import Result

from kb.cli import COMMANDS, SUMMARIES, main
from kb.version import __version__

ROOT = Path(__file__).parents[3]
Run = Callable[..., Result]
READING = {
    "check-claim": ("check-claim", "docs/examples/fifth-session.json"),
    "query": ("query", "show payers"),
    "search": ("search", "64483"),
    "test": ("test", "complete-chart"),
}
"""Commands that read a database, with arguments that work."""


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def test_version(payerkb: Run) -> None:
    assert payerkb("--version").stdout == f"payerkb, version {__version__}\n"


@pytest.mark.parametrize("flag", ["-h", "--help"])
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(payerkb: Run, command: str, flag: str) -> None:
    result = payerkb(command, flag)
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: payerkb {command} ")


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_all_says_what_each_says_first(command: str) -> None:
    found = main.get_command(click.Context(main), command)
    assert found is not None
    assert SUMMARIES[command] == found.get_short_help_str(limit=200)


def test_the_help_of_all_imports_no_command() -> None:
    script = (
        "import sys\nfrom kb.cli import main\n"
        "main(['--help'], standalone_mode=False)\n"
        "assert 'kb.cli.check_claim' not in sys.modules\n"
        "assert 'kb.engine' not in sys.modules"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=False
    )
    assert ran.returncode == 0, ran.stderr.decode()


@pytest.mark.parametrize(
    ("command", "unneeded"),
    [
        (
            "check_claim",
            (
                "lark numpy datasette kb.claims.x12.reader kb.claims.fhir.reader"
                " kb.claims.rows.text kb.claims.archives kb.history.known kb.tables.opening"
            ),
        ),
        ("ask", "lark numpy datasette kb.engine kb.claims dsl.base.model dsl.ir.codec"),
    ],
)
def test_a_command_imports_nothing_that_its_question_may_not_need(
    command: str, unneeded: str
) -> None:
    script = (
        f"import sys, kb.cli.{command}\n"
        f"sys.exit(' '.join(set({unneeded!r}.split()) & set(sys.modules)) or 0)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, b"")


def test_no_command_shows_what_there_is(payerkb: Run) -> None:
    result = payerkb()
    assert result.exit_code == 2
    for command in COMMANDS:
        assert f"\n  {command} " in result.output


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("bild", "build"),
        ("chek", "check"),
        ("check-claims", "check-claim"),
        ("seach", "search"),
        ("tests", "test"),
    ],
)
def test_a_misspelt_command_gets_the_nearest(
    payerkb: Run, wrong: str, meant: str
) -> None:
    result = payerkb(wrong)
    assert result.exit_code == 2
    assert f"No such command '{wrong}'. Did you mean '{meant}'?" in result.stderr


def test_a_command_like_no_other_gets_no_guess(payerkb: Run) -> None:
    result = payerkb("xyzzy")
    assert result.exit_code == 2
    assert "Did you mean" not in result.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_an_unknown_option_is_bad_usage(payerkb: Run, command: str) -> None:
    result = payerkb(command, "--nonsense")
    assert result.exit_code == 2
    assert "No such option '--nonsense'" in result.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(("search", "--limit", "0", "x"), "x>=1", id="limit-zero"),
        pytest.param(("search", "--limit", "many", "x"), "integer", id="limit-word"),
        pytest.param(("serve", "--port", "70000"), "0<=x<=65535", id="port"),
        pytest.param(("check-claim",), "Missing argument", id="no-claim-file"),
        pytest.param(("search",), "Missing argument", id="no-words"),
        pytest.param(("schema", "clam"), "not one of", id="schema-name"),
    ],
)
def test_bad_usage(payerkb: Run, words: tuple[str, ...], said: str) -> None:
    result = payerkb(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


@pytest.mark.parametrize("command", READING)
def test_a_good_database_is_read(payerkb: Run, command: str) -> None:
    assert payerkb(*READING[command]).exit_code in (0, 1)


@pytest.mark.parametrize("command", READING)
def test_no_database(payerkb: Run, command: str, tmp_path: Path) -> None:
    result = payerkb(*READING[command], "-d", tmp_path / "none.db")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Make it with: payerkb build" in result.stderr


@pytest.mark.parametrize("command", READING)
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"payer,code\n", id="text"),
        pytest.param(bytes(range(256)) * 40, id="binary"),
    ],
)
def test_a_file_that_is_no_database(
    payerkb: Run, command: str, content: bytes, tmp_path: Path
) -> None:
    database = tmp_path / "kb.db"
    database.write_bytes(content)
    result = payerkb(*READING[command], "-d", database)
    assert (result.exit_code, result.stdout) == (2, "")
    assert str(database) in result.stderr


@pytest.mark.parametrize("command", READING)
def test_a_folder_for_a_database(payerkb: Run, command: str, tmp_path: Path) -> None:
    result = payerkb(*READING[command], "-d", tmp_path)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "is a directory" in result.stderr


@pytest.mark.parametrize("command", READING)
@pytest.mark.parametrize("damage", ["cut", "overwritten"])
def test_a_damaged_database(
    payerkb: Run, command: str, damage: str, tmp_path: Path, shipped_database: Path
) -> None:
    content = bytearray(shipped_database.read_bytes())
    start = 4096 * 3
    content[start:] = b"" if damage == "cut" else b"\x55" * (len(content) - start)
    database = tmp_path / "kb.db"
    database.write_bytes(content)

    result = payerkb(*READING[command], "-d", database)

    assert (result.exit_code, result.stdout) == (2, "")
    assert "is not as payerkb build wrote it" in result.stderr
    assert "Build it again with: payerkb build" in result.stderr


def test_python_dash_m_is_the_same_program() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "kb", "--version"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (0, f"payerkb, version {__version__}\n")


def test_a_reader_that_goes_away_is_no_error() -> None:
    ran = subprocess.run(
        f"'{sys.executable}' -m kb schema claim | head -1",
        cwd=ROOT,
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.stdout, ran.stderr) == ("{\n", "")
