"""The command line, called as a person calls it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from sqlite3 import Connection

import pytest
from click.testing import CliRunner, Result

from kb.cli import main
from kb.database.opening import hash_of
from kb.engine import Engine
from kb.engine.rows import KeptOpen

from .calls import make_folder

ROOT = Path(__file__).parents[3]
GOOD_POLICY = """\
payer test-payer: Test payer
  line of business: commercial
"""
BAD_POLICIES = {
    "one.policy": "payer a: A\n  line of bizness: commercial\n",
    "two.policy": "rule lost: A rule outside a policy\n  for: 64483\n",
}


@pytest.fixture(autouse=True)
def _each_file_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same bytes make the same engine: commands are run hundreds of times here."""
    read = Engine.reading

    def reading(connection: Connection, _later: KeptOpen | None = None) -> Engine:
        # It outlives the connection, so that nothing may be left for later.
        key = hash_of(connection)
        if not key:
            return read(connection)
        if key not in _READ:
            _READ[key] = read(connection)
        return _READ[key]

    monkeypatch.setattr(Engine, "reading", reading)


_READ: dict[str, Engine] = {}


@pytest.fixture
def payerkb(shipped_database: Path) -> Callable[..., Result]:
    """Runs a command on the shipped policies; a traceback fails the test."""

    def run(*words: str | Path, given: bytes | str | None = None) -> Result:
        result = CliRunner().invoke(
            main,
            [str(word) for word in words],
            input=given,
            env={"PAYERKB_DATABASE": str(shipped_database)},
            prog_name="payerkb",
        )
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert "Traceback" not in result.output
        return result

    return run


@pytest.fixture
def folder(tmp_path: Path) -> Callable[[dict[str, str]], Path]:
    """Makes a folder of policy files."""

    def make(files: dict[str, str]) -> Path:
        made = tmp_path / "some-policies"
        for name, text in files.items():
            path = made / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return made

    return make


@pytest.fixture
def bad_policies(folder: Callable[[dict[str, str]], Path]) -> Path:
    """Two files, each with an error."""
    return folder(BAD_POLICIES)


@pytest.fixture
def good_policies(folder: Callable[[dict[str, str]], Path]) -> Path:
    """One small file without an error."""
    return folder({"payers.policy": GOOD_POLICY})


@pytest.fixture
def fifth_session() -> Path:
    """A claim that is denied."""
    return ROOT / "docs/examples/fifth-session.json"


@pytest.fixture(scope="session")
def made_calls_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Policies, a claim and a database on which every command has work to do."""
    return make_folder(tmp_path_factory.mktemp("calls"))


@pytest.fixture
def calls_folder(
    made_calls_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The same in a folder of the test's own, which is the current one."""
    monkeypatch.delenv("PAYERKB_DEBUG", raising=False)
    monkeypatch.delenv("PAYERKB_DATABASE", raising=False)
    folder = shutil.copytree(made_calls_folder, tmp_path / "calls")
    monkeypatch.chdir(folder)
    return folder
