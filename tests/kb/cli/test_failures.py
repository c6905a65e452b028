"""Whatever goes wrong: a sentence, an exit code that is never 1, no value of a claim."""

from __future__ import annotations

import errno
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from textwrap import dedent
from typing import Any, NoReturn

import click
import pytest
from click.testing import CliRunner, Result

from kb.cli import COMMANDS, main
from kb.read.store import KnowledgeBaseError

from .calls import CALLS

SECRET = "SECRET-PATIENT"
FAULT = "This is a fault of the program: "


class _InnerError(ValueError):
    """An error whose text is not for people, whatever module it is of."""


_InnerError.__module__ = "kb.inner"

FAILURES: dict[str, tuple[BaseException, int, str]] = {
    "key": (KeyError(SECRET), 2, FAULT + "KeyError at "),
    "value": (ValueError(SECRET), 2, FAULT + "ValueError at "),
    "assertion": (AssertionError(SECRET), 2, FAULT + "AssertionError at "),
    "import": (ImportError(SECRET), 2, FAULT + "ImportError at "),
    "group": (ExceptionGroup(SECRET, [ValueError(SECRET)]), 2, FAULT),
    "generator": (GeneratorExit(SECRET), 2, FAULT),
    "inner": (_InnerError(SECRET), 2, FAULT + "_InnerError at "),
    "decode": (
        UnicodeDecodeError("utf-8", SECRET.encode(), 0, 1, SECRET),
        2,
        FAULT + "UnicodeDecodeError at ",
    ),
    "encode": (UnicodeEncodeError("ascii", SECRET, 0, 1, SECRET), 2, "as ascii."),
    "sqlite": (sqlite3.DatabaseError(SECRET), 2, "SQLite could not go on ("),
    "ours": (KnowledgeBaseError("There is none."), 2, "There is none.\n"),
    "memory": (MemoryError(SECRET), 2, "more memory than there is"),
    "recursion": (RecursionError(SECRET), 2, "nested too deeply"),
    "full": (OSError(errno.ENOSPC, "No space left", "kb.db"), 2, "kb.db: No space"),
    "no name": (OSError(errno.EIO, "Input/output error"), 2, "Input/output error."),
    "handle": (OSError(errno.EIO, "Bad", 7), 2, "Reading or writing failed: Bad."),
    "system": (OSError(SECRET), 2, "Reading or writing failed: OSError."),
    "click file": (click.FileError("a.json", "gone"), 2, "Could not open file"),
    "click": (click.ClickException("That is wrong."), 2, "Error: That is wrong."),
    "usage": (click.UsageError("Not so."), 2, "Error: Not so."),
    "abort": (click.Abort(), 2, "Stopped before the end."),
    "end of input": (EOFError(SECRET), 2, FAULT + "EOFError at "),
    "ctrl-c": (KeyboardInterrupt(SECRET), 130, "Stopped before the end."),
}
"""What is raised, the exit code, and what is said."""


@pytest.fixture
def raising(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs a command whose own function raises an error."""

    def run(command: str, error: BaseException, *before: str, **more: Any) -> Result:
        def fail(**_options: object) -> NoReturn:
            click.echo("the first answer")
            raise error

        module, _, name = COMMANDS[command].partition(":")
        monkeypatch.setattr(getattr(import_module(module), name), "callback", fail)
        words = [*before, command, *CALLS[command]]
        return CliRunner().invoke(main, words, prog_name="payerkb", **more)

    return run


@pytest.mark.parametrize("kind", FAILURES)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_failure_is_a_sentence_and_never_a_finding(
    calls_folder: Path, raising: Callable[..., Result], command: str, kind: str
) -> None:
    error, code, said = FAILURES[kind]
    result = raising(command, error)
    assert (result.exit_code, result.stdout) == (code, "the first answer\n")
    assert said in result.stderr
    assert "Traceback" not in result.output
    assert SECRET not in result.output


@pytest.mark.parametrize("command", COMMANDS)
def test_a_reader_that_went_away_needs_no_sentence(
    calls_folder: Path, raising: Callable[..., Result], command: str
) -> None:
    gone = BrokenPipeError(errno.EPIPE, "Broken pipe")
    result = raising(command, gone)
    assert (result.exit_code, result.stderr) == (141, "")


@pytest.mark.parametrize(
    ("before", "env"),
    [(["--debug"], {}), ([], {"PAYERKB_DEBUG": "1"})],
    ids=["option", "variable"],
)
def test_debug_shows_the_trace_above_the_sentence(
    calls_folder: Path,
    raising: Callable[..., Result],
    before: list[str],
    env: dict[str, str],
) -> None:
    result = raising("check-claim", KeyError(SECRET), *before, env=env)
    assert result.exit_code == 2
    assert result.stderr.startswith("Traceback ")
    assert SECRET in result.stderr
    assert result.stderr.splitlines()[-1].startswith(FAULT)


def test_the_place_named_is_the_innermost_of_ours(
    calls_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dumps = json.dumps

    def fail_at_the_end(*words: Any, **more: Any) -> str:
        if "indent" in more:  # as what is printed is written
            raise KeyError(SECRET)
        return dumps(*words, **more)

    monkeypatch.setattr("json.dumps", fail_at_the_end)
    result = CliRunner().invoke(main, ["search", "64483", "--json"])
    assert result.exit_code == 2
    assert "KeyError at kb.cli.options:" in result.stderr


def test_a_command_that_cannot_be_imported_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(COMMANDS, "check", "kb.cli.no_such_module:check")
    result = CliRunner().invoke(main, ["check"])
    assert result.exit_code == 2
    assert "ModuleNotFoundError at kb.cli:" in result.stderr


# ---------- whole processes ----------


def shell(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A line of bash in which ``payerkb`` is the program."""
    program = f"payerkb() {{ '{sys.executable}' -m kb \"$@\"; }}; {line}"
    return subprocess.run(
        ["bash", "-c", program],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        capture_output=True,
        text=True,
        check=False,
    )


needs_full_device = pytest.mark.skipif(
    not Path("/dev/full").exists(), reason="this system has no /dev/full"
)


@needs_full_device
@pytest.mark.parametrize(
    "words",
    [
        pytest.param("check-claim claim.json --json", id="an-answer"),
        pytest.param("query show payers", id="a-table"),
        pytest.param("schema claim", id="a-long-text"),
        pytest.param("--help", id="help"),
        pytest.param("check --help", id="help-of-a-command"),
        pytest.param("--version", id="version"),
        pytest.param("serve --port 0", id="site"),
    ],
)
def test_a_full_disk_behind_the_output_is_told(calls_folder: Path, words: str) -> None:
    ran = shell(f"payerkb {words} > /dev/full", calls_folder)
    assert ran.returncode == 2
    assert ran.stderr == (
        "Reading or writing failed: No space left on device. "
        "Make room, and run it again.\n"
    )


@needs_full_device
@pytest.mark.parametrize("words", ["nonsense", "check none", "check-claim none.json"])
def test_a_full_disk_behind_the_errors_leaves_the_exit_code(
    calls_folder: Path, words: str
) -> None:
    assert shell(f"payerkb {words} 2> /dev/full", calls_folder).returncode == 2


def test_a_closed_output_is_told(calls_folder: Path) -> None:
    ran = shell("payerkb query show payers >&-", calls_folder)
    assert ran.returncode == 2
    assert ran.stderr.startswith("Error: Standard output is closed.")


@pytest.mark.parametrize("words", ["schema claim", "--help", "check --help"])
def test_a_reader_that_goes_away_is_quiet(calls_folder: Path, words: str) -> None:
    ran = shell(f"payerkb {words} | true; echo ${{PIPESTATUS[0]}}", calls_folder)
    # A short text may be in the pipe before its reader has gone.
    assert (ran.stdout in {"141\n", "0\n"}, ran.stderr) == (True, "")


WAITING = """
import os, signal, sys, tempfile, time
# What is started in the background ignores an interrupt, and so do its children.
signal.signal(signal.SIGINT, signal.default_int_handler)
from kb.cli import main
from kb.cli.schema import schema

def wait(**_words):
    with tempfile.TemporaryDirectory():
        os.kill(os.getpid(), int(sys.argv[1]))
        time.sleep(60)

schema.callback = wait
main(["schema", "claim"])
"""
"""A command that meets a signal while it has a temporary folder."""


@pytest.mark.parametrize(
    ("number", "code", "said"),
    [
        (signal.SIGINT, 130, "Stopped before the end.\n"),
        (signal.SIGTERM, 143, ""),
        (signal.SIGHUP, 129, ""),
    ],
)
def test_a_signal_ends_it_and_leaves_nothing_behind(
    calls_folder: Path, tmp_path: Path, number: signal.Signals, code: int, said: str
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-c", WAITING, str(number.value)],
        cwd=calls_folder,
        env={
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[3]),
            "TMPDIR": str(scratch),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (code, "", said)
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("step", ["make_context", "invoke"])
def test_an_interrupt_beside_the_command_is_no_finding(
    calls_folder: Path, step: str
) -> None:
    """It may come when the options are read and the command has not begun, or is over."""
    ran = python(
        f"""
        from kb.cli import CommandsByName

        done = CommandsByName.{step}

        def interrupted(*words, **named):
            done(*words, **named)
            raise KeyboardInterrupt

        CommandsByName.{step} = interrupted
        """,
        "schema",
        "claim",
        folder=calls_folder,
    )
    assert (ran.returncode, ran.stderr.strip()) == (130, "Stopped before the end.")


# ---------- commands that go on until they are stopped ----------


def test_a_site_that_does_not_start_is_told(calls_folder: Path) -> None:
    ran = python(
        """
        from datasette.app import Datasette

        async def fail(self):
            raise KeyError("SECRET-PATIENT")

        Datasette.invoke_startup = fail
        """,
        "serve",
        "--port",
        "0",
        folder=calls_folder,
    )
    assert ran.returncode == 2
    assert ran.stderr.startswith("The site did not start.")
    assert SECRET not in ran.stdout + ran.stderr


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 143)]
)
def test_a_site_ends_on_a_signal(
    calls_folder: Path, number: signal.Signals, code: int
) -> None:
    """Ctrl+C is how a site is meant to be stopped, so it is no failure."""
    ran = python(
        f"""
        import asyncio, os
        from datasette.app import Datasette

        start = Datasette.invoke_startup

        async def start_and_stop(self):
            await start(self)
            asyncio.get_running_loop().call_later(0.2, os.kill, os.getpid(), {number})

        Datasette.invoke_startup = start_and_stop
        """,
        "serve",
        "--port",
        "0",
        folder=calls_folder,
    )
    assert (ran.returncode, ran.stderr) == (code, "")


@pytest.mark.parametrize("times", [1, 2])
def test_a_site_that_is_interrupted_leaves_nothing_behind(
    calls_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    """The second interrupt waits for no page, but what is open is closed all the same."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    before = sorted(tmp_path.iterdir())
    ran = python(
        f"""
        import asyncio, os, signal, sys
        from datasette.app import Datasette

        start, close = Datasette.invoke_startup, Datasette.close

        def interrupt():
            for _ in range({times}):
                os.kill(os.getpid(), signal.SIGINT)

        async def start_and_stop(self):
            await start(self)
            asyncio.get_running_loop().call_later(0.2, interrupt)

        def closed(self):
            close(self)
            print("closed", file=sys.stderr)

        Datasette.invoke_startup, Datasette.close = start_and_stop, closed
        """,
        "serve",
        "--port",
        "0",
        folder=calls_folder,
    )
    assert (ran.returncode, ran.stderr.replace("closed\n", "")) == (0, "")
    assert "closed\n" in ran.stderr
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    "messages",
    [
        pytest.param([], id="nothing"),
        pytest.param([{"id": 1, "method": "shutdown"}], id="no-exit"),
        pytest.param(
            [{"id": 1, "method": "shutdown"}, {"method": "exit"}],
            id="shutdown-and-exit",
        ),
    ],
)
def test_an_editor_that_leaves_is_no_failure(
    calls_folder: Path, messages: list[dict[str, object]]
) -> None:
    bodies = [json.dumps({"jsonrpc": "2.0", **message}) for message in messages]
    said = "".join(f"Content-Length: {len(body)}\r\n\r\n{body}" for body in bodies)
    ran = python("", "lsp", folder=calls_folder, given=said)
    assert (ran.returncode, ran.stderr) == (0, "")


def python(
    before: str, *words: str, folder: Path, given: str = ""
) -> subprocess.CompletedProcess[str]:
    """A process in which some Python runs before the command."""
    code = f"{dedent(before)}\nfrom kb.cli import main\nmain({list(words)!r})\n"
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_interrupt_while_all_is_imported_is_a_sentence(calls_folder: Path) -> None:
    code = (
        "import builtins; of = builtins.__import__\n"
        "def meet(name, *more, **named):\n"
        "    if name == 'kb.cli':\n"
        "        raise KeyboardInterrupt\n"
        "    return of(name, *more, **named)\n"
        "import kb.__main__ as started\n"
        "builtins.__import__ = meet\n"
        "started.main()\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=calls_folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        capture_output=True,
        text=True,
        check=False,
    )
    said = (ran.returncode, ran.stdout, ran.stderr)
    assert said == (130, "", "Stopped before the end.\n")
