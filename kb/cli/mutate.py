"""``payerkb mutate``: whether the scenarios notice that a rule says something else."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kb.cli.authoring import (
    about,
    fail_under_option,
    open_workbook,
    policies_meant,
    policy_option,
    progress_bar,
)
from kb.cli.options import database_option, json_option, print_json, stop

if TYPE_CHECKING:
    from kb.mutation.mutants import Mutant
    from kb.proofs.score import Score


@click.command()
@click.argument("name", required=False)
@policy_option
@fail_under_option
@database_option
@json_option
def mutate(
    name: str | None,
    path: str | None,
    fail_under: float,
    database: Path,
    *,
    as_json: bool,
) -> None:
    """Change each rule a little, and see whether a scenario fails.

    A number one more, `at least` for `more than`, a code left out, a date one day
    later: a change that no scenario notices survives, and is listed with its place.
    The score of a policy is the share of changes that were noticed. NAME takes only
    rules, code lists or policies whose name holds it. `payerkb twins` proposes a
    scenario for each survivor.
    """
    from kb.proofs.score import score_policy  # noqa: PLC0415  (only this command)

    book = open_workbook(database)
    with progress_bar() as progress:
        scores = [
            score_policy(
                book.engine,
                policy,
                book.scenarios(policy),
                book.sites,
                wanted=about(name),
                progress=progress,
            )
            for policy in policies_meant(book, path)
        ]
    scores = [score for score in scores if score.verdicts]
    if not scores:
        stop(f"Nothing to change is called `{name}`. Give a part of a rule's name.")
    if as_json:
        print_json([score_json(score) for score in scores])
    else:
        say(scores)
    failed = any(score.percent < fail_under or score.failing for score in scores)
    raise SystemExit(1 if failed else 0)


def mutant_json(mutant: Mutant) -> dict[str, Any]:
    """A mutant for programs."""
    return {
        "file": mutant.site.file,
        "line": mutant.site.line,
        "subject": mutant.subject,
        "operator": mutant.operator,
        "change": mutant.change,
    }


def score_json(score: Score) -> dict[str, Any]:
    """A score for programs."""
    tried = Counter(x.mutant.operator for x in score.verdicts)
    survived = Counter(mutant.operator for mutant in score.survivors)
    return {
        "policy": score.version,
        "killed": score.killed,
        "total": len(score.verdicts),
        "percent": round(score.percent, 1),
        "failing_scenarios": list(score.failing),
        "operators": {
            operator: {"total": total, "killed": total - survived[operator]}
            for operator, total in tried.items()
        },
        "survivors": [mutant_json(mutant) for mutant in score.survivors],
    }


def say(scores: list[Score]) -> None:
    """Print each policy's score and survivors."""
    from kb.mutation.mutants import LEFT_OUT_FOR_GAPS  # noqa: PLC0415

    for score in scores:
        for mutant in score.survivors:
            place = f"{mutant.site.file}:{mutant.site.line}"
            click.echo(f"{place}  {mutant.subject}: {mutant.change}")
        for name in score.failing:
            click.echo(f"{score.version}: scenario {name} fails as it is; left out.")
        click.echo(
            f"{score.version}: {score.killed} of {len(score.verdicts)} changes noticed, "
            f"{score.percent:.1f} percent.\n"
        )
    killed = sum(score.killed for score in scores)
    total = sum(len(score.verdicts) for score in scores)
    click.echo(f"Together {killed} of {total}, {100 * killed / total:.1f} percent.")
    click.echo(f"Left out for gaps: {LEFT_OUT_FOR_GAPS}.")
