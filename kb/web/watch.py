"""A database that the build puts in place of the old one is picked up while serving."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

from kb.read.store import KnowledgeBaseError
from kb.web.answers import DATABASE
from kb.web.held import HeldDatabase
from kb.web.serving import serving_of
from kb.whole_files import file_mark

LOOK_EVERY_SECONDS = 0.5
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

    The old one is closed when the requests that may hold it have their answers.
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
    serving_of(datasette).visits.close_after(old.close)
    return True
