"""``payerkb diff``: what changed between two states of the policies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from kb.build.compiler import BuildError, build_folder
from kb.cli.known import say_left_out
from kb.cli.options import json_option, print_json, stop
from kb.cli.policies import say_unread
from kb.proofs.authoring_session import Workbook
from kb.proofs.changes import Change, State, changes
from kb.proofs.overlays import OverlayError, as_its_base
from kb.proofs.revisions import RevisionError, export_revision

KINDS = (
    "policy new", "policy ended", "rule new", "rule gone", "value changed",
    "code added", "code removed", "wording only",
)  # fmt: skip


@click.command()
@click.argument("old")
@click.argument("new", required=False)
@click.option(
    "--overlay",
    metavar="POLICY",
    help="Compare a policy of the folder OLD with the text that it is based on.",
)
@json_option
def diff(old: str, new: str | None, overlay: str | None, *, as_json: bool) -> None:
    r"""Compare two states of the policies, and show claims that they answer differently.

    \b
    OLD and NEW are folders, or git revisions with a folder:
      payerkb diff policies-before policies
      payerkb diff HEAD~1:policies policies
      payerkb diff --overlay medicare/noridian/esi policies

    Grouped by what changed. For each change of a rule a witness is looked for among the
    scenarios and small changes of them; none found does not prove that there is none.
    Stricter: every claim found to differ is objected to more in NEW; looser: less;
    different: both occur.
    """
    if (new is None) == (overlay is None):
        stop("Name two states to compare, or one folder and --overlay POLICY.")
    with TemporaryDirectory() as scratch:
        place = Path(scratch)
        with ExitStack() as stack:
            if overlay is not None:
                after = stack.enter_context(folder_of(old, place / "new"))
                before = without_overlay(after, overlay, place / "old")
            else:
                assert new is not None
                before = stack.enter_context(folder_of(old, place / "old"))
                after = stack.enter_context(folder_of(new, place / "new"))
            states = [
                opened(folder, place / f"{i}.db")
                for i, folder in enumerate((before, after))
            ]
            found = list(changes(*states))
    if as_json:
        print_json([asdict(change) for change in found])
    else:
        say(found)
    raise SystemExit(1 if found else 0)


@contextmanager
def folder_of(name: str, scratch: Path) -> Iterator[Path]:
    """The folder named, or that folder as a git revision has it."""
    if Path(name).is_dir():
        yield Path(name)
        return
    revision, colon, folder = name.partition(":")
    if not colon:
        stop(f"{name} is no folder. For a git revision write REVISION:FOLDER.")
    try:
        yield export_revision(Path(folder), revision, scratch, say_left_out)
    except RevisionError as error:
        stop(f"git does not know {name}: {error}")


def without_overlay(folder: Path, policy: str, into: Path) -> Path:
    """The folder with a policy that only repeats what it is based on."""
    try:
        return as_its_base(folder, policy, into)
    except OverlayError as error:
        stop(str(error))


def opened(folder: Path, database: Path) -> State:
    """The policies of a folder, built and opened; leaves with 2 when they have errors."""
    try:
        report = build_folder(folder, database)
    except BuildError as error:
        stop(str(error))
    if report.errors:
        stop(
            f"The policies in {folder} have {report.errors} errors: payerkb check {folder}"
        )
    say_unread(report.diagnostics)
    return State(Workbook.open(database))


def say(found: list[Change]) -> None:
    """Print the changes by kind."""
    for kind in KINDS:
        of_kind = [change for change in found if change.kind == kind]
        if of_kind:
            click.echo(f"{kind}:")
        for change in of_kind:
            click.echo(f"  {change.policy}  {change.rule}".rstrip())
            for sign, text in (("-", change.before), ("+", change.after)):
                if text:
                    click.echo(f"    {sign} {text}")
            say_witness(change)
    if not found:
        click.echo("Nothing changed that a policy says.")


def say_witness(change: Change) -> None:
    """Print the claim that shows a change."""
    if change.kind in ("wording only", "policy new", "policy ended"):
        return
    if change.witness is None:
        click.echo("    no claim was found that it changes")
        return
    seen = change.witness
    line: dict[str, Any] = next(
        (
            x
            for i, x in enumerate(seen.claim["lines"], 1)
            if x.get("line", i) == seen.line
        ),
        {},
    )
    billed = "-".join([str(line.get("code", "")), *line.get("modifiers", [])])
    click.echo(f"    {seen.direction}")
    click.echo(
        f"    witness: like {seen.like}, line {seen.line} {billed} on "
        f"{line.get('date') or seen.claim.get('date')}: {seen.before} -> {seen.after}"
    )
