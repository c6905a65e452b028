"""Pages make links of addresses of the web, and of nothing else that a database holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.prose import read_markdown
from kb.web.render import environment

SITE = Path(__file__).parents[2] / "site"


@pytest.mark.parametrize("page", ["parts", "payer", "source"])
def test_every_address_is_asked_whether_it_is_of_the_web(page: str) -> None:
    text = (SITE / "templates" / "kb" / f"{page}.html").read_text("utf-8")

    assert text.count("url is web_address") == text.count('class="out"') > 0


@pytest.mark.parametrize(
    ("address", "is_link"),
    [
        ("https://example.org/a", True),
        ("javascript:alert(1)", False),
        ("data:text/html,hello", False),
        ("//example.org", False),
        ("", False),
        (None, False),
    ],
)
def test_what_is_no_address_of_the_web_is_no_link(
    address: str | None, *, is_link: bool
) -> None:
    asked = environment(SITE).from_string("{% if url is web_address %}link{% endif %}")

    assert asked.render(url=address) == ("link" if is_link else "")


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,a", "//a.b"]
)
def test_prose_makes_no_link_of_them_either(address: str) -> None:
    assert "<a" not in read_markdown(f"[look]({address}) <{address}>").html
