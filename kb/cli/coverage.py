"""``payerkb coverage``: what the scenarios have shown of each rule and each date."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kb.cli.authoring import (
    fail_under_option,
    open_workbook,
    policies_meant,
    policy_option,
)
from kb.cli.options import database_option, json_option, print_json, stop

if TYPE_CHECKING:
    from kb.proofs.coverage import PolicyCoverage, RuleCoverage

COLUMNS = (
    ("met", "met"),
    ("not met", "not-met"),
    ("unknown", "unknown"),
    ("exempt", "exempt"),
    ("n/a", "not-applicable"),
    ("gap", "gap"),
)


@click.command()
@click.argument("name", required=False)
@policy_option
@fail_under_option
@database_option
@json_option
def coverage(
    name: str | None,
    path: str | None,
    fail_under: float,
    database: Path,
    *,
    as_json: bool,
) -> None:
    """Show how often scenarios gave each status of each rule.

    The bar: every rule was met and was not met, was unknown where it asks for facts,
    every exception was used, and every date has a scenario on the day before and on
    the day. What is missing is listed. NAME takes only policies whose path holds it.
    """
    from kb.proofs.coverage import cover_policy  # noqa: PLC0415  (only this command)

    book = open_workbook(database)
    found = [
        cover_policy(policy, book.engine.program, book.scenarios(policy))
        for policy in policies_meant(book, path)
        if name is None or name in policy.policy
    ]
    if not found:
        stop(f"No policy has `{name}` in its path.")
    if as_json:
        print_json([coverage_json(covered) for covered in found])
    else:
        say(found)
    raise SystemExit(1 if any(x.percent < fail_under for x in found) else 0)


def coverage_json(covered: PolicyCoverage) -> dict[str, Any]:
    """The coverage of a policy for programs."""
    return {
        "policy": covered.version,
        "scenarios": covered.scenarios,
        "percent": round(covered.percent, 1),
        "wanted": covered.total,
        "missing": [{"subject": s, "what": what} for s, what in covered.missing],
        "rules": [
            {
                "rule": rule.name,
                "id": rule.rule,
                "lines": rule.counts,
                "expectations": rule.named,
                "ways_out": rule.ways_out,
                "missing": list(rule.missing),
            }
            for rule in covered.rules
        ],
        "dates": [
            {
                "subject": found.subject,
                "what": found.what,
                "sides": {day.isoformat(): seen for day, seen in found.sides},
            }
            for found in covered.dates
        ],
    }


def say(found: list[PolicyCoverage]) -> None:
    """Print a table for each policy, and what is missing."""
    for covered in found:
        click.echo(f"{covered.version}: {covered.scenarios} scenarios")
        for line in table(covered.rules):
            click.echo(f"  {line}")
        for subject, what in covered.missing:
            click.echo(f"  missing  {subject}: {what}")
        sides = [seen for x in covered.dates for _day, seen in x.sides]
        click.echo(
            f"  {sum(sides)} of {len(sides)} sides of dates; "
            f"{covered.percent:.1f} percent of the bar\n"
        )


def table(rules: tuple[RuleCoverage, ...]) -> list[str]:
    """The rules with how many lines of scenarios gave each status."""
    width = max([len(rule.name) for rule in rules] + [4])
    head = f"{'rule':<{width}}" + "".join(f"  {title:>7}" for title, _key in COLUMNS)
    return [
        f"{head}  {'asked':>7}",
        *(
            f"{rule.name:<{width}}"
            + "".join(f"  {rule.counts[key] or '-':>7}" for _title, key in COLUMNS)
            + f"  {rule.named or '-':>7}"
            for rule in rules
        ),
    ]
