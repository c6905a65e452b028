"""The socket that a server listens on, and its address for people."""

from __future__ import annotations

import errno
import socket

from dsl.errors import PayerkbError

LAST_PORT = 65535


class ServeError(PayerkbError):
    """Nothing can be served; the text says why and what to do."""


def listening_socket(host: str, port: int) -> socket.socket:
    """A socket that already accepts connections, so that a browser can come at once."""
    if not 0 <= port <= LAST_PORT:
        raise ServeError(_why_not(None, host, port))
    try:
        found = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        family, kind, protocol, _, address = found[0]
        # With its protocol named, the event loop sends small answers without delay.
        made = socket.socket(family, kind, protocol)
        try:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind(address)
            made.listen()
        except OSError:
            made.close()
            raise
    except (OSError, UnicodeError) as error:
        raise ServeError(_why_not(error, host, port)) from None
    return made


def _why_not(error: Exception | None, host: str, port: int) -> str:
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is taken, perhaps by another payerkb. "
            f"Choose another: payerkb serve --port {port + 1}"
        )
    if isinstance(error, OSError) and error.errno == errno.EACCES:
        return f"Port {port} needs more rights. Choose one above 1023."
    return (
        f"{host}, port {port}, is no address of this machine. "
        "Use 127.0.0.1 and a port from 1024 through 65535."
    )


def address_of(host: str, listener: socket.socket) -> str:
    """What to open in the browser."""
    shown = f"[{host}]" if ":" in host else host
    if host in {"0.0.0.0", "::"}:  # noqa: S104  (compared, not bound)
        shown = "localhost"
    return f"http://{shown}:{listener.getsockname()[1]}/"


def is_loopback(listener: socket.socket) -> bool:
    """Whether only this machine can reach the socket."""
    address = str(listener.getsockname()[0])
    return address.startswith("127.") or address == "::1"
