"""``payerkb schema``: the published JSON Schemas."""

from __future__ import annotations

from importlib.resources import files

import click

SCHEMAS = {
    "claim": ("kb.claims", "claim.schema.json"),
    "crd-response": ("kb.crd", "response.schema.json"),
    "findings": ("kb.engine", "findings.schema.json"),
    "findings-brief": ("kb.engine", "findings-brief.schema.json"),
    "rule": ("dsl.ir", "rule.schema.json"),
}


@click.command()
@click.argument("name", type=click.Choice(sorted(SCHEMAS)))
def schema(name: str) -> None:
    """Print a JSON Schema.

    \b
    claim           what `payerkb check-claim` reads
    crd-response    what `payerkb crd serve` answers
    findings        what `payerkb check-claim --json` prints
    findings-brief  an answer that `payerkb check-claim --ndjson` prints
    rule            a compiled rule, as the database holds it
    """  # noqa: D301  (click reads the character \b)
    package, file = SCHEMAS[name]
    click.echo(files(package).joinpath(file).read_text("utf-8"), nl=False)
