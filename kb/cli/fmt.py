"""``payerkb fmt``: policy files in the one style."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

import click

from dsl.formatter import FormatError, format_text
from dsl.load import ENDING, load_folder, load_texts
from dsl.model import Model
from kb.cli.options import BAD_INPUT, in_words
from kb.cli.policies import policies_of


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
def fmt(paths: tuple[Path, ...], *, check: bool, diff: bool) -> None:
    """Put policy files in the one style.

    There are no options to the style. PATHS are files or folders; without them
    ./policies. Before a file is written it is proved that it says the same: equal tree,
    every comment kept, stable when formatted again, and the compiled rules of its
    folder equal. A file with errors is left alone.
    """
    roots = paths or (policies_of(None),)
    found: list[Formatted] = []
    refused: list[str] = []
    for path in policy_files(roots):
        try:
            text = path.read_text("utf-8")
            found.append(Formatted(path, text, format_text(text, str(path))))
        except FormatError as error:
            refused.append(str(error))
        except OSError as error:
            refused.append(f"{path} cannot be read: {error.strerror}.")
        except UnicodeDecodeError:
            refused.append(f"{path} is not UTF-8 text. Save it as UTF-8.")
    changed = [file for file in found if file.changed]
    for root in roots:
        if root.is_dir() and not same_rules(root, changed):
            refused.append(f"{root}: formatting would change a compiled rule.")
            changed = []
    report(changed, refused, len(found), check=check, diff=diff)
    if refused:
        raise SystemExit(BAD_INPUT)
    raise SystemExit(1 if changed and (check or diff) else 0)


def policy_files(roots: tuple[Path, ...]) -> Iterator[Path]:
    """The files given, and those below the folders given, in order."""
    for root in roots:
        found = sorted(root.rglob(f"*{ENDING}")) if root.is_dir() else [root]
        yield from (path for path in found if path.is_file())


def same_rules(folder: Path, changed: list[Formatted]) -> bool:
    """Whether the folder compiles to the same rules with the changed texts."""
    before = load_folder(folder).model
    after = {file.path.relative_to(folder).as_posix(): file.after
             for file in changed if file.path.is_relative_to(folder)}  # fmt: skip
    texts = [(file.path, after.get(file.path, file.text)) for file in before.files]
    return compiled(before) == compiled(load_texts(texts).model)


def compiled(model: Model) -> list[object]:
    """What a model decides, without places and texts."""
    return [
        (
            policy.version,
            [rule.ir for rule in policy.rules],
            [(s.key, s.sha256) for s in policy.code_sets],
            [(s.claim, s.expect) for s in policy.scenarios],
        )
        for policy in model.policies
    ]


def report(
    changed: list[Formatted], refused: list[str], files: int, *, check: bool, diff: bool
) -> None:
    """Write the files, or say what would be written."""
    for file in changed:
        if diff:
            before, after = file.before.splitlines(), file.after.splitlines()
            name = str(file.path)
            click.echo("\n".join(unified_diff(before, after, name, name, lineterm="")))
        elif check:
            click.echo(f"would change {file.path}")
        else:
            file.path.write_text(file.after, "utf-8")
            click.echo(f"formatted {file.path}")
    for message in refused:
        click.echo(message, err=True)
    if not diff:
        said = "not in style" if check or not changed else "mended"
        click.echo(f"{in_words(files, 'file', 'files')}, {len(changed)} {said}.")
