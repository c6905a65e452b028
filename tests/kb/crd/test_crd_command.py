"""``payerkb crd serve``: what it refuses before anything listens."""

from __future__ import annotations

from pathlib import Path

import pytest
import uvicorn
from click.testing import CliRunner

from kb.cli import main
from kb.cli.crd import token_of
from kb.crd.settings import CrdSettings


@pytest.fixture(autouse=True)
def _nothing_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*_given: object, **_more: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(uvicorn.Server, "run", run)
    monkeypatch.delenv("PAYERKB_CRD_TOKEN", raising=False)


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text("a-token-of-the-clinic\n", "utf-8")
    return path


def run(*words: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["crd", "serve", *map(str, words)])
    return result.exit_code, result.output


def test_it_says_where_it_is(shipped_database: Path) -> None:
    code, said = run("-d", shipped_database, "--port", "0")
    assert code == 0
    assert said.startswith("CRD services are at http://127.0.0.1:")


def test_without_a_token_only_this_machine_is_served(
    shipped_database: Path, token_file: Path
) -> None:
    others = ("-d", shipped_database, "--port", "0", "--host", "0.0.0.0")
    code, said = run(*others)
    assert code == 2
    assert "--token-file" in said
    assert "are at" not in said

    code, said = run(*others, "--token-file", token_file)
    assert code == 0
    assert "are at http://localhost:" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--port", "70000"), "0<=x<=65535"),
        (("--max-body-bytes", "1"), "1000<=x"),
        (("--host", "203.0.113.7"), "is no address of this machine"),
        (("--token-file", "none"), "none cannot be read"),
    ],
)
def test_what_cannot_be_served_is_said(
    shipped_database: Path, words: tuple[str, ...], said: str
) -> None:
    code, output = run("-d", shipped_database, *words)
    assert (code, said in output) == (2, True)


def test_a_missing_database_is_said(tmp_path: Path) -> None:
    code, said = run("-d", tmp_path / "none.db")
    assert code == 2
    assert "payerkb build" in said


@pytest.mark.parametrize("token", ["", "short", "two words of a sentence", "é" * 20])
def test_a_token_is_one_long_word(
    shipped_database: Path, token_file: Path, token: str
) -> None:
    token_file.write_text(token, "utf-8")
    code, said = run("-d", shipped_database, "--token-file", token_file)
    assert code == 2
    assert "a token is one word of 16 or more" in said
    assert token not in said.replace(str(token_file), "") or not token


def test_the_environment_may_give_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    assert token_of(None) == ""
    monkeypatch.setenv("PAYERKB_CRD_TOKEN", "a-token-of-the-clinic")
    assert token_of(None) == "a-token-of-the-clinic"


def test_by_default_only_this_machine_is_listened_to() -> None:
    assert CrdSettings().host == "127.0.0.1"
