"""The guide as files: every page is there, every link leads somewhere, the bytes stay."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from html import unescape
from pathlib import Path
from posixpath import dirname, join, normpath
from urllib.parse import unquote

import pytest
from click.testing import CliRunner

from kb.cli import main
from kb.guide.addresses import Addresses, pack_of
from kb.guide.engine_files import PyodideError, pyodide_version
from kb.guide.links import leading_to
from kb.guide.writer import MANIFEST, GuideError, write_guide
from kb.read.families import families
from kb.read.store import KnowledgeBase, open_knowledge_base, payers
from kb.reference.cards import cards_of_payer, codes_of_payer
from tests.kb.guide.conftest import DAY, Guide, wish_of

HREF = re.compile(r'\b(?:href|src|action)="([^"]*)"')
ID = re.compile(r'\bid="([^"]*)"')


@pytest.fixture(scope="module")
def pages(guide: Guide) -> dict[str, str]:
    return guide.pages()


@pytest.fixture(scope="module")
def kb(epidural_database: Path) -> Iterator[KnowledgeBase]:
    with closing(open_knowledge_base(epidural_database)) as connection:
        yield KnowledgeBase(connection)


def target_of(place: str, link: str) -> tuple[str, str]:
    """The page that a link leads to from a page, and the anchor there."""
    before, _, anchor = unescape(link).partition("#")
    if not before:
        return place, unquote(anchor)
    path, mark, query = before.partition("?")
    file = normpath(join(dirname(place.partition("?")[0]), unquote(path)))
    is_entry = mark and file == "read.html"
    return f"{file}?{unquote(query)}" if is_entry else file, unquote(anchor)


def test_every_link_leads_somewhere(guide: Guide, pages: dict[str, str]) -> None:
    anchors = {place: set(ID.findall(html)) for place, html in pages.items()}
    dead = []
    for place, html in pages.items():
        for link in HREF.findall(html):
            if link.startswith(("https://", "http://", "mailto:")):
                continue
            target, anchor = target_of(place, link)
            if target in pages:
                if anchor and unescape(anchor) not in anchors[target]:
                    dead.append((place, link))
            elif not (guide.out / target).is_file():
                dead.append((place, link))

    assert dead == []
    assert len(pages) > 500


def test_no_link_begins_at_the_root_of_a_server(pages: dict[str, str]) -> None:
    rooted = [
        (place, link)
        for place, html in pages.items()
        for link in HREF.findall(html)
        if link.startswith("/")
    ]

    assert rooted == []


def test_every_payer_has_its_page_its_sheets_and_its_answers(
    kb: KnowledgeBase, pages: dict[str, str]
) -> None:
    for payer in payers(kb):
        assert f"payer/{payer.id}.html" in pages
        assert f"print/{payer.id}.html" in pages
        for subject in (*families(kb, DAY), *codes_of_payer(kb, payer.id, DAY)):
            assert f"read.html?answer/{payer.id}/{subject}" in pages


def test_a_state_has_its_own_answers(pages: dict[str, str]) -> None:
    of_state = pages["read.html?answer/medicare-part-b/FL/epidural"]

    assert "First Coast" in of_state
    assert "payer/medicare-part-b/FL.html" in pages["payers.html"]
    assert "payer/medicare-part-b/FL.html" in pages


def test_a_sheet_is_there_for_each_family_that_a_payer_speaks_of(
    kb: KnowledgeBase, pages: dict[str, str]
) -> None:
    for payer in payers(kb):
        cards = cards_of_payer(kb, payer.id, DAY)
        speaking = [each.subject.key for each in cards if not each.is_silent]
        html = pages[f"print/{payer.id}.html"]
        assert re.findall(r'class="a-sheet" id="([^"]+)"', html) == speaking


def test_each_file_names_its_day_and_the_whole_hash(guide: Guide) -> None:
    for path in guide.out.rglob("*.html"):
        html = path.read_text("utf-8")
        assert DAY.isoformat() in html, path
        assert guide.report.sha256 in html, path


def test_a_page_has_no_script_or_style_of_its_own(pages: dict[str, str]) -> None:
    for place, html in pages.items():
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son[a-z]+=\"", html), (
            place
        )


def test_without_pyodide_it_says_so_and_offers_no_claim_check(
    guide: Guide, pages: dict[str, str]
) -> None:
    assert "check.html" not in pages
    assert "made without the claim check" in pages["index.html"]
    assert not (guide.out / "engine").exists()
    assert not any("check" in each.name for each in (guide.out / "static").iterdir())


def test_what_the_guide_lacks_is_text_and_no_link(pages: dict[str, str]) -> None:
    assert "/changes.ics" not in pages["changes.html"]
    assert '<span class="absent"' in pages["changes.html"]
    assert "<form" not in pages["changes.html"].partition("<main")[2]


def test_a_comparison_holds_every_payer_that_speaks(
    kb: KnowledgeBase, pages: dict[str, str]
) -> None:
    for payer in payers(kb):
        spoken = any(
            card.subject.key == "epidural" and not card.is_silent
            for card in cards_of_payer(kb, payer.id, DAY)
        )
        named = f"answer/{payer.id}/epidural" in pages["compare/epidural.html"]
        assert named == spoken


def test_the_search_index_holds_all_that_can_be_asked(
    kb: KnowledgeBase, guide: Guide, pages: dict[str, str]
) -> None:
    index = guide.read("data/search.json.gz")
    codes = kb.rows("SELECT id FROM code WHERE kind IN ('procedure', 'diagnosis')")
    texts = kb.rows(
        "SELECT title FROM search_entry WHERE kind IN ('rule', 'policy', 'source')"
    )

    assert set(index["payers"]) == {each.id for each in payers(kb)}
    assert set(index["families"]) == set(families(kb, DAY))
    assert set(index["codes"]) == {row["id"] for row in codes}
    found = [
        each for each in index["entries"] if each[0] in ("rule", "policy", "source")
    ]
    assert len(found) == len(texts)
    for _kind, title, _subtitle, place, _words in index["entries"]:
        target, _anchor = target_of("index.html", place)
        assert target in pages, title


def test_the_same_base_and_day_give_the_same_bytes(
    guide: Guide, epidural_database: Path, tmp_path: Path
) -> None:
    again = tmp_path / "again"
    write_guide(wish_of(epidural_database, again))

    names = sorted(p.relative_to(again) for p in again.rglob("*") if p.is_file())
    assert names == sorted(
        p.relative_to(guide.out) for p in guide.out.rglob("*") if p.is_file()
    )
    differing = [
        name
        for name in names
        if (again / name).read_bytes() != (guide.out / name).read_bytes()
    ]
    assert differing == []


def test_a_folder_that_holds_something_else_stays(
    epidural_database: Path, tmp_path: Path
) -> None:
    (tmp_path / "mine.txt").write_text("mine", "utf-8")

    with pytest.raises(GuideError, match="is not empty, and what it holds is no guide"):
        write_guide(wish_of(epidural_database, tmp_path, replaces=True))
    assert [each.name for each in tmp_path.iterdir()] == ["mine.txt"]


def test_a_guide_is_replaced_only_when_asked(
    guide: Guide, epidural_database: Path
) -> None:
    with pytest.raises(GuideError, match=r"holds a guide already.*--force"):
        write_guide(wish_of(epidural_database, guide.out))


class _StoppedError(Exception):
    """In the place of a kill."""


def test_a_guide_that_was_stopped_is_made_whole_by_the_next_run(
    epidural_database: Path, tmp_path: Path
) -> None:
    out = tmp_path / "guide"

    def stop(_stage: str, _done: int, _total: int) -> None:
        raise _StoppedError

    with pytest.raises(_StoppedError):
        write_guide(wish_of(epidural_database, out), stop)
    begun = [each.name for each in out.iterdir()]
    report = write_guide(wish_of(epidural_database, out))

    assert MANIFEST not in begun
    assert report.files == sum(each.is_file() for each in out.rglob("*"))
    with pytest.raises(GuideError, match=r"holds a guide already.*--force"):
        write_guide(wish_of(epidural_database, out))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda folder: None, "There is no folder"),
        (lambda folder: folder.mkdir(), "it lacks package.json, pyodide.mjs"),
        (
            lambda folder: (
                (folder / "package").mkdir(parents=True),
                (folder / "package" / "package.json").write_text("{}", "utf-8"),
            ),
            "Did you mean .*package",
        ),
    ],
)
def test_a_folder_that_is_no_pyodide_is_named(
    make: Callable[[Path], object], said: str, tmp_path: Path
) -> None:
    folder = tmp_path / "pyodide"
    make(folder)

    with pytest.raises(PyodideError, match=said) as caught:
        pyodide_version(folder)
    assert "npm pack pyodide" in str(caught.value)


def called(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["guide", *arguments])
    return result.exit_code, result.output


def test_the_command_names_what_is_wrong(
    epidural_database: Path, tmp_path: Path
) -> None:
    database = ("--database", str(epidural_database))
    out = ("--out", str(tmp_path / "out"))

    code, said = called(*database, *out, "--pyodide", str(tmp_path / "none"))
    assert (code, "There is no folder" in said) == (2, True)
    code, said = called(*database, *out, "--state", "ZZ", "--no-pdf")
    assert (code, "No contractor is loaded for ZZ" in said) == (2, True)
    code, said = called("--database", str(tmp_path / "kb.db"), *out)
    assert (code, "There is no knowledge base" in said) == (2, True)
    code, said = called(*database)
    assert (code, "--out" in said) == (2, True)
    assert not (tmp_path / "out").exists()


def test_a_pack_holds_the_pages_below_it() -> None:
    assert pack_of("answer/aetna/64483") == "data/answer/aetna.json.gz"


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("/", "index.html"),
        ("/payer/aetna", "payer/aetna.html"),
        ("/payer/aetna?state=FL", "payer/aetna.html"),
        ("/payer/b?state=FL", "payer/b/FL.html"),
        (
            "/answer/b/64483?state=FL#about-limit",
            "read.html?answer/b/FL/64483#about-limit",
        ),
        ("/answer/b/64483?state=GA", "read.html?answer/b/64483"),
        ("/print/aetna/64483", "print/aetna.html#epidural"),
        ("/compare?payers=aetna&code=64483", "compare/epidural.html?payers=aetna"),
        ("/policy/aetna/esi#rule-x", "read.html?policy/aetna/esi%402026-01-01#rule-x"),
        ("/print/aetna/99213", ""),
        ("/text/aetna/esi.policy#L7", "read.html?policy/aetna/esi%402026-01-01#L7"),
        ("/search?q=a+b", "search.html?q=a+b"),
        ("/static/site.css?v=1", "static/site.css"),
        ("/changes.ics", ""),
        ("/kb/rule", ""),
        ("/payer/nobody", ""),
    ],
)
def test_an_address_of_the_site_has_its_place(address: str, place: str) -> None:
    addresses = Addresses(
        files=frozenset(
            f"{name}.html"
            for name in ("index", "search", "payer/aetna", "payer/b", "payer/b/FL")
        )
        | {"print/aetna.html", "compare/epidural.html"},
        entries=frozenset(
            {"answer/b/FL/64483", "answer/b/64483", "policy/aetna/esi@2026-01-01"}
        ),
        family_of={"64483": "epidural"},
        latest={"aetna/esi": "aetna/esi@2026-01-01"},
        sheets=frozenset({"aetna/epidural"}),
        texts={"aetna/esi.policy": "aetna/esi@2026-01-01"},
    )

    assert addresses.place_of(address) == place


def test_links_are_relative_to_where_the_page_stands() -> None:
    addresses = Addresses(frozenset({"index.html"}), frozenset())
    html = '<a class="x" href="/">Home</a> <a href="/kb">Tables</a> <a href="#a">b</a>'

    made = leading_to(html, addresses, "../")

    assert made == (
        '<a class="x" href="../index.html">Home</a> '
        '<span class="absent" title="only where the site itself is served">Tables</span>'
        ' <a href="#a">b</a>'
    )
