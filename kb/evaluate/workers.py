"""Parts of the claims, done by several processes and given back in order.

Each worker opens the knowledge base once, and is given one part at a time, so that no pipe
can be full in both directions.  A worker whose program is gone, killed or not, ends by
itself: its pipe has no other end.
"""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, fields
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from multiprocessing.reduction import ForkingPickler
from operator import attrgetter
from types import TracebackType

from dsl.errors import PayerkbError
from kb.claims.model import Claim, ClaimLine, History, HistoryLine, PayerNamed
from kb.evaluate.forms import Form
from kb.evaluate.knowledge import Knowledge
from kb.evaluate.work import Bench, Done, Part
from kb.history.known import KnownHistory

AHEAD = 4
"""Parts for each worker that may be done before an earlier one is."""


class WorkerError(PayerkbError):
    """A process that answered claims failed; the text holds no value of a claim."""


def send_as_values(
    *kinds: type[Claim | ClaimLine | PayerNamed | History | HistoryLine],
) -> None:
    """Let frozen dataclasses go through pipes as their values, in a fifth of the time."""
    for kind in kinds:
        names = [one.name for one in fields(kind)]
        ForkingPickler.register(kind, _by_values(attrgetter(*names)))


def _by_values(values: attrgetter[tuple[object, ...]]) -> Callable[[object], Reduced]:
    return lambda one: (type(one), values(one))


Reduced = tuple[type, tuple[object, ...]]
send_as_values(Claim, ClaimLine, PayerNamed, History, HistoryLine)


@dataclass(frozen=True, slots=True)
class Failed:
    """What a worker sends in place of a part that it could not do."""

    sentence: str


def work(
    pipe: Connection,
    knowledge: Knowledge,
    forms: Sequence[Form],
    known: KnownHistory | None = None,
) -> None:
    """Do parts until there are no more: the whole life of a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the program ends its workers itself
    # The other end is gone: so is the program.
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        try:
            bench = Bench(knowledge.engine(), forms, known)
            while True:
                pipe.send(bench.do(pipe.recv()))
        except (EOFError, BrokenPipeError, ConnectionResetError):
            raise
        except PayerkbError as error:
            pipe.send(Failed(str(error)))
        except Exception as error:
            pipe.send(Failed(_sentence(error)))


def _sentence(error: Exception) -> str:
    place, trace = "payerkb", error.__traceback__
    while trace is not None:
        module = str(trace.tb_frame.f_globals.get("__name__", ""))
        if module.partition(".")[0] in ("dsl", "kb"):
            place = f"{module}:{trace.tb_lineno}"
        trace = trace.tb_next
    kind = type(error).__name__
    return (
        f"This is a fault of the program: {kind} at {place}. Please report this line."
    )


@dataclass(slots=True)
class Workers:
    """Processes that answer claims, for as long as they are needed."""

    knowledge: Knowledge
    forms: Sequence[Form]
    number: int
    known: KnownHistory | None = None
    """The history without its tellings, where claims are answered with one."""
    running: list[SpawnProcess] = field(default_factory=list)
    idle: deque[Connection] = field(default_factory=deque)

    def __enter__(self) -> Workers:
        context = multiprocessing.get_context("spawn")
        with _deaf_to_interrupts():
            for _ in range(self.number):
                mine, theirs = context.Pipe()
                given = (theirs, self.knowledge, self.forms, self.known)
                process = context.Process(target=work, args=given, daemon=True)
                process.start()
                theirs.close()
                self.running.append(process)
                self.idle.append(mine)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in self.running:
            process.terminate()
        for process in self.running:
            process.join()
            process.close()
        for pipe in self.idle:
            pipe.close()

    def do(self, parts: Iterator[Part]) -> Iterator[Done]:
        """Do the parts, and give them back in their order.

        Raises ``WorkerError`` when a worker fails or is ended from outside.
        """
        begun = given = 0
        busy: dict[Connection, int] = {}
        done: dict[int, Done] = {}
        try:
            while True:
                while self.idle and begun - given < AHEAD * self.number:
                    part = next(parts, None)
                    if part is None:
                        break
                    pipe = self.idle.popleft()
                    busy[pipe] = begun
                    begun += 1
                    _send(pipe, part)
                if given in done:
                    yield done.pop(given)
                    given += 1
                    continue
                if not busy:
                    return
                for pipe in _ready(busy):
                    done[busy.pop(pipe)] = _received(pipe)
                    self.idle.append(pipe)
        finally:
            self.idle.extend(busy)


def _ready(busy: Iterable[Connection]) -> list[Connection]:
    return [pipe for pipe in wait(list(busy)) if isinstance(pipe, Connection)]


def _send(pipe: Connection, part: Part) -> None:
    # A worker that failed at once has said why: its answer is read in its turn.
    with suppress(BrokenPipeError, ConnectionResetError):
        pipe.send(part)


def _received(pipe: Connection) -> Done:
    try:
        found = pipe.recv()
    except (EOFError, ConnectionResetError):
        message = (
            "A process that answered claims was ended from outside, as for want of memory."
            " Run the command again, with --resume and fewer --workers."
        )
        raise WorkerError(message) from None
    if isinstance(found, Failed):
        raise WorkerError(found.sentence)
    assert isinstance(found, Done)
    return found


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """What is started meanwhile does not hear Ctrl+C, which goes to all of a terminal."""
    if sys.platform == "win32":
        yield
        return
    try:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    except ValueError:  # another thread than the main one
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
