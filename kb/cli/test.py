"""``payerkb test``: run the scenarios that stand in the policies."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from kb.cli.options import database_option, json_option, print_json, reading
from kb.scenarios import ScenarioRun, run_scenarios


@click.command()
@click.argument("name", required=False)
@database_option
@json_option
def test(name: str | None, database: Path, *, as_json: bool) -> None:
    """Run the scenarios that stand in the policies.

    Each is asked of its own policy alone, and of those that it defers to; the scenarios of a
    policy without rules are asked of all. With NAME, only those whose policy or name
    holds it. An empty run is a failure: it
    would prove nothing.
    """
    from kb.engine import Engine  # noqa: PLC0415  (only this command answers claims)

    with reading(database) as connection:
        engine = Engine.open(database)
        runs = list(run_scenarios(connection, engine, name or ""))
    if as_json:
        print_json([{**asdict(run), "passed": run.passed} for run in runs])
    else:
        say(runs)
    raise SystemExit(0 if runs and all(run.passed for run in runs) else 1)


def say(runs: list[ScenarioRun]) -> None:
    """Print each failure with its place, and the count."""
    for run in runs:
        for failure in run.failures:
            click.echo(f"{run.file}:{run.line}  {run.name} ({run.policy}): {failure}")
    failed = sum(not run.passed for run in runs)
    click.echo(f"{len(runs) - failed} scenarios passed, {failed} failed.")
    if not runs:
        click.echo(
            "No scenario was run: that proves nothing, so it counts as a failure."
        )
