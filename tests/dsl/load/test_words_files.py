"""Files of words: what staff type, and what it stands for."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsl.base.phrases import phrase
from dsl.lint import lint
from dsl.load.folder import load_folder, load_texts
from dsl.load.words import read_words

SHIPPED = Path(__file__).parents[3] / "policies"


def test_a_line_gives_words_for_one_thing_and_goes_on_below() -> None:
    words, faults = read_words(
        "# the trade\nfamily epidural: ESI, epidural  steroid,\n  LESI\nskip: the\n",
        "x.words",
    )

    assert faults == []
    assert [(w.word, w.kind, w.target, w.place.line) for w in words] == [
        ("ESI", "family", "epidural", 2),
        ("epidural steroid", "family", "epidural", 2),
        ("LESI", "family", "epidural", 3),
        ("the", "skip", "", 4),
    ]


def test_a_name_of_many_codes_may_go_on_below_too() -> None:
    words, _faults = read_words("codes 64483\n  64484: TFESI", "x.words")

    assert [(w.word, w.target) for w in words] == [("TFESI", "64483 64484")]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("family epidural", "This is no line of words"),
        ("famly epidural: ESI", "`famly` is no kind of word. Kinds are: payer"),
        ("family: ESI", "`family` needs the name"),
        ("skip this: the", "`skip` takes no name"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_and_the_others_count(
    line: str, said: str
) -> None:
    words, (fault,) = read_words(f"place 11: office\n{line}\nplace 24: ASC", "x.words")

    assert said in fault.message
    assert (fault.file, fault.line) == ("x.words", 2)
    assert [word.word for word in words] == ["office", "ASC"]


def test_a_folder_brings_its_words_and_tells_their_faults(tmp_path: Path) -> None:
    (tmp_path / "good.words").write_text("place 11: office\n", "utf-8")
    (tmp_path / "bad.words").write_text("office\n", "utf-8")

    loaded = load_folder(tmp_path)

    assert [word.word for word in loaded.model.words] == ["office"]
    assert [(d.file, d.code) for d in loaded.diagnostics] == [("bad.words", "P001")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Pre-Auth", "pre auth"),
        ("injections", "Injection"),
        ("what's new", "whats new"),
        ("biopsies", "biopsy"),
    ],
)
def test_case_hyphens_and_plurals_tell_no_words_apart(one: str, other: str) -> None:
    assert phrase(one) == phrase(other)


@pytest.mark.parametrize("word", ["diagnosis", "pus", "cross", "dx"])
def test_what_ends_in_s_is_no_plural_always(word: str) -> None:
    assert phrase(word) == word


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("payer nobody: Nobody", "L080"),
        ("family nothing: none", "L080"),
        ("state ZZ: nowhere", "L080"),
        ("topic weather: rain", "L080"),
        ("place 11: office\nplace 24: Offices", "L081"),
        ("skip: often\ntopic limit: often", "L081"),
        ("place 11: good health", "L082"),
    ],
)
def test_lint_finds_words_that_mislead(text: str, code: str) -> None:
    payer = (
        "payer good: Good\n  line of business: commercial\n  also called: Good Health\n"
    )
    loaded = load_texts([("p.policy", payer), ("w.words", text)])

    found = lint(loaded.model).diagnostics

    assert code in {d.code for d in found if d.file == "w.words"}


def test_the_shipped_words_mislead_nobody() -> None:
    words = [
        (file.name, file.read_text("utf-8"))
        for file in sorted(SHIPPED.rglob("*.words"))
    ]
    read = [read_words(text, name) for name, text in words]

    assert [fault for _words, faults in read for fault in faults] == []
    assert sum(len(found) for found, _faults in read) > 500
