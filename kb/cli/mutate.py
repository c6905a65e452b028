"""``payerkb mutate``: whether the scenarios notice that a rule says something else."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dsl.base.companions import stem
from kb.cli.authoring import (
    about,
    fail_under_option,
    open_workbook,
    policies_meant,
    policy_option,
)
from kb.cli.options import database_option, json_option, print_json, stop
from kb.cli.progress import progress_bar

if TYPE_CHECKING:
    from collections.abc import Callable

    from kb.mutation.mutants import Mutant, Sites
    from kb.proofs.score import Score


@click.command()
@click.argument("name", required=False)
@policy_option
@click.option(
    "--since",
    metavar="REVISION:FOLDER",
    help="Only what stands in files of the folder that changed since a git revision.",
)
@fail_under_option
@database_option
@json_option
def mutate(
    name: str | None,
    path: str | None,
    since: str | None,
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

    changed = changed_files(since) if since is not None else None
    if changed is not None and not changed:
        click.echo(f"No policy file changed since {since}: nothing to try.")
        return
    book = open_workbook(database)
    with progress_bar() as progress:
        scores = [
            score_policy(
                book.engine,
                policy,
                book.scenarios(policy),
                book.sites,
                wanted=in_files(changed, about(name)),
                progress=progress,
            )
            for policy in policies_meant(book, path)
            if changed is None or touched(policy.id, book.sites, changed)
        ]
    scores = [score for score in scores if score.verdicts]
    if not scores and changed is not None:
        click.echo(f"No rule of what is meant changed since {since}: nothing to try.")
        return
    if not scores:
        stop(f"Nothing to change is called `{name}`. Give a part of a rule's name.")
    if as_json:
        print_json([score_json(score) for score in scores])
    else:
        say(scores)
    failed = any(score.percent < fail_under or score.failing for score in scores)
    raise SystemExit(1 if failed else 0)


def changed_files(since: str) -> frozenset[str]:
    """The policy files changed since ``REVISION:FOLDER``; leaves with 2 without git."""
    from kb.proofs.revisions import RevisionError, changed_since  # noqa: PLC0415

    revision, colon, folder = since.partition(":")
    if not (revision and colon and folder):
        stop(f"`{since}` is no revision with a folder. Write `HEAD:policies`.")
    try:
        return changed_since(Path(folder), revision)
    except RevisionError as error:
        stop(f"{since} cannot be read: {error}")


def touched(version: str, sites: Sites, changed: frozenset[str]) -> bool:
    """Whether a policy version or one of its rules stands in a file that changed."""
    own = [site for key, site in sites.policies.items() if key == version]
    rules = [site for key, site in sites.rules.items() if key.startswith(f"{version}#")]
    return any(stem(site.file) in changed for site in (*own, *rules))


def in_files(
    changed: frozenset[str] | None, meant: Callable[[Mutant], bool]
) -> Callable[[Mutant], bool]:
    """The mutants that are meant, and of these those that stand in changed files.

    One of a policy whose own file or scenarios changed stands in them too: its scenarios
    may no longer notice what an inherited rule says.
    """

    def wanted(mutant: Mutant) -> bool:
        return meant(mutant) and (
            changed is None
            or stem(mutant.site.file) in changed
            or mutant.policy.policy in changed
        )

    return wanted


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
