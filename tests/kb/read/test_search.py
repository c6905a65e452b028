"""Search: what people type, from codes to half words to nonsense."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.read.search import codes_between, search

Connection = sqlite3.Connection
NORTH = "medicare/north/esi#"


def items(connection: Connection, text: str, kind: str | None = None) -> list[str]:
    return [hit.item for hit in search(connection, text, kind)]


FIRST = [
    ("64483", "64483"),
    ("64483-RT", "64483"),
    ("64483-RT-59", "64483"),
    ("b02.23", "B02.23"),
    ("B0223", "B02.23"),
    ("77002-77003", "77002"),
    ("KX", "KX"),
    ("ART-1", "ART-1"),
    ("sample medicare", "sample-medicare"),
    ("00009", "sample-health"),
]


@pytest.mark.parametrize(("text", "item"), FIRST, ids=[text for text, _item in FIRST])
def test_the_thing_named_comes_first(
    connection: Connection, text: str, item: str
) -> None:
    assert items(connection, text)[0] == item


FOUND = [
    ("64484-RT", "rule", f"{NORTH}four-weeks"),
    ("64493-64495", "rule", "health/facet#approval"),
    ("shingles", "rule", f"{NORTH}four-weeks"),
    ("sentences sessions", "rule", f"{NORTH}sessions"),
    ("appealing", "rule", f"{NORTH}sessions"),
    ('"failed trial"', "rule", f"{NORTH}relief-first"),
    ("limitations 7", "rule", f"{NORTH}sessions"),
    ("N362", "rule", f"{NORTH}sessions"),
    ("B02.7", "policy", "medicare/north/esi"),
    ("WA epidural", "policy", "medicare/north/esi"),
    ("FL facet", "policy", "health/facet"),
    ("WA facet", "policy", None),
    ("spin", "policy", "medicare/north/esi"),
    ("spine", "policy", "medicare/north/esi"),
    ("epidura", "policy", "medicare/north/esi"),
    ("publisher", "source", "LCD-1"),
]


@pytest.mark.parametrize(
    ("text", "kind", "item"), FOUND, ids=[text for text, _kind, _item in FOUND]
)
def test_words_are_found_where_they_stand(
    connection: Connection, text: str, kind: str, item: str | None
) -> None:
    found = items(connection, text, kind)
    assert item in found if item else found == []


@pytest.mark.parametrize("text", ["", " ", '"', "*", "()", "- -", "\x00", "…", "¿"])
def test_text_without_letters_finds_nothing(connection: Connection, text: str) -> None:
    assert search(connection, text) == []


@pytest.mark.parametrize("word", ["AND", "NOT", "NEAR", "OR", "title:"])
def test_operators_are_words(connection: Connection, word: str) -> None:
    assert search(connection, f"{word} zzz") == []


def test_a_code_is_named_once(connection: Connection) -> None:
    assert items(connection, "64483 64483", "code") == ["64483"]


def test_limit_holds(connection: Connection) -> None:
    assert len(search(connection, "session", limit=2)) == 2
    assert search(connection, "session", limit=0) == []


def test_snippet_marks_what_was_found(connection: Connection) -> None:
    (hit,) = [
        hit
        for hit in search(connection, "shingles", "rule")
        if hit.item == f"{NORTH}four-weeks"
    ]
    assert "<mark>Shingles</mark> pain" in hit.snippet_html
    assert "Shingles pain" in hit.snippet
    assert hit.path == "/policy/medicare/north/esi#rule-four-weeks"


def test_rule_of_an_old_version_leads_there(connection: Connection) -> None:
    paths = {hit.item: hit.path for hit in search(connection, "facet", "rule")}
    assert paths == {
        "health/facet#approval": "/policy/health/facet#rule-approval",
        "health/facet#place": "/policy/health/facet#rule-place",
        "health/facet#blocks": "/policy/health/facet@2024-01-01#rule-blocks",
        "health/facet#late-claims": "/policy/health/facet@2024-01-01#rule-late-claims",
    }


def test_rules_of_shared_texts_are_not_entries(connection: Connection) -> None:
    rules = items(connection, "epidural", "rule")
    assert not [item for item in rules if item.startswith("medicare/esi#")]
    assert "medicare/esi" in items(connection, "epidural", "policy")


RANGES = [
    ("64493", "64495", ("64493", "64494", "64495")),
    ("M54.09", "M54.11", ("M54.09", "M54.10", "M54.11")),
    ("G0480", "G0481", ("G0480", "G0481")),
    ("64493", "64493", ()),
    ("64495", "64493", ()),
    ("64493", "6450", ()),
    ("10000", "99999", ()),
    ("M54.1", "N54.1", ()),
]


@pytest.mark.parametrize(("first", "last", "codes"), RANGES)
def test_codes_between(first: str, last: str, codes: tuple[str, ...]) -> None:
    assert codes_between(first, last) == codes


TYPED = st.text(max_size=60) | st.text(
    alphabet="\"'*^()+-:{}, ANDORTNEar64.83\x00\ud800é", max_size=40
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TYPED)
def test_no_text_raises(connection: Connection, text: str) -> None:
    assert len(search(connection, text)) <= 50
