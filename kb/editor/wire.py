"""What comes over the wire from an editor: headers and parameters that cannot be read."""

from __future__ import annotations

import re
import sys
from typing import Any, BinaryIO

from pygls.exceptions import JsonRpcException
from pygls.protocol import LanguageServerProtocol

BAD_PARAMS = "payerkb/badParams"
"""The request that takes the place of one whose parameters cannot be read."""
LONGEST_MESSAGE = 100_000_000
"""Bytes of a message; a longer length is a broken header, not a policy."""
LENGTH = re.compile(rb"content-length:(.*)", re.IGNORECASE | re.DOTALL)


class EditorProtocol(LanguageServerProtocol):
    """The protocol, in which every request has an answer."""

    def structure_message(self, data: dict[str, Any]) -> Any:  # noqa: ANN401
        """The message; a request with bad parameters becomes one that answers so."""
        try:
            return super().structure_message(data)
        except JsonRpcException:
            if "id" not in data or "method" not in data:
                raise
            bad = {
                "jsonrpc": "2.0",
                "id": data["id"],
                "method": BAD_PARAMS,
                "params": None,
            }
            return super().structure_message(bad)


class Headers:
    """Standard input that ends, with a sentence, at a length that cannot be one.

    After such a header nobody knows where the next message begins.
    """

    def __init__(self, given: BinaryIO) -> None:
        self.given = given

    def readline(self) -> bytes:
        """The next line; nothing, as at the end, after a bad header."""
        line = self.given.readline()
        found = LENGTH.match(line)
        if found is None or is_length(found[1].strip()):
            return line
        sys.stderr.write(
            "payerkb lsp: I expected `Content-Length:` with a number of bytes, at most "
            f"{LONGEST_MESSAGE:,}; I cannot read on, and end.\n"
        )
        return b""

    def read(self, size: int) -> bytes:
        """The bytes of a message."""
        return self.given.read(size)


def is_length(text: bytes) -> bool:
    """Whether a header tells a length that a message may have."""
    return text.isdigit() and len(text) < 12 and 0 < int(text) <= LONGEST_MESSAGE
