"""``payerkb fmt``: policy files in the one style."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import unified_diff
from pathlib import Path

import click

from dsl.base.companions import is_scenarios, scenarios_beside
from dsl.base.diagnostics import Diagnostic
from dsl.base.model import Model
from dsl.format.companions import part
from dsl.format.formatter import FormatError, format_text
from dsl.load.folder import load_folder, load_texts
from dsl.load.policy_files import UnreadableError, policy_files_in, read_policy, shown
from kb.cli.options import BAD_INPUT, in_words
from kb.cli.policies import policies_of, say_unread
from kb.whole_files import NotWrittenError, place_of, write_each


@dataclass(frozen=True, slots=True)
class Formatted:
    """A file with its text before and after."""

    path: Path
    before: str
    after: str

    @property
    def changed(self) -> bool:
        """Whether the style was another."""
        return self.before != self.after


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.option(
    "--check", is_flag=True, help="Write nothing; exit 1 when a file would change."
)
@click.option("--diff", is_flag=True, help="Write nothing; show what would change.")
@click.option(
    "--split-scenarios",
    "split",
    is_flag=True,
    help="Move the scenarios of each NAME.policy into NAME.scenarios beside it.",
)
def fmt(paths: tuple[Path, ...], *, check: bool, diff: bool, split: bool) -> None:
    """Put policy files in the one style.

    There are no options to the style. PATHS are files or folders; without them
    ./policies. Before a file is written it is proved that it says the same: equal tree,
    every comment kept, stable when formatted again, and the compiled rules of its
    folder equal. A file with errors is left alone.

    --split-scenarios moves scenarios out of the policy files, so that these hold what a
    reader of the policy wants: the order stays, and so does every claim and answer.
    """
    roots = paths or (policies_of(None),)
    files, told = policy_files(roots)
    say_unread(told)
    found, refused = parted(files) if split else formatted(files)
    changed = [file for file in found if file.changed]
    for root in roots:
        if root.is_dir() and not same_rules(root, changed):
            refused.append(f"{root}: formatting would change a compiled rule.")
            changed = []
    if not check and not diff:
        failed = written(changed)
        refused += failed.values()
        changed = [file for file in changed if file.path not in failed]
    report(changed, refused, len(found), check=check, diff=diff)
    if refused or any(one.severity == "error" for one in told):
        raise SystemExit(BAD_INPUT)
    raise SystemExit(1 if changed and (check or diff) else 0)


def policy_files(roots: tuple[Path, ...]) -> tuple[list[Path], list[Diagnostic]]:
    """The files given and those below the folders given; what is told of others there."""
    files: list[Path] = []
    told: list[Diagnostic] = []
    for root in roots:
        if root.is_dir():
            listing = policy_files_in(root)
            files += (file.path for file in listing.files)
            told += listing.told
        else:
            files.append(root)
    return files, told


def formatted(files: list[Path]) -> tuple[list[Formatted], list[str]]:
    """The files with their texts in style, and why the others have none."""
    found: list[Formatted] = []
    refused: list[str] = []
    for path in files:
        try:
            text = read_policy(place_of(path))
            plain = text.replace("\r\n", "\n").replace("\r", "\n")
            found.append(Formatted(path, plain, format_text(plain, shown(path))))
        except (FormatError, NotWrittenError) as error:
            refused.append(str(error))
        except UnreadableError as error:
            refused.append(f"{shown(path)} {error}")
    return found, refused


def parted(files: list[Path]) -> tuple[list[Formatted], list[str]]:
    """The files with their scenarios in files beside them, and why some have none."""
    beside_them = (Path(scenarios_beside(str(path))) for path in files)
    there = (path for path in beside_them if path.exists())
    found, refused = formatted([*dict.fromkeys((*files, *there))])
    held = {file.path: file for file in found}
    for file in found:
        beside = Path(scenarios_beside(str(file.path)))
        if is_scenarios(file.path.name) or (beside.exists() and beside not in held):
            continue  # a file of scenarios that has errors is told already
        own = held.get(beside, Formatted(beside, "", ""))
        try:
            apart = part(file.after, own.after, shown(file.path))
        except FormatError as error:
            refused.append(str(error))
            continue
        if apart.scenarios != own.after:
            # First: what stops between the two leaves scenarios twice, not lost.
            moved = {beside: replace(own, after=apart.scenarios)}
            held = moved | held | moved | {file.path: replace(file, after=apart.policy)}
    return list(held.values()), refused


def same_rules(folder: Path, changed: list[Formatted]) -> bool:
    """Whether the folder compiles to the same rules with the changed texts."""
    before = load_folder(folder).model
    after = {file.path.relative_to(folder).as_posix(): file.after
             for file in changed if file.path.is_relative_to(folder)}  # fmt: skip
    texts = {file.path: file.text for file in before.files} | after
    return compiled(before) == compiled(load_texts(texts.items()).model)


def compiled(model: Model) -> list[object]:
    """What a model decides, without places and texts."""
    return [
        (
            policy.version,
            [rule.tree for rule in policy.rules],
            [(s.key, s.sha256) for s in policy.code_sets],
            [(s.claim, s.expect) for s in policy.scenarios],
        )
        for policy in model.policies
    ]


def written(changed: list[Formatted]) -> dict[Path, str]:
    """Write the files and say so of each; why some could not be written."""
    failed: dict[Path, str] = {}
    for path, reason in write_each((file.path, file.after) for file in changed):
        if reason:
            failed[path] = reason
        else:
            click.echo(f"formatted {path}")
    return failed


def report(
    changed: list[Formatted], refused: list[str], files: int, *, check: bool, diff: bool
) -> None:
    """Say what was written, or would be."""
    for file in changed:
        if diff:
            before, after = file.before.splitlines(), file.after.splitlines()
            name = str(file.path)
            click.echo("\n".join(unified_diff(before, after, name, name, lineterm="")))
        elif check:
            click.echo(f"would change {file.path}")
    for message in refused:
        click.echo(message, err=True)
    if not diff:
        said = "not in style" if check or not (changed or refused) else "mended"
        click.echo(f"{in_words(files, 'file', 'files')}, {len(changed)} {said}.")
