"""``payerkb test``: run the scenarios that stand in the policies."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kb.cli.options import (
    database_option,
    in_words,
    json_option,
    print_json,
    reading,
)
from kb.proofs.scenarios import ScenarioRun, run_scenarios

if TYPE_CHECKING:
    from kb.engine import Engine


@click.command()
@click.argument("name", required=False)
@click.option(
    "--explain",
    "explained",
    is_flag=True,
    help="Print the whole answer of each scenario, as check-claim does.",
)
@database_option
@json_option
def test(name: str | None, database: Path, *, as_json: bool, explained: bool) -> None:
    """Run the scenarios that stand in the policies.

    Each is asked of its own policy alone, and of those that it defers to; the scenarios of a
    policy without rules are asked of all. With NAME, only those whose policy or name
    holds it. An empty run is a failure: it
    would prove nothing. --explain shows what every rule said, and why.
    """
    from kb.engine import Engine  # noqa: PLC0415  (only this command answers claims)

    with reading(database) as connection:
        engine = Engine.reading(connection)
        runs = list(run_scenarios(connection, engine, name or ""))
    if as_json:
        print_json([as_object(run) for run in runs])
    else:
        if explained:
            explain_all(runs, engine)
        say(runs)
    raise SystemExit(0 if runs and all(run.passed for run in runs) else 1)


def as_object(run: ScenarioRun) -> dict[str, Any]:
    """A run for programs; the claim itself stands in the policy."""
    found = {**asdict(run), "passed": run.passed}
    del found["claim"]
    return found


def explain_all(runs: list[ScenarioRun], engine: Engine) -> None:
    """Print each scenario's answer: every rule that was asked, and why."""
    from kb.claims import read_json_value  # noqa: PLC0415
    from kb.engine.report.explain import explain  # noqa: PLC0415

    for run in runs:
        click.echo(f"{run.file}:{run.line}  {run.name}: {run.title}")
        for answer in engine.only(run.policy).answer(read_json_value(run.claim).claims):
            click.echo(explain(answer, engine, verbose=True))


def say(runs: list[ScenarioRun]) -> None:
    """Print each failure with its place, and the count."""
    for run in runs:
        for failure in run.failures:
            click.echo(f"{run.file}:{run.line}  {run.name} ({run.policy}): {failure}")
    failed = sum(not run.passed for run in runs)
    passed = in_words(len(runs) - failed, "scenario", "scenarios")
    click.echo(f"{passed} passed, {failed} failed.")
    if not runs:
        click.echo(
            "No scenario was run: that proves nothing, so it counts as a failure."
        )
