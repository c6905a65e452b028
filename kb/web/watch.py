"""A database that the build puts in place of the old one is picked up while serving."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

from kb.read.store import KnowledgeBaseError
from kb.web.answers import DATABASE
from kb.web.held import HeldDatabase
from kb.whole_files import file_mark

LOOK_EVERY_SECONDS = 0.5
KEEP_OLD_SECONDS = 10.0
log = logging.getLogger("payerkb.site")


async def watch_database(datasette: Any) -> None:  # noqa: ANN401  (Datasette is not typed)
    """Swap the database whenever its file changes, until cancelled."""
    path = datasette.get_database(DATABASE).source
    served = file_mark(path)
    await make_ready(datasette)
    while True:
        await asyncio.sleep(LOOK_EVERY_SECONDS)
        found = file_mark(path)
        if found is not None and found != served:
            served = found
            if await swap_database(datasette, path):
                await make_ready(datasette)


async def make_ready(datasette: Any) -> None:  # noqa: ANN401
    """Make the engine now, so that the first who checks a claim need not wait for it."""
    database = datasette.get_database(DATABASE)
    await database.ask(database.engine, aside=True)


async def swap_database(datasette: Any, path: Path) -> bool:  # noqa: ANN401
    """Serve the file now at ``path``; the old one goes on when it is not sound.

    Requests that hold the old database are given time to end before it is closed.
    """
    try:
        new = await asyncio.to_thread(HeldDatabase, datasette, path)
    except KnowledgeBaseError as error:
        log.error("The new database is not used: %s", error)
        return False
    old = datasette.get_database(DATABASE)
    new.name = new.route = DATABASE
    datasette.databases = {**datasette.databases, DATABASE: new}
    await datasette.refresh_schemas(force=True)
    asyncio.get_running_loop().call_later(KEEP_OLD_SECONDS, old.close)
    return True
