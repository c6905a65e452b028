"""The whole work: its bytes hang on the claims alone, stopped or not, one worker or two."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from kb.claims.json.reader import stream_values
from kb.claims.model import Claim, Remark
from kb.claims.runs import Run
from kb.engine import ClaimAnswer, Engine
from kb.engine.report.brief import brief_json
from kb.engine.report.texts import compact
from kb.evaluate import run as running
from kb.evaluate.answering import answered
from kb.evaluate.earlier import Earlier
from kb.evaluate.journal import Journal, ResumeError
from kb.evaluate.keeping import kept, summary_of
from kb.evaluate.outputs import Output
from kb.evaluate.run import Work, go_on_from, run
from kb.evaluate.together import runs_of
from kb.evaluate.work import Done
from kb.history.known import known_history
from kb.history.runs import runs_with_history

from .conftest import Json, WorkOf

OUT = ("answers.ndjson", "answers.csv")


class Stopped(BaseException):
    """As a signal or a failure would stop the work."""


def answers(path: Path) -> dict[str, str]:
    """The bytes of each answer by its claim."""
    lines = path.read_text("utf-8").splitlines()
    return {
        json.loads(line)["answer"]["claim"]: line
        for line in lines
        if line.startswith('{"answer"')
    }


def written(work: Work) -> dict[str, bytes]:
    return {one.path.name: one.path.read_bytes() for one in work.outputs}


def test_answers_have_the_order_of_the_claims(work_of: WorkOf, day: list[Json]) -> None:
    work = work_of(day[20:], day[:20])
    summary = run(work)

    names = [*answers(work.outputs[0].path)]
    assert names == [claim["claim"] for claim in [*day[20:], *day[:20]]]
    last = json.loads(work.outputs[0].path.read_text("utf-8").splitlines()[-1])
    assert last["end"]["answers"] == summary.answers == 40


def test_the_order_of_files_changes_no_answer(work_of: WorkOf, day: list[Json]) -> None:
    first, second = day[::2], day[1::2]  # the claims of each patient in two files
    one = work_of(first, second, out=("one.ndjson",))
    run(one)
    other = work_of(second, first, out=("other.ndjson",))
    run(other)
    together = work_of(day, out=("together.ndjson",))
    run(together)

    found = answers(one.outputs[0].path)
    assert len(found) == 40
    assert found == answers(other.outputs[0].path)
    assert found == answers(together.outputs[0].path)


@pytest.mark.slow  # two processes open the knowledge base
def test_the_number_of_workers_changes_no_byte(
    work_of: WorkOf, day: list[Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "SIZE", 4)
    alone = work_of(day[::2], [{"claim": "bad"}], day[1::2], out=OUT)
    expected = kept(run(alone)), written(alone)
    together = work_of(day[::2], [{"claim": "bad"}], day[1::2], out=OUT, workers=2)
    together.worth = 0

    assert (kept(run(together)), written(together)) == expected


def test_what_the_command_shares_with_programs(
    work_of: WorkOf, day: list[Json], engine: Engine
) -> None:
    sources = work_of(day, [{"claim": "bad"}]).sources
    runs = list(runs_of(sources, engine.faults_in))
    found = list(answered(runs, engine))
    claims = [c for one in runs if isinstance(one, Run) for c in one.claims]

    assert [one for one in found if isinstance(one, ClaimAnswer)] == [
        *engine.answer(claims)
    ]
    rest = [one for one in runs if not isinstance(one, Run)]
    assert [one for one in found if not isinstance(one, ClaimAnswer)] == rest


def journaled(work: Work) -> Work:
    first = work.outputs[0].path
    work.journal = Journal(first.with_name(f"{first.name}.journal"))
    work.often = 0
    return work


def stopped_after(work: Work, parts: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a work until so many of its parts are written."""
    numbers = count(1)

    def keep(given: Work, done: Done) -> None:
        if next(numbers) > parts:
            # What is written beyond the journal is no part of the answers.
            given.outputs[0].write("half a line")
            raise Stopped
        KEEP(given, done)

    made = work.made()
    with monkeypatch.context() as patched:
        patched.setattr(running, "_keep", keep)
        with pytest.raises(Stopped):
            run(work, made)


KEEP = running._keep


@pytest.mark.parametrize("parts", [0, 1, 4, 9])
def test_a_work_that_was_stopped_comes_to_the_same_bytes(
    work_of: WorkOf,
    day: list[Json],
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    parts: int,
) -> None:
    monkeypatch.setattr(running, "SIZE", 4)
    files = (day[::2], [{"claim": "bad"}], day[1::2])
    past = earlier(day, engine) if parts > 1 else None

    def work_of_files() -> Work:
        work = work_of(*files, out=OUT)
        work.earlier = past
        return work

    whole = work_of_files()
    expected = kept(run(whole)), written(whole)
    for output in whole.outputs:
        output.path.unlink()

    stopped_after(journaled(work_of_files()), parts, monkeypatch)
    assert not any(output.path.exists() for output in whole.outputs)
    again = journaled(work_of_files())
    go_on_from(again, again.made())
    assert bool(again.state.found) == bool(parts)
    assert (kept(run(again, again.made())), written(again)) == expected
    folder = again.outputs[0].path.parent
    assert {path.name for path in folder.iterdir()} == {
        *OUT, "claims-0.ndjson", "claims-1.ndjson", "claims-2.ndjson",
    }  # fmt: skip


def test_a_work_that_was_stopped_while_files_are_put_in_place(
    work_of: WorkOf, day: list[Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = work_of(day, out=OUT)
    run(whole)
    expected = written(whole)
    for output in whole.outputs:
        output.path.unlink()

    begun = journaled(work_of(day, out=OUT))
    monkeypatch.setattr(begun.outputs[1].__class__, "place", placed_but_csv)
    with pytest.raises(Stopped):
        run(begun, begun.made())
    monkeypatch.undo()
    again = journaled(work_of(day, out=OUT))
    go_on_from(again, again.made())
    run(again, again.made())
    assert written(again) == expected


def placed_but_csv(output: Output) -> None:
    output.close()
    if output.kind == ".csv":
        raise Stopped
    output.beside.rename(output.path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("file", "other claim files, or in another order (claims-0.ndjson)"),
        ("order", "other claim files, or in another order"),
        ("database", "another knowledge base"),
        ("full", "another --full"),
        ("out", "another --out"),
    ],
)
def test_nobody_goes_on_with_something_else(
    work_of: WorkOf,
    day: list[Json],
    monkeypatch: pytest.MonkeyPatch,
    change: str,
    said: str,
) -> None:
    stopped_after(journaled(work_of(day[:20], day[20:], out=OUT)), 1, monkeypatch)
    changed = day[:19] if change == "file" else day[:20]
    out = OUT[:1] if change == "out" else OUT
    again = journaled(work_of(changed, day[20:], out=out))
    if change == "order":
        again.sources = again.sources[::-1]
    again.full = change == "full"
    made = again.made()
    if change == "database":
        made = type(made)(made.files, "sha256:0", made.tables, made.options)
    with pytest.raises(ResumeError) as told:
        go_on_from(again, made)
    assert f"begun with {said}:" in str(told.value)


def test_a_journal_that_is_none(work_of: WorkOf, day: list[Json]) -> None:
    work = journaled(work_of(day))
    assert work.journal
    work.journal.path.write_text("{}")
    with pytest.raises(ResumeError, match="is no journal of this version"):
        go_on_from(work, work.made())


def test_a_summary_is_kept_whole(work_of: WorkOf, day: list[Json]) -> None:
    summary = run(work_of(day, [{"claim": "bad"}]))
    assert summary.bad
    assert summary.findings
    told = json.loads(json.dumps(kept(summary)))
    assert summary_of(told) == summary


def earlier(told: list[Json], engine: Engine) -> Earlier:
    """The claims as claims of three weeks before, with a remark on their files."""
    claims = [
        replace(
            one,
            id=f"past-{one.id}",
            lines=tuple(
                replace(line, date=line.date - timedelta(days=21)) for line in one.lines
            ),
        )
        for one in stream_values(told)
        if isinstance(one, Claim)
    ]
    known = known_history(claims, engine.program.payers, state="complete")
    return Earlier(known, (Remark("old.837", "something was left out"),))


@pytest.mark.slow  # two processes open the knowledge base
def test_workers_look_up_the_history_that_one_process_does(
    work_of: WorkOf,
    day: list[Json],
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(running, "SIZE", 4)
    works = [work_of(day, [{"claim": "bad"}], out=OUT) for _ in range(3)]
    works[0].earlier = works[1].earlier = earlier(day, engine)
    works[1].workers, works[1].worth = 2, 0
    found = [(kept(run(work)), written(work)) for work in works]

    assert found[0] == found[1] != found[2]
    first = found[0][1]["answers.ndjson"].partition(b"\n")[0]
    assert b"something was left out" in first


def test_claims_have_the_history_that_is_looked_up(
    work_of: WorkOf, day: list[Json], engine: Engine
) -> None:
    work = work_of(day)
    work.earlier = earlier(day, engine)
    filled = runs_with_history(
        runs_of(work.sources, engine.faults_in), work.earlier.known
    )
    expected = {
        one.claim: compact({"answer": brief_json(one, engine)})
        for one in answered(filled, engine)
        if isinstance(one, ClaimAnswer)
    }
    run(work)
    assert answers(work.outputs[0].path) == expected


def test_another_history_is_another_work(
    work_of: WorkOf, day: list[Json], engine: Engine
) -> None:
    begun = work_of(day)
    with_history = work_of(day)
    with_history.earlier = earlier(day[:2], engine)
    assert begun.made().differs(with_history.made()) == "another --history"
