"""A site that is served by a thread of the tests, for a browser."""

from __future__ import annotations

import asyncio
import faulthandler
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from datasette.app import Datasette

from kb.web.serve import listening_socket

PATIENCE = 60
"""Seconds: what hangs at its end must not hold up a whole run."""


@contextmanager
def served(made: Datasette) -> Iterator[str]:
    """The site's address, for as long as it is served."""
    listener = listening_socket("127.0.0.1", 0)
    config = uvicorn.Config(
        made.app(), log_level="error", lifespan="on", timeout_graceful_shutdown=5
    )
    server = uvicorn.Server(config)
    loops: list[asyncio.AbstractEventLoop] = []

    async def serve() -> None:
        loops.append(asyncio.get_running_loop())
        await server.serve([listener])

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=PATIENCE)
    if thread.is_alive():
        tell_what_it_waits_for(server, loops[0])
    made.close()
    listener.close()


def tell_what_it_waits_for(
    server: uvicorn.Server, loop: asyncio.AbstractEventLoop
) -> None:
    """Print where every thread and every task stands."""
    out = sys.__stderr__
    assert out is not None
    print("The served site does not end.", file=out)
    faulthandler.dump_traceback(file=out)
    state = server.server_state
    print(f"{len(state.connections)} connections, {len(state.tasks)} tasks", file=out)
    for task in asyncio.all_tasks(loop):
        task.print_stack(file=out)
        print(task, file=out, flush=True)
