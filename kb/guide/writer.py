"""The guide written to a folder: each file whole, its first page last."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from dsl.errors import PayerkbError
from kb.database.opening import hash_of
from kb.engine.judge.evaluate import Engine
from kb.guide.addresses import pack_of
from kb.guide.engine_files import engine_files, packed, pyodide_version
from kb.guide.pages import Leaf, Plan, plan_of, states_told
from kb.guide.paper import Papers, printed
from kb.guide.rendering import Press, Told
from kb.guide.search_index import search_json
from kb.read.store import KnowledgeBase, open_knowledge_base
from kb.reference.days import as_of
from kb.tables.shipped_rows import shipped_hash, shipped_rows
from kb.version import __version__
from kb.web.check.page import empty_page
from kb.web.render import site_folder
from kb.whole_files import BESIDE, remove_leftovers, write_whole

MANIFEST = "guide.json"
UNFINISHED = "guide.unfinished.json"
"""What is in a guide's folder until it is whole: the files that may have to go again."""
"""What a guide says of itself, by which a later one knows the folder for its own."""
FIRST_PAGE = "index.html"
STATIC = ("site.css", "cards.css", "print.css", "icon.svg")
OF_CHECK = ("check.css", "check.js")
Progress = Callable[[str, int, int], None]


class GuideError(PayerkbError):
    """The guide cannot be written; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants of a guide."""

    database: Path
    out: Path
    day: date
    pyodide: Path | None = None
    """The folder of Pyodide; without it no claim can be checked in the guide."""
    browser: Path | None = None
    """What prints the PDFs; without it there are pages to print only."""
    states: tuple[str, ...] = ()
    """The states for which contractors' answers are wanted; none means all."""
    replaces: bool = False
    """Whether a guide that stands in the folder may be replaced."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was written."""

    out: Path
    day: date
    sha256: str
    files: int
    size: int
    """Bytes of all files."""
    pages: int
    pyodide: str
    """Its version; empty without the claim check."""
    engine_bytes: int
    """What a browser loads before its first claim check, apart from its page."""
    papers: int
    unprinted: str
    """Why there are fewer PDFs than payers with sheets; empty when there are not."""


def write_guide(wish: Wish, progress: Progress | None = None) -> Report:
    """Write the guide of a knowledge base.

    Raises ``GuideError`` for a folder that holds something else, ``PyodideError``,
    ``kb.read.store.KnowledgeBaseError`` and ``kb.whole_files.NotWrittenError``.
    """
    version = pyodide_version(wish.pyodide) if wish.pyodide else ""
    refuse_other_folders(wish)
    connection = open_knowledge_base(wish.database)
    try:
        refuse_unknown_states(KnowledgeBase(connection), wish.states)
        with as_of(wish.day):
            making = _Making(
                wish, version, KnowledgeBase(connection), progress or _say_nothing
            )
            return making.write(hash_of(connection))
    finally:
        connection.close()


def _say_nothing(_stage: str, _done: int, _total: int) -> None:
    pass


def refuse_other_folders(wish: Wish) -> None:
    """Raise ``GuideError`` when something other than a guide to be replaced is in the way."""
    out = wish.out
    if not out.exists():
        return
    if not out.is_dir():
        raise GuideError(
            f"{out} is a file. Name a folder that is empty or not there yet."
        )
    if (out / UNFINISHED).is_file():
        return  # a program that was stopped has begun this guide
    if all(path.name.startswith(BESIDE) for path in out.iterdir()):
        return
    if (out / MANIFEST).is_file():
        if wish.replaces:
            return
        raise GuideError(
            f"{out} holds a guide already. Replace it with --force, or name another folder."
        )
    raise GuideError(
        f"{out} is not empty, and what it holds is no guide. It stays as it is: name a"
        " folder that is empty or not there yet."
    )


def refuse_unknown_states(kb: KnowledgeBase, wanted: tuple[str, ...]) -> None:
    """Raise ``GuideError`` for a state for which no contractor is loaded."""
    known = {state for own in states_told(kb).values() for state in own}
    for state in wanted:
        if state not in known:
            raise GuideError(
                f"No contractor is loaded for {state}. Write a state in two letters:"
                f" {', '.join(sorted(known)) or 'none is loaded here'}."
            )


class _Making:
    """A guide on its way into its folder."""

    def __init__(
        self, wish: Wish, version: str, kb: KnowledgeBase, progress: Progress
    ) -> None:
        self.wish, self.version, self.kb, self.progress = wish, version, kb, progress
        self.site = site_folder()
        self.sizes: dict[str, int] = {}

    def write(self, sha256: str) -> Report:
        wish, kb = self.wish, self.kb
        plan = plan_of(kb, wish.day, wish.states, checks=bool(self.version))
        before = _files_of(wish.out)
        self._begin(before | {each.place for each in plan.files})
        self._engine()
        engine_bytes = sum(self.sizes.values())
        told = Told(
            day=wish.day.isoformat(),
            sha256=sha256,
            checks=bool(self.version),
            states=states_told(kb, wish.states),
            engine_bytes=engine_bytes,
            papers=self._papers_meant(plan),
        )
        press = Press(kb, self.site, plan.addresses, told)
        self._static()
        self._put(
            "data/search.json.gz", packed(search_json(kb, plan.addresses, wish.day))
        )
        self._entries(press, plan)
        self._files(press, plan)
        papers = self._print(told)
        if papers.why and told.papers:
            told = replace(told, papers=papers.made)
            self._sheets_again(Press(kb, self.site, plan.addresses, told), plan)
        report = Report(
            out=wish.out,
            day=wish.day,
            sha256=sha256,
            files=len(self.sizes) + 2,
            size=sum(self.sizes.values()),
            pages=len(plan.files) + len(plan.entries),
            pyodide=self.version,
            engine_bytes=engine_bytes,
            papers=len(papers.made),
            unprinted=papers.why,
        )
        first = next(each for each in plan.files if each.place == FIRST_PAGE)
        self._put(FIRST_PAGE, press.file(first))
        self._put(MANIFEST, self._manifest(report))
        for name in sorted(before - self.sizes.keys()):
            (wish.out / name).unlink(missing_ok=True)
        for folder in sorted({(wish.out / name).parent for name in self.sizes}):
            remove_leftovers(folder)
        (wish.out / UNFINISHED).unlink(missing_ok=True)
        return replace(report, files=len(self.sizes), size=sum(self.sizes.values()))

    def _begin(self, names: set[str]) -> None:
        """Say that the guide is not whole yet, so that whoever is stopped may go on."""
        self.wish.out.mkdir(parents=True, exist_ok=True)
        told = {"format": "payerkb-guide", "files": dict.fromkeys(sorted(names), 0)}
        write_whole(self.wish.out / UNFINISHED, json.dumps(told, indent=1) + "\n")

    def _put(self, name: str, content: str | bytes) -> None:
        path = self.wish.out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content)
        self.sizes[name] = len(
            content.encode() if isinstance(content, str) else content
        )

    def _engine(self) -> None:
        if self.wish.pyodide is None:
            return
        for name, content in engine_files(
            self.wish.database, self.wish.pyodide, self.site
        ):
            self._put(name, content)

    def _static(self) -> None:
        names = [*STATIC, *(OF_CHECK if self.version else ())]
        own = sorted((self.site / "guide" / "static").iterdir())
        for path in [*(self.site / "static" / name for name in names), *own]:
            if self.version or "check" not in path.name:
                self._put(f"static/{path.name}", path.read_bytes())

    def _entries(self, press: Press, plan: Plan) -> None:
        done = 0
        leaves = sorted(plan.entries, key=_pack)
        for name, own in groupby(leaves, _pack):
            made: dict[str, list[str]] = {}
            for leaf in own:
                entry = press.entry(leaf)
                made[leaf.place.rpartition("/")[2]] = [entry.title, entry.html]
                done += 1
                self.progress("answers", done, len(leaves))
            text = json.dumps(made, ensure_ascii=False, separators=(",", ":"))
            self._put(name, packed(text.encode()))

    def _files(self, press: Press, plan: Plan) -> None:
        rest = [each for each in plan.files if each.place != FIRST_PAGE]
        for done, leaf in enumerate(rest, 1):
            self._put(leaf.place, press.file(self._with_form(leaf)))
            self.progress("pages", done, len(rest))

    def _with_form(self, leaf: Leaf) -> Leaf:
        """The page of the claim check with what its form offers."""
        if leaf.place != "check.html":
            return leaf
        engine = Engine.reading(self.kb.connection)
        engine = engine.with_tables(shipped_rows(), shipped_hash())
        empty = replace(empty_page({}, engine), template="guide/check.html")
        return replace(leaf, build=lambda _kb: empty)

    def _papers_meant(self, plan: Plan) -> dict[str, str]:
        """The PDF of each payer that has sheets, where a browser is to print them."""
        if self.wish.browser is None:
            return {}
        payers = sorted({each.partition("/")[0] for each in plan.addresses.sheets})
        return {each: f"print/{each}.pdf" for each in payers}

    def _print(self, told: Told) -> Papers:
        if self.wish.browser is None:
            return Papers(
                {}, "no browser was found to print them; the pages print as well"
            )
        made: dict[str, str] = {}
        why = ""
        for done, (payer, name) in enumerate(told.papers.items(), 1):
            page = self.wish.out / f"print/{payer}.html"
            content, fault = printed(self.wish.browser, page, self.wish.day)
            if content:
                self._put(name, content)
                made[payer] = name
            else:
                why = fault
                break  # what cannot print one prints none
            self.progress("PDFs", done, len(told.papers))
        return Papers(made, why)

    def _sheets_again(self, press: Press, plan: Plan) -> None:
        """Pages of sheets without a way to the PDFs that could not be printed."""
        for leaf in plan.files:
            if leaf.place.startswith("print/"):
                self._put(leaf.place, press.file(leaf))

    def _manifest(self, report: Report) -> str:
        told: dict[str, Any] = {
            "format": "payerkb-guide",
            "version": __version__,
            "day": report.day.isoformat(),
            "database": report.sha256,
            "pyodide": report.pyodide or None,
            "files": dict(sorted(self.sizes.items())),
        }
        return json.dumps(told, indent=1) + "\n"


def _pack(leaf: Leaf) -> str:
    return pack_of(leaf.place)


def _files_of(out: Path) -> set[str]:
    """The files that earlier guides wrote into a folder, whole or not."""
    names: set[object] = set()
    for place in (MANIFEST, UNFINISHED):
        with suppress(OSError, ValueError, KeyError, TypeError):
            names |= set(json.loads((out / place).read_text("utf-8"))["files"])
    return {each for each in names if isinstance(each, str) and _is_inside(each)}


def _is_inside(name: str) -> bool:
    path = Path(name)
    return not path.is_absolute() and ".." not in path.parts
