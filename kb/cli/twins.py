"""``payerkb twins``: scenarios that would notice what no scenario notices yet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kb.cli.authoring import (
    about,
    open_workbook,
    policies_meant,
    policy_option,
)
from kb.cli.mutate import mutant_json
from kb.cli.options import database_option, in_words, json_option, print_json
from kb.cli.progress import Progress, progress_bar

if TYPE_CHECKING:
    from kb.engine.program import CompiledPolicy
    from kb.proofs.authoring_session import Workbook
    from kb.proofs.twins import Proposals, Twin


@click.command()
@click.argument("name", required=False)
@policy_option
@database_option
@json_option
def twins(name: str | None, path: str | None, database: Path, *, as_json: bool) -> None:
    """Propose a scenario for each change that `payerkb mutate` found unnoticed.

    Each is like a scenario of the policy with as little changed as can be, and expects
    what the policy says now. Confirm it against the source before you keep it: a twin
    of a wrong rule expects what is wrong. NAME takes only rules, code lists or policies
    whose name holds it.
    """
    book = open_workbook(database)
    with progress_bar() as progress:
        found = [
            proposals_for(book, policy, name, progress)
            for policy in policies_meant(book, path)
        ]
    if as_json:
        print_json([proposals_json(proposals) for proposals in found])
    else:
        say(found)


def proposals_for(
    book: Workbook, policy: CompiledPolicy, name: str | None, progress: Progress
) -> Proposals:
    """The twins of one policy version."""
    from kb.proofs.bench import set_up  # noqa: PLC0415  (only this command)
    from kb.proofs.score import score_bench  # noqa: PLC0415
    from kb.proofs.twins import proposals_of  # noqa: PLC0415

    bench = set_up(book.engine, policy, book.scenarios(policy))
    score = score_bench(bench, book.sites, wanted=about(name), progress=progress)
    names = {worked.name for worked in book.scenarios(policy)}
    return proposals_of(bench, score.survivors, taken=names, progress=progress)


def twin_json(twin: Twin) -> dict[str, Any]:
    """A twin for programs."""
    return {
        "name": twin.worked.name,
        "like": twin.like,
        "file": twin.worked.file,
        "text": twin.text,
        "claim": twin.worked.source,
        "expect": list(twin.worked.expect),
        "kills": [mutant_json(mutant) for mutant in twin.kills],
    }


def proposals_json(proposals: Proposals) -> dict[str, Any]:
    """The twins of a policy for programs."""
    return {
        "policy": proposals.version,
        "twins": [twin_json(twin) for twin in proposals.twins],
        "unmatched": [mutant_json(mutant) for mutant in proposals.unmatched],
    }


def say(found: list[Proposals]) -> None:
    """Print the twins, ready to paste, and what has none."""
    for proposals in found:
        for twin in proposals.twins:
            changes = "; ".join(f"{x.subject}: {x.change}" for x in twin.kills)
            click.echo(f"# {proposals.version}: {changes}\n{twin.text}")
        for mutant in proposals.unmatched:
            place = f"{mutant.site.file}:{mutant.site.line}"
            click.echo(
                f"# {place}  {mutant.subject}: {mutant.change}: no small change of a "
                "scenario was found that tells it apart. Think of a claim that does."
            )
    twins_found = sum(len(proposals.twins) for proposals in found)
    without = sum(len(proposals.unmatched) for proposals in found)
    proposed = in_words(twins_found, "scenario", "scenarios")
    left = in_words(without, "change", "changes")
    click.echo(f"{proposed} proposed; {left} without one.")
    if twins_found:
        click.echo(
            "Each expects what the policy says now. Confirm it against the source "
            "before you keep it."
        )
