"""The option ``--known-on``: the knowledge base as its policies stood on another day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from kb.cli.options import stop

known_on_option = click.option(
    "--known-on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Answer from the policies as git held them at the end of that day.",
)
policies_option = click.option(
    "--policies",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("policies"),
    show_default=True,
    help="The folder of policies in git, for --known-on.",
)


@contextmanager
def knowledge(database: Path, policies: Path, day: date | None) -> Iterator[Path]:
    """The knowledge base file to read: as it is, or as it was known on a day.

    Leaves the program with a sentence when git does not have that day's policies, or
    when they cannot be built by this version of the language.
    """
    if day is None:
        yield database
        return
    if day > last_today():
        stop(f"{day} has not come yet: nobody knows what will be known then.")
    from kb.build.compiler import BuildError, build_folder  # noqa: PLC0415
    from kb.proofs.revisions import RevisionError, export_revision, revision_known_on  # noqa: PLC0415

    with TemporaryDirectory() as scratch:
        place = Path(scratch)
        try:
            revision = revision_known_on(policies, day)
            folder = export_revision(
                policies, revision, place / "policies", say_left_out
            )
            report = build_folder(folder, place / "kb.db")
        except (RevisionError, BuildError) as error:
            stop(f"What was known on {day} cannot be read: {error}")
        if report.errors:
            stop(
                f"The policies of {day} (revision {revision[:12]}) have {report.errors} "
                "errors in this version of the language."
            )
        click.echo(f"known on {day}: revision {revision[:12]}", err=True)
        yield place / "kb.db"


def last_today() -> date:
    """The latest day that is today anywhere on earth."""
    return (datetime.now(UTC) + timedelta(hours=14)).date()


def say_left_out(warning: str) -> None:
    """Say on standard error what of a revision is not read."""
    click.echo(f"warning: {warning}", err=True)
