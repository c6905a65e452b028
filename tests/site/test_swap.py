"""A rebuilt database is picked up while serving, and no request fails meanwhile."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from datasette.app import Datasette

from kb.build.compiler import build_folder
from kb.web.serve import make_datasette
from kb.web.watch import swap_database
from kb.whole_files import file_mark

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def own_folder(policies: Path, tmp_path: Path) -> Path:
    """Policy files that a test may change."""
    return Path(shutil.copytree(policies, tmp_path / "policies"))


@pytest.fixture
def own_database(own_folder: Path, tmp_path: Path) -> Path:
    """Their database."""
    build_folder(own_folder, tmp_path / "own.db")
    return tmp_path / "own.db"


@pytest_asyncio.fixture(loop_scope="session")
async def own_site(
    own_database: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Datasette]:
    """A site that looks often."""
    monkeypatch.setattr("kb.web.watch.LOOK_EVERY_SECONDS", 0.02)
    made = make_datasette(own_database)
    await made.invoke_startup()
    yield made
    await made.invoke_shutdown()
    made.close()


def rename(folder: Path, old: str, new: str) -> None:
    path = folder / "words.policy"
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")


def is_another(site: Datasette, before: object) -> bool:
    return site.get_database("kb") is not before


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(300):
        while not holds():
            await asyncio.sleep(0.02)


async def test_the_new_content_is_shown_and_no_request_fails(
    own_site: Datasette, own_folder: Path, own_database: Path
) -> None:
    await own_site.start_background_tasks()
    statuses: set[int] = set()
    titles = [(await own_site.client.get("/")).text]
    stop = asyncio.Event()

    async def visit(path: str) -> None:
        while not stop.is_set():
            response = await own_site.client.get(path)
            statuses.add(response.status_code)
            if path == "/":
                titles.append(response.text)
            await asyncio.sleep(0)

    visitors = [
        asyncio.create_task(visit(path))
        for path in ("/", "/code/64483", "/payer/north", "/kb/payer.json")
    ]
    for number in range(1, 4):
        before = own_site.get_database("kb")
        old = "Good Health" if number == 1 else f"Health {number - 1}"
        rename(own_folder, old, f"Health {number}")
        await asyncio.to_thread(build_folder, own_folder, own_database)
        await until(partial(is_another, own_site, before))
        shown = (await own_site.client.get("/")).text
        assert f"Health {number}" in shown
    stop.set()
    await asyncio.gather(*visitors)
    await until(lambda: before._closed)

    assert statuses == {200}
    assert "Good Health" in titles[0]
    assert "Health 3" in titles[-1]


@pytest.mark.parametrize("path", ["/kb/payer.json", "/kb/payer", "/search?q=north"])
async def test_who_began_before_a_swap_is_answered_however_long_it_takes(
    own_site: Datasette,
    own_folder: Path,
    own_database: Path,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
) -> None:
    monkeypatch.setattr("kb.web.watch.LOOK_EVERY_SECONDS", 3600)
    await own_site.client.get("/kb/payer.json")  # the first one starts the site
    before = own_site.get_database("kb")
    began, go_on = asyncio.Event(), asyncio.Event()

    def late(function: Callable[..., Any]) -> Callable[..., Any]:
        async def wait_first(*args: Any, **more: Any) -> Any:
            began.set()
            await go_on.wait()
            return await function(*args, **more)

        return wait_first

    for name in ("ask", "execute"):
        monkeypatch.setattr(before, name, late(getattr(before, name)))
    answer = asyncio.create_task(own_site.client.get(path))
    await began.wait()
    for number in (1, 2):
        old = "Good Health" if number == 1 else "Health 1"
        rename(own_folder, old, f"Health {number}")
        await asyncio.to_thread(build_folder, own_folder, own_database)
        between = own_site.get_database("kb")
        assert await swap_database(own_site, own_database)
    # It may yet ask the one between, which it found when it went on.
    assert not before._closed
    assert not between._closed
    assert "Health 2" in (await own_site.client.get("/")).text
    go_on.set()

    assert (await answer).status_code == 200
    assert before._closed
    assert between._closed


async def test_a_changed_page_gets_a_new_tag(
    own_site: Datasette, own_folder: Path, own_database: Path
) -> None:
    tag = (await own_site.client.get("/about")).headers["etag"]
    rename(own_folder, "Good Health", "Better Health")
    await asyncio.to_thread(build_folder, own_folder, own_database)
    assert await swap_database(own_site, own_database)

    again = await own_site.client.get("/about", headers={"If-None-Match": tag})
    assert again.status_code == 200


async def test_a_file_that_is_no_knowledge_base_is_not_served(
    own_site: Datasette, own_database: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = own_site.get_database("kb")
    other = own_database.with_name("other")
    other.write_bytes(b"not a database" * 100)
    other.replace(own_database)

    assert not await swap_database(own_site, own_database)
    assert own_site.get_database("kb") is before
    assert (await own_site.client.get("/payer/north")).status_code in {200, 503}
    assert "The new database is not used" in caplog.text


async def test_a_changed_file_is_not_served(
    own_site: Datasette, own_database: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = own_site.get_database("kb")
    other = Path(shutil.copy(own_database, own_database.with_name("other")))
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("UPDATE rule SET title = 'Another'")
        connection.commit()
    other.replace(own_database)

    assert not await swap_database(own_site, own_database)
    assert own_site.get_database("kb") is before
    assert "The new database is not used" in caplog.text
    assert "rows of policies" in caplog.text


async def test_no_thread_reads_a_file_that_was_not_checked(
    own_site: Datasette, own_database: Path
) -> None:
    """Each thread opens its connection at its first request: all see the same base."""
    own_database.write_bytes(b"not a database" * 100)
    paths = ["/", "/about", "/payer/north", "/code/64483", "/kb/rule.json"] * 4
    answers = await asyncio.gather(*map(own_site.client.get, paths))

    assert {answer.status_code for answer in answers} == {200}


async def test_the_served_copy_cannot_be_changed(own_site: Datasette) -> None:
    held = own_site.get_database("kb")

    def change(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM rule")

    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await held.execute_fn(change)


async def test_the_copy_is_forgotten_when_it_is_closed(own_database: Path) -> None:
    made = make_datasette(own_database)
    held = made.get_database("kb")
    late = held.connect()
    held.close()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        late.execute("SELECT 1")
    made.close()


async def test_a_file_that_is_taken_away_gives_no_worse_than_a_clear_page(
    own_site: Datasette, own_database: Path
) -> None:
    await own_site.client.get("/")
    own_database.unlink()

    assert file_mark(own_database) is None
    assert not await swap_database(own_site, own_database)
    assert (await own_site.client.get("/payer/north")).status_code in {200, 503}
