"""Answers on their way out: packed for who can unpack, and below a proxy's prefix."""

from __future__ import annotations

import gzip
import re
import zlib
from functools import lru_cache

from kb.http.asgi import Headers, Message, Send

SMALLEST = 800
"""Below so many bytes packing saves nothing."""
LEVEL = 5
TEXTS = (b"text/", b"application/json", b"image/svg+xml", b"application/javascript")
NAMED = re.compile(rb'\b(href|src|action|formaction)="/(?!/)')


@lru_cache(maxsize=64)
def packed(body: bytes) -> bytes:
    """The body packed; kept, since the same pages go out again and again."""
    return packed_once(body)


def packed_once(body: bytes) -> bytes:
    """The body packed, and not kept."""
    return gzip.compress(body, LEVEL, mtime=0)


class Packing:
    """Packs what is text."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.start: Message | None = None
        self.stream: zlib._Compress | None = None

    async def __call__(self, message: Message) -> None:
        """Send on a part of an answer."""
        if message["type"] == "http.response.start":
            self.start = message
            return
        if message["type"] != "http.response.body":
            await self.send(message)
            return
        if self.start is not None:
            message = await self._begin(self.start, message)
            self.start = None
        elif self.stream is not None:
            message = {**message, "body": self._more(message)}
        await self.send(message)

    async def _begin(self, start: Message, message: Message) -> Message:
        headers: Headers = list(start["headers"])
        body, more = message.get("body", b""), message.get("more_body", False)
        if not can_be_packed(start["status"], headers, body, more=more):
            await self.send(start)
            return message
        if more:
            self.stream = zlib.compressobj(LEVEL, wbits=31)
            body = self._more(message)
        else:
            keep = b"no-store" not in dict(headers).get(b"cache-control", b"")
            body = packed(body) if keep else packed_once(body)
        await self.send({**start, "headers": packed_headers(headers, body, more=more)})
        return {**message, "body": body}

    def _more(self, message: Message) -> bytes:
        assert self.stream is not None
        body = self.stream.compress(message.get("body", b""))
        if not message.get("more_body", False):
            body += self.stream.flush()
        return body


def can_be_packed(status: int, headers: Headers, body: bytes, *, more: bool) -> bool:
    """Whether an answer is text, and long enough."""
    named = dict(headers)
    is_text = named.get(b"content-type", b"").startswith(TEXTS)
    is_long = len(body) >= SMALLEST or more
    return status == 200 and is_text and is_long and b"content-encoding" not in named


def packed_headers(headers: Headers, body: bytes, *, more: bool) -> Headers:
    """The headers of a packed answer."""
    made = []
    for name, value in headers:
        if name == b"content-length" and more:
            continue
        if name == b"content-length":
            made.append((name, str(len(body)).encode()))
        else:
            made.append((name, value))
    return [*made, (b"content-encoding", b"gzip")]


class Prefixed:
    """Puts a proxy's prefix before each address that a page names."""

    def __init__(self, send: Send, prefix: str) -> None:
        self.send, self.prefix = send, prefix.encode()
        self.is_html = False
        self.start: Message | None = None
        self.parts: list[bytes] = []

    async def __call__(self, message: Message) -> None:
        """Send on a part of an answer; a page as a whole."""
        if message["type"] == "http.response.start":
            headers = [self._moved(name, value) for name, value in message["headers"]]
            self.is_html = (
                dict(headers).get(b"content-type", b"").startswith(b"text/html")
            )
            self.start = {**message, "headers": headers}
            if not self.is_html:
                await self.send(self.start)
            return
        if not self.is_html or message["type"] != "http.response.body":
            await self.send(message)
            return
        self.parts.append(message.get("body", b""))
        if message.get("more_body", False):
            return
        body = NAMED.sub(rb'\1="' + self.prefix + b"/", b"".join(self.parts))
        assert self.start is not None
        headers = [
            (name, str(len(body)).encode() if name == b"content-length" else value)
            for name, value in self.start["headers"]
        ]
        await self.send({**self.start, "headers": headers})
        await self.send({"type": "http.response.body", "body": body})

    def _moved(self, name: bytes, value: bytes) -> tuple[bytes, bytes]:
        is_ours = name == b"location" and value.startswith(b"/")
        return name, self.prefix + value if is_ours else value
