"""Pages make links of addresses of the web, and of nothing else that a database holds."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from bench.generators import HEAD, rule
from kb.build.compiler import build_folder
from kb.build.prose import read_markdown
from kb.web.render import environment
from kb.web.serve import make_datasette

SITE = Path(__file__).parents[2] / "site"


@pytest.mark.parametrize("page", ["parts", "answer", "source"])
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


@pytest.mark.parametrize("how", ["", "&_stream=on&_dl=1"])
async def test_a_table_as_csv_has_no_formulas(tmp_path: Path, how: str) -> None:
    (tmp_path / "policies").mkdir()
    text = HEAD + rule("few").replace("A rule", '=HYPERLINK("http://evil.example")')
    (tmp_path / "policies" / "a.policy").write_text(text, "utf-8")
    build_folder(tmp_path / "policies", tmp_path / "kb.db")
    site = make_datasette(tmp_path / "kb.db")
    response = await site.client.get(f"/kb/rule.csv?_col=title{how}")

    site.close()
    rows = list(csv.reader(io.StringIO(response.text)))
    assert [row[-1] for row in rows] == ["title", '\'=HYPERLINK("http://evil.example")']
