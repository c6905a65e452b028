"""Messages to the language server that cannot be read: an answer, or a sentence and an end."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kb.editor.desk import Desk
from kb.editor.wire import is_length


def message(method: str, params: Any, number: int | None = None) -> bytes:
    told = {"jsonrpc": "2.0", "method": method, "params": params}
    body = json.dumps(told if number is None else {**told, "id": number}).encode()
    return b"Content-Length: %d\r\n\r\n" % len(body) + body


START = message(
    "initialize", {"capabilities": {}, "processId": None, "rootUri": None}, 1
)


def answered(given: bytes) -> tuple[str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "kb", "lsp"],
        input=START + given,
        capture_output=True,
        check=False,
    )
    return done.stdout.decode(), done.stderr.decode()


def test_bad_parameters_are_answered_with_an_error() -> None:
    bad = [{"a": 1}, [1], "text", None]
    given = [message("textDocument/hover", one, 2 + i) for i, one in enumerate(bad)]
    said, _ = answered(b"".join(given))

    for i in range(len(bad)):
        assert f'"id": {2 + i}' in said
    assert said.count("I cannot read the parameters") >= len(bad)
    assert "Traceback" not in said


@pytest.mark.parametrize("length", ["abc", "1000000000000", "-5", ""])
def test_a_length_that_is_none_ends_the_server_with_a_sentence(length: str) -> None:
    said, why = answered(f"Content-Length: {length}\r\n\r\n{{}}".encode())

    assert '"id": 1' in said
    assert why.startswith("payerkb lsp: I expected `Content-Length:`")
    assert why.count("\n") == 1


def test_lengths_of_messages() -> None:
    assert is_length(b"1")
    assert not is_length(b"0")


def test_an_address_never_leads_out_of_the_folder(tmp_path: Path) -> None:
    desk = Desk(root=tmp_path / "policies")
    inside = (tmp_path / "policies").as_uri()

    assert desk.path_of(f"{inside}/a/b.policy") == "a/b.policy"
    assert desk.path_of(f"{inside}/../evil.policy") == "evil.policy"
    assert desk.path_of(f"{inside}/a/../../../evil.policy") == "evil.policy"
    assert desk.path_of(f"{inside}/%2e%2e/evil.policy") == "evil.policy"
