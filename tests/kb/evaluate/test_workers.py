"""Workers: what goes through their pipes, and how they and their program end."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler

import pytest

from kb.claims.model import BadClaim, Claim, History, HistoryLine
from kb.claims.runs import Run
from kb.evaluate import work as working
from kb.evaluate.forms import Lines
from kb.evaluate.knowledge import Knowledge
from kb.evaluate.workers import Failed, WorkerError, Workers, work
from tests.everyday.claims import DAYS, everyday

from .conftest import Json, WorkOf

Ends = tuple[Connection, Connection]


@pytest.fixture
def ends() -> Iterator[Ends]:
    mine, theirs = Pipe()
    before = signal.getsignal(signal.SIGINT)
    yield mine, theirs
    signal.signal(signal.SIGINT, before)
    mine.close()
    theirs.close()


@pytest.fixture
def knowledge(work_of: WorkOf, day: list[Json]) -> Knowledge:
    return work_of(day).knowledge


def claims() -> list[Claim]:
    earlier = HistoryLine("64483", DAYS[0], claim="C-0")
    history = History("complete", lines=(earlier,))
    return [replace(claim, history=history) for claim in everyday(DAYS[0])[::40]]


def test_claims_come_through_a_pipe_as_they_are() -> None:
    part = [Run((claim,), (claim,)) for claim in claims()]
    assert ForkingPickler.loads(ForkingPickler.dumps(part)) == part


def test_a_worker_whose_program_is_gone_ends(ends: Ends, knowledge: Knowledge) -> None:
    mine, theirs = ends
    mine.send([BadClaim("a", "b")])
    mine.close()
    work(theirs, knowledge, [Lines()])


def test_another_knowledge_base_than_the_programs_answers_nothing(
    ends: Ends, knowledge: Knowledge
) -> None:
    mine, theirs = ends
    work(theirs, replace(knowledge, sha256="sha256:0"), [Lines()])
    found = mine.recv()
    assert isinstance(found, Failed)
    assert "was replaced meanwhile" in found.sentence


def test_a_fault_of_the_program_is_told_by_its_place_alone(
    ends: Ends, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise KeyError("SECRET-PATIENT")

    mine, theirs = ends
    monkeypatch.setattr(working, "answered", failing)
    mine.send([Run((claims()[0],))])
    work(theirs, knowledge, [Lines()])
    found = mine.recv()
    assert isinstance(found, Failed)
    assert "KeyError at kb.evaluate.work:" in found.sentence
    assert "SECRET" not in found.sentence


def workers_with(end: Connection, knowledge: Knowledge) -> Workers:
    workers = Workers(knowledge, [Lines()], 1)
    workers.idle.append(end)
    return workers


@pytest.mark.parametrize("sent", [None, Failed("What went wrong.")])
def test_a_worker_that_fails_stops_the_work(
    ends: Ends, knowledge: Knowledge, sent: Failed | None
) -> None:
    mine, theirs = ends
    if sent:
        theirs.send(sent)
    theirs.close()
    parts = iter([[BadClaim("a", "b")]])
    with pytest.raises(WorkerError) as told:
        list(workers_with(mine, knowledge).do(parts))
    said = "What went wrong." if sent else "was ended from outside"
    assert said in str(told.value)
