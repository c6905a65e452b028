"""Prose: safe HTML for pages, plain text for search."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.build.prose import LONGEST_PROSE, read_markdown, read_prose

SHOWN = [
    ("", "", ""),
    ("  \n ", "", ""),
    ("Wait.\nThen ask.", "<p>Wait.\nThen ask.</p>\n", "Wait. Then ask."),
    ('He said "no".', "<p>He said &quot;no&quot;.</p>\n", 'He said "no".'),
    ("**four** weeks", "<p><strong>four</strong> weeks</p>\n", "four weeks"),
    ("a < b & c", "<p>a &lt; b &amp; c</p>\n", "a < b & c"),
    ("# One\n\n###### Six", "<h3>One</h3>\n<h6>Six</h6>\n", "One Six"),
    ("Two\n===", "<h3>Two</h3>\n", "Two"),
    (
        "[LCD](https://example.org/a)",
        '<p><a href="https://example.org/a">LCD</a></p>\n',
        "LCD",
    ),
    ("[here](/code/64483)", '<p><a href="/code/64483">here</a></p>\n', "here"),
    ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n", "one two"),
    ("    as typed", "<pre><code>as typed\n</code></pre>\n", "as typed"),
]


@pytest.mark.parametrize(("prose", "html", "text"), SHOWN, ids=[s[0] for s in SHOWN])
def test_prose_becomes_html_and_text(prose: str, html: str, text: str) -> None:
    assert read_prose(prose) == (html, text)


def test_tables_are_rendered() -> None:
    html, text = read_prose("| a | b |\n|---|---|\n| 1 | 2 |")
    assert "<table>" in html
    assert text == "a b 1 2"


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#115;cript:alert(1))",
    "[x](data:text/html,hi)",
    "[x](vbscript:x)",
    "[x](file:///etc/passwd)",
    "[x](//elsewhere.example)",
    "[x](/\\elsewhere.example)",
    "<javascript:alert(1)>",
    "![x](https://elsewhere.example/beacon.png)",
]


@pytest.mark.parametrize("prose", HOSTILE)
def test_hostile_prose_stays_text(prose: str) -> None:
    html = read_prose(prose).html
    assert set(re.findall(r"<(\w+)", html)) <= {"p", "a"}
    for url in re.findall('href="(.*?)"', html):
        assert re.match(r"https://|/(?![/\\])", url)


def test_long_prose_is_cut_and_says_so() -> None:
    html = read_prose("word " * LONGEST_PROSE).html
    assert len(html) < LONGEST_PROSE + 200
    assert "goes on in the policy file" in html


LINE = st.text(alphabet="abZ 019.,;:()'\"/-%$=?_*`[]<>&#|!+~\\\t", max_size=30)


@given(st.lists(LINE, max_size=4).map("\n".join))
def test_short_way_and_library_agree(prose: str) -> None:
    if prose.strip():
        assert read_prose(prose) == read_markdown(prose)


@given(st.text(max_size=200))
def test_any_prose_gives_no_tag_of_its_own(prose: str) -> None:
    tags = re.findall(r"<(/?\w+)", read_prose(prose).html)
    assert not {"script", "img", "iframe", "style"} & set(tags)
