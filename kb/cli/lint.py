"""``payerkb lint``: domain checks over policies that compile."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path

import click

from dsl.base.diagnostics import Diagnostic
from dsl.lint import CHECKS, Ignore, lint
from dsl.lint.mending import MENDERS, mended
from dsl.lint.unknowns import without_default
from dsl.load.folder import Loaded, load_folder, load_texts
from kb.cli.fmt import compiled
from kb.cli.options import BAD_INPUT, in_words, stop
from kb.cli.policies import policies_of, say_unread
from kb.read.message_pages import message_page
from kb.version import __version__
from kb.whole_files import write_each

FORMATS = ("pretty", "json", "sarif", "github")
SARIF_LEVELS = {"error": "error", "warning": "warning", "note": "note"}


@click.command(name="lint")
@click.argument("policies", required=False, type=click.Path(path_type=Path))
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="pretty", show_default=True
)
@click.option(
    "--today", type=click.DateTime(["%Y-%m-%d"]), help="Day for sources to review."
)
@click.option(
    "--ignored", is_flag=True, help="List what ignore comments silence, with reasons."
)
@click.option(
    "--explain", metavar="CODE", help="Print the page of a check: avoid, prefer, why."
)
@click.option(
    "--notes", is_flag=True, help="Show notes too, not only errors and warnings."
)
@click.option(
    "--fix",
    is_flag=True,
    help=f"Mend {', '.join(sorted(MENDERS))} first; no answer changes.",
)
def lint_command(
    policies: Path | None,
    form: str,
    today: date | None,
    explain: str | None,
    *,
    ignored: bool,
    notes: bool,
    fix: bool,
) -> None:
    """Check policies for what a compiler cannot see.

    Rules that nothing tests, lists that nothing uses, denials without help, holes in
    dates, limits that never decide, and more. POLICIES defaults to ./policies. Above an
    item, `# lint: ignore L012 because: reason` silences a check there. --fix mends what
    changes no answer: it writes the files and goes on with what is left.
    """
    if explain is not None:
        click.echo(page_of(explain), nl=False)
        return
    folder = policies_of(policies)
    loaded = load_folder(folder)
    say_unread(loaded.diagnostics)
    if loaded.has_errors:
        click.echo("These policies have errors; `payerkb check` shows them.", err=True)
        raise SystemExit(BAD_INPUT)
    if fix:
        loaded = mend_folder(folder, loaded)
    found = lint(loaded.model, getattr(today, "date", lambda: None)())
    if ignored:
        say_ignored(found.ignored)
        return
    raised = [d for d in found.diagnostics if d.severity != "note"]
    shown = found.diagnostics if notes or form != "pretty" else raised
    say(shown, form)
    if form == "pretty":
        counts = Counter(d.severity for d in found.diagnostics)
        said = ", ".join(
            in_words(counts[kind], kind, f"{kind}s")
            for kind in ("error", "warning", "note")
        )
        click.echo(f"{said} from {len(CHECKS)} checks; {len(found.ignored)} ignored.")
        if counts["note"] and not notes:
            click.echo("payerkb lint --notes shows the notes.")
        if shown:
            click.echo(f"payerkb lint --explain {shown[0].code} tells more.")
    raise SystemExit(1 if raised else 0)


def mend_folder(folder: Path, loaded: Loaded) -> Loaded:
    """Write the files whose findings can be mended, once every rule is proved unchanged."""
    texts = {file.path: file.text for file in loaded.model.files}
    found = [d for d in lint(loaded.model).diagnostics if d.code in MENDERS]
    changed = mended(found, texts)
    after = load_texts(list((texts | changed).items()))
    before, mended_so = (
        compiled(without_default(m)) for m in (loaded.model, after.model)
    )
    if after.has_errors or before != mended_so:
        stop("Mending would change an answer of a rule. Nothing was written.")
    written = write_each((folder / name, text) for name, text in changed.items())
    failed = {path: reason for path, reason in written if reason}
    for diagnostic in found:
        if folder / diagnostic.file not in failed:
            click.echo(
                f"mended {diagnostic.file}:{diagnostic.line}  {diagnostic.code}",
                err=True,
            )
    if failed:
        stop("\n".join(failed.values()))
    return after


def page_of(code: str) -> str:
    """The page of a check; leaves with 2 when there is no such check."""
    try:
        return message_page(code.upper())
    except KeyError:
        stop(f"There is no check {code}. Checks are: {', '.join(sorted(CHECKS))}.")


def say_ignored(ignored: tuple[Ignore, ...]) -> None:
    """List what is silenced and why."""
    for ignore in ignored:
        click.echo(
            f"{ignore.place.file}:{ignore.place.line}  {ignore.code}  {ignore.reason}"
        )
    click.echo(f"{len(ignored)} ignored.")


def say(diagnostics: tuple[Diagnostic, ...] | list[Diagnostic], form: str) -> None:
    """Print diagnostics in a format."""
    if form == "pretty":
        for diagnostic in diagnostics:
            click.echo(diagnostic.render() + "\n")
    elif form == "github":
        for d in diagnostics:
            level = "notice" if d.severity == "note" else d.severity
            click.echo(
                f"::{level} file={d.file},line={d.line},title={d.code}::{d.message}"
            )
    else:
        shape = as_sarif(diagnostics) if form == "sarif" else as_json(diagnostics)
        click.echo(json.dumps(shape, indent=2, ensure_ascii=False))


def as_json(
    diagnostics: tuple[Diagnostic, ...] | list[Diagnostic],
) -> list[dict[str, object]]:
    """Diagnostics as plain objects."""
    fields = ("code", "severity", "file", "line", "message", "fix")
    return [{name: getattr(d, name) for name in fields} for d in diagnostics]


def as_sarif(
    diagnostics: tuple[Diagnostic, ...] | list[Diagnostic],
) -> dict[str, object]:
    """Diagnostics as SARIF 2.1.0."""
    rules = [
        {
            "id": c.code,
            "name": c.name,
            "shortDescription": {"text": c.title},
            "help": {"text": message_page(c.code), "markdown": message_page(c.code)},
        }
        for c in sorted(CHECKS.values(), key=lambda c: c.code)
    ]
    results = [
        {
            "ruleId": d.code,
            "level": SARIF_LEVELS[d.severity],
            "message": {"text": d.message},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": d.file},
                        "region": {"startLine": d.line},
                    }
                }
            ],
        }
        for d in diagnostics
    ]
    driver = {"name": "payerkb", "version": __version__, "rules": rules}
    return {
        "version": "2.1.0",
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }
