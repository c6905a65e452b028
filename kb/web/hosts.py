"""Whose requests are answered: those that come by a name of ours, from a page of ours.

A page of another site can make its own name lead to this machine, and would then be taken
for ours; it cannot make a bare address so.
"""

from __future__ import annotations

from collections.abc import Mapping

from kb.http.names import is_known_name
from kb.web.page import PageProblem
from kb.web.settings import Settings

STRANGE_HOST = PageProblem(
    400,
    "This site does not go by that name",
    "Reach it by the address that payerkb serve printed, or name it in the settings: "
    'hosts = ["..."].',
)
FOREIGN = PageProblem(
    403,
    "Sent from another site",
    "A claim is checked only when it is sent by this site's own page, or by a program.",
)


def is_known_host(host: str, settings: Settings) -> bool:
    """Whether a request came to a name of ours."""
    return is_known_name(host, {*settings.hosts, settings.host.lower()})


def is_from_here(headers: Mapping[bytes, bytes], host: str) -> bool:
    """Whether a form was sent by a page of ours, or by a program.

    Browsers say where a form comes from in two headers; programs send neither.
    """
    site, origin = headers.get(b"sec-fetch-site"), headers.get(b"origin")
    if site is not None and site not in {b"same-origin", b"none"}:
        return False
    if origin is None:
        return True
    scheme, _, from_host = origin.decode("latin-1").partition("://")
    # Behind a proxy the scheme may be another inside; its name and port are the same.
    return scheme in {"http", "https"} and without_port(from_host) == without_port(host)


def without_port(host: str) -> str:
    """A host without a port that goes without saying."""
    return host.lower().removesuffix(":80").removesuffix(":443")
