"""Serving: the address, the port, and what a person is told."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from kb.web.render import site_folder
from kb.web.serve import (
    ServeError,
    address_of,
    is_loopback,
    listening_socket,
    serve,
)
from kb.web.settings import Settings

SERVE = (
    "import sys; from pathlib import Path; from kb.web.serve import serve; "
    "from kb.web.settings import Settings; "
)


def test_a_taken_port_is_said_with_another_one() -> None:
    with listening_socket("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            ServeError, match=f"Port {port} is taken.*--port {port + 1}"
        ):
            listening_socket("127.0.0.1", port)


@pytest.mark.parametrize(
    ("host", "port"),
    [
        ("203.0.113.7", 8001),
        ("127.0.0.1", 70000),
        ("127.0.0.1", -1),
        ("no host at all", 1),
    ],
)
def test_an_address_that_is_not_ours_is_said(host: str, port: int) -> None:
    with pytest.raises(ServeError, match="is no address of this machine"):
        listening_socket(host, port)


def test_a_missing_database_is_said_before_anything_listens(tmp_path: Path) -> None:
    with pytest.raises(ServeError, match="payerkb build"):
        serve(tmp_path / "missing.db", Settings(port=0))


def test_small_answers_are_sent_without_delay() -> None:
    with listening_socket("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP


@pytest.mark.parametrize(
    ("host", "shown"),
    [("127.0.0.1", "127.0.0.1"), ("localhost", "localhost"), ("0.0.0.0", "localhost")],
)
def test_the_address_can_be_opened(host: str, shown: str) -> None:
    with listening_socket(host, 0) as listener:
        port = listener.getsockname()[1]
        assert address_of(host, listener) == f"http://{shown}:{port}/"
        assert is_loopback(listener) == (host != "0.0.0.0")


def test_the_configuration_directory_is_found() -> None:
    assert (site_folder() / "datasette.yaml").is_file()


@pytest.mark.parametrize(
    ("host", "warned"), [("127.0.0.1", False), ("0.0.0.0", True)], ids=["here", "open"]
)
def test_a_browser_is_opened_on_request_and_strangers_are_mentioned(
    database: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    host: str,
    warned: bool,
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    monkeypatch.setattr("uvicorn.Server.run", lambda *_args, **_more: None)
    serve(database, Settings(host=host, port=0), open_browser=True)

    said = capsys.readouterr().out
    assert len(opened) == 1
    assert opened[0] in said
    assert ("Every machine" in said) == warned


def test_it_serves_quietly_until_interrupted(database: Path) -> None:
    """A whole process: says where it is, answers, logs no address, ends on Ctrl+C."""
    code = SERVE + "serve(Path(sys.argv[1]), Settings(port=0))"
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(database)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=site_folder().parent,
        env={**os.environ, "PYTHONPATH": str(site_folder().parent)},
    )
    assert process.stdout is not None
    first = process.stdout.readline()
    address = first.split()[3]
    with urllib.request.urlopen(f"{address}search?q=JANE-DOE") as response:
        assert response.status == 200
        served_by = response.headers.get("server", "")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)

    assert first.startswith("payerkb is at http://127.0.0.1:")
    assert "JANE-DOE" not in out + err
    assert "Traceback" not in err
    assert served_by == ""
