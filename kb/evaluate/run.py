"""Files of claims to files of answers: the whole work, with its journal."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Protocol

from kb.claims.causes import json_of_causes
from kb.claims.runs import Found, Run
from kb.engine import Engine
from kb.engine.report.brief import BRIEF_SCHEMA
from kb.engine.report.findings import SCHEMA
from kb.engine.report.texts import compact
from kb.evaluate.earlier import Earlier
from kb.evaluate.forms import Form, form_of, start_of
from kb.evaluate.journal import Journal, Made, Progressed, ResumeError
from kb.evaluate.knowledge import Knowledge
from kb.evaluate.outputs import Output
from kb.evaluate.page import page_of
from kb.evaluate.sources import Source
from kb.evaluate.summary import Summary
from kb.evaluate.together import runs_of
from kb.evaluate.work import Bench, Done, Part
from kb.evaluate.workers import Workers
from kb.history.runs import Asked, with_tellings

SIZE, FIRST = 64, 4
"""Claims that a worker is given at a time; fewer at first, so that an answer comes soon."""
WORTH_IT = 1 << 20
"""Bytes of claims from which on other processes are worth their start."""
OFTEN = 2.0
"""Seconds between two writings of the journal."""
Columns = Callable[[Path, Path], None]
"""Makes a file of columns of one of lines."""
Tell = Callable[[int, int, int], None]
"""Called with claims answered, bytes of the files read, and bytes of all files."""


class Printed(Protocol):
    """Where lines of answers are printed as they are made."""

    def __call__(self, text: str) -> None:
        """Print text that ends its lines itself."""


@dataclass(slots=True)
class Work:
    """What is to be done."""

    sources: Sequence[Source]
    knowledge: Knowledge
    engine: Engine
    outputs: Sequence[Output] = ()
    full: bool = False
    """Whether JSON has whole answers."""
    workers: int = 1
    printed: Printed | None = None
    """Prints the answers as lines, beside the outputs."""
    tell: Tell | None = None
    columns: Columns | None = None
    """Needed where an output is a table of columns."""
    often: float = OFTEN
    worth: int = WORTH_IT
    journal: Journal | None = None
    earlier: Earlier | None = None
    """Earlier claims, where claims are answered with those of their patients."""
    state: Progressed = field(default_factory=Progressed)

    @property
    def growing(self) -> list[Output]:
        """Outputs to which each answer adds something."""
        return [one for one in self.outputs if form_of(one.kind) is not None]

    @property
    def forms(self) -> list[Form]:
        """The form of each output that grows, and of what is printed."""
        found = [form_of(one.kind, full=self.full) for one in self.outputs]
        if self.printed:
            found.append(form_of(".ndjson", full=self.full))
        return [form for form in found if form is not None]

    def made(self) -> Made:
        """What the answers are made from."""
        options = {"--full": str(self.full)}
        options["--history"] = self.earlier.known.sha256() if self.earlier else ""
        options["--out"] = " ".join(one.path.name for one in self.outputs)
        return Made(
            tuple((source.name, source.sha256()) for source in self.sources),
            self.engine.program.database,
            self.knowledge.tables_hash(),
            options,
        )


def go_on_from(work: Work, made: Made) -> None:
    """Take up the work where its journal says that it was left; from its begin without one.

    Raises ``kb.evaluate.journal.ResumeError`` when it was begun with something else.
    """
    found = work.journal.read() if work.journal else None
    if found is None:
        return
    begun, state = found
    if other := begun.differs(made):
        message = (
            f"This work was begun with {other}: it cannot be gone on with. Without"
            " --resume it begins anew."
        )
        raise ResumeError(message)
    work.state = state


def run(work: Work, made: Made | None = None) -> Summary:
    """Answer all claims and write all outputs; what the answers come to.

    Raises ``kb.claims.ClaimFileError``, ``kb.whole_files.NotWrittenError`` and
    ``kb.evaluate.workers.WorkerError``; then the outputs are as they were.
    """
    state = work.state
    if not state.finished:
        _answer(work, made)
        _finish(work)
        state.finished = True
        if work.journal and made:
            work.journal.write(made, state)
    for output in work.outputs:
        output.place()
    if work.journal:
        work.journal.remove()
    return state.summary


def _answer(work: Work, made: Made | None) -> None:
    state, growing = work.state, work.growing
    with ExitStack() as stack:
        for output, size in zip(
            growing, state.sizes or [0] * len(growing), strict=True
        ):
            stack.callback(output.close)
            output.begin(size)
            if not size:
                output.write(start_of(output.kind))
        runs = runs_of(work.sources, work.engine.faults_in)
        parts = in_parts(islice(_asked(work, runs), state.found, None))
        due = time.monotonic() + work.often
        for done in _done(work, parts, stack):
            _keep(work, done)
            if time.monotonic() >= due:
                if work.journal and made:
                    state.sizes = [output.through() for output in growing]
                    work.journal.write(made, state)
                due = time.monotonic() + work.often
        state.sizes = [output.through() for output in growing]


def _asked(work: Work, runs: Iterator[Found]) -> Iterator[Found | Asked]:
    """The runs as they are answered; what was not read of their history comes first."""
    if work.earlier is None:
        return runs
    return chain(work.earlier.said, with_tellings(runs, work.earlier.known))


def _keep(work: Work, done: Done) -> None:
    """Write what is done, and count it."""
    for output, text in zip(work.growing, done.texts, strict=False):
        output.write(text)
        output.flush()
    if work.printed:
        work.printed(done.texts[-1])
    work.state.summary.add(done.summary)
    work.state.found += done.found
    if work.tell:
        sizes = sum(source.size for source in work.sources)
        read = sum(source.at for source in work.sources)
        work.tell(work.state.summary.answers, read, sizes)


def _done(work: Work, parts: Iterator[Part], stack: ExitStack) -> Iterator[Done]:
    size = sum(source.size for source in work.sources)
    known = work.earlier.without_tellings if work.earlier else None
    bench = Bench(work.engine, work.forms, known)
    if work.workers == 1 or size < work.worth:
        return map(bench.do, parts)
    workers = Workers(work.knowledge, work.forms, work.workers, known)
    stack.enter_context(workers)
    # The first part is done here, while the workers start.
    return chain(map(bench.do, islice(parts, 1)), workers.do(parts))


def in_parts(runs: Iterable[Found | Asked]) -> Iterator[Part]:
    """What is found in parts of about as many claims; the first ones are small."""
    part: list[Found | Asked] = []
    claims, most = 0, FIRST
    for found in runs:
        part.append(found)
        run = found.run if isinstance(found, Asked) else found
        claims += len(run.claims) if isinstance(run, Run) else 1
        if claims >= most:
            yield part
            part, claims, most = [], 0, min(SIZE, most * 2)
    if part:
        yield part


def end_of(work: Work) -> str:
    """The last line of answers as lines: their numbers, as ``check-claim`` has them."""
    summary = work.state.summary
    numbers = {
        "answers": summary.answers,
        "bad": summary.faults,
        "remarks": sum(cause.count for cause in summary.remarks.values()),
        "not_read": json_of_causes(summary.bad),
        "outcomes": dict(sorted(summary.claims.items())),
        "as_billed": dict(sorted(summary.as_billed.items())),
        "database": work.engine.program.database,
        "schema": SCHEMA if work.full else BRIEF_SCHEMA,
    }
    return compact({"end": numbers}) + "\n"


def _finish(work: Work) -> None:
    """Make whole files of the parts."""
    sizes = dict(zip(map(id, work.growing), work.state.sizes, strict=True))
    for output in work.outputs:
        match output.kind:
            case ".ndjson":
                _add(output, sizes[id(output)], end_of(work))
            case ".html":
                _add(output, 0, page_of(work.state.summary, work.engine))
            case ".parquet" if work.columns:
                work.columns(output.grows, output.beside)
    if work.printed:
        work.printed(end_of(work))


def _add(output: Output, size: int, text: str) -> None:
    """Write text behind so many good bytes of an output, to its end."""
    output.begin(size)
    output.write(text)
    output.through()
    output.close()
