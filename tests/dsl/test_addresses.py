"""Addresses of documents are of the web, and nothing else."""

from __future__ import annotations

import pytest

from bench.generators import HEAD, rule
from dsl.load.folder import load_texts
from dsl.resolve.addresses import is_web_address


@pytest.mark.parametrize(
    ("address", "fix"),
    [
        ("javascript:alert('source')", ""),
        ("JaVaScRiPt:alert(1)", ""),
        ("data:text/html,hello", ""),
        ("file:///etc/passwd", ""),
        ("vbscript:x", ""),
        ("ftp://example.org/a.pdf", ""),
        ("//example.org/a", "url: https://example.org/a"),
        ("example.org/a.pdf", "url: https://example.org/a.pdf"),
        ("https:///nowhere", ""),
        ("https://", ""),
        ("https:example.org", ""),
        ("https://example.org\\@evil.example", ""),
        ("https://example.org@evil.example/", ""),
        ("https://example.org/a b", ""),
        ('https://example.org/"onclick=', ""),
        ("https://example.org:no/", ""),
        ("http://[::1", ""),
    ],
)
def test_what_is_no_address_of_the_web_is_an_error_at_its_line(
    address: str, fix: str
) -> None:
    text = (HEAD + rule("few")).replace("https://example.org/", address)
    loaded = load_texts([("a.policy", text)])
    (found,) = loaded.diagnostics

    assert (found.code, found.source.strip(), found.fix) == (
        "P038",
        f"url: {address}",
        fix,
    )
    assert loaded.model.sources[0].url == ""


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org",
        "http://example.org/",
        "HTTPS://Example.org:8443/a/b.pdf?c=d&e=(f)#page=2",
        "https://localhost/a,b;c~d",
    ],
)
def test_addresses_of_the_web_are_addresses(address: str) -> None:
    assert is_web_address(address)
