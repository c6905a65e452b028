"""``payerkb import``: CMS's files into the database of tables."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from kb.cli.options import in_words
from kb.cli.progress import progress_bar
from kb.cli.tables_options import DAY, beside_option, tables_option
from kb.tables.errors import TableFileError
from kb.tables.importing import Imported, import_files, look_over
from kb.tables.layouts.all import LAYOUTS
from kb.tables.model import Kind, Setting
from kb.tables.packing import unpacked_day
from kb.tables.recognising import Told, explain
from kb.tables.sorting import Refused, files_in, is_beside, sorted_by_table

KINDS = [kind.value for kind in LAYOUTS]
SETTINGS = [each.value for each in Setting if each is not Setting.ALL]
BAD_FILES = 2


@click.command("import")
@click.argument("words", nargs=-1, required=True, metavar="[KIND] FILES...")
@beside_option
@tables_option
@click.option(
    "--setting",
    type=click.Choice(SETTINGS),
    help="Whose table it is, where neither name nor header tells.",
)
@click.option(
    "--effective",
    type=DAY,
    help="First day of the edition, where neither name nor title tells it.",
)
@click.option(
    "--until",
    type=DAY,
    help="Last day of the edition, when it is not that of its quarter or year.",
)
@click.option(
    "--incomplete",
    is_flag=True,
    help="The files are a piece: what they lack is never taken for absent.",
)
@click.option(
    "--explain",
    "explained",
    is_flag=True,
    help="Say what is recognised in the files, and change nothing.",
)
def import_command(  # noqa: PLR0913  (one for each option)
    words: tuple[str, ...],
    database: Path,  # noqa: ARG001  (says where the tables lie)
    tables: Path,
    *,
    setting: str | None,
    effective: datetime | None,
    until: datetime | None,
    incomplete: bool,
    explained: bool,
) -> None:
    """Import tables that CMS publishes.

    \b
    KIND is one of
      ptp      NCCI procedure-to-procedure edits, practitioner or hospital
      mue      NCCI medically unlikely edits, in three settings
      aoc      NCCI add-on code edits
      icd10cm  the order file of ICD-10-CM
      hcpcs    the quarterly file of HCPCS level II
      pfs      fee-schedule indicators (PPRRVU in rvu26a.zip)
      locality contractor and locality by state, county and ZIP (GPCI, LOCCO, ZIP5)
      reasons  CARC and RARC from a csv of yours: list, code, start, stop
      mcd      the coverage database's export of articles and LCDs

    FILES are zips or what lies in them, text, csv or xlsx, or folders of these. The
    names tell whose table and which edition it is; editions stand side by side, and
    each answers for the days of its own quarter or year. A file that is not whole,
    not the table or not of the edition that it is given as is refused, and nothing
    is changed. Without KIND each file is recognised by its name and header words,
    and a file that is refused keeps only its own edition out.
    docs/tables.md tells where each file is found.
    """  # noqa: D301  (click reads the character \b)
    told = Told(
        Setting(setting) if setting else None,
        effective.date() if effective else None,
        until.date() if until else None,
        incomplete,
    )
    kind, given = kind_and_paths(words)
    if kind is None:
        refused = import_each(tables, given, told, explained=explained)
        raise SystemExit(BAD_FILES if refused else 0)
    files = [one for one in files_in(given) if one in given or not is_beside(one)]
    if explained:
        explain(look_over(kind, files, told), click.echo)
        return
    import_together(tables, kind, files, told)


def kind_and_paths(words: tuple[str, ...]) -> tuple[Kind | None, list[Path]]:
    """The kind, where the first word is one, and the files and folders."""
    first, *others = words
    if first not in KINDS:
        if not Path(first).exists():
            message = (
                f"{first!r} is no file or folder that is there, and no KIND of table: "
                f"{', '.join(KINDS)}."
            )
            raise click.UsageError(message)
        return None, [Path(word) for word in words]
    if not others:
        message = (
            f"Name the FILES that hold the table {first}, or the folder they lie in."
        )
        raise click.UsageError(message)
    return Kind(first), [Path(word) for word in others]


def import_together(tables: Path, kind: Kind, files: list[Path], told: Told) -> None:
    """Import files of one table, all or none, and say what was done."""
    with progress_bar() as progress:
        done = import_files(tables, kind, files, told, progress)
    for one in done:
        click.echo(sentence_of(one))


def import_each(
    tables: Path, given: list[Path], told: Told, *, explained: bool
) -> list[Refused]:
    """Import each edition in files and folders for itself; gives what was refused."""
    found = sorted_by_table(files_in(given), told)
    refused = list(found.refused)
    for one in found.taken:
        files = list(one.paths)
        try:
            if explained:
                explain(look_over(one.kind, files, one.told), click.echo)
            else:
                import_together(tables, one.kind, files, one.told)
        except TableFileError as error:
            refused.append(Refused(one.paths, str(error)))
    for path in found.aside:
        click.echo(f"left aside: {path}")
    for bad in refused:
        click.echo(f"not imported: {bad.why}", err=True)
    if refused:
        held = in_words(len({p for bad in refused for p in bad.paths}), "file", "files")
        click.echo(f"{held} not imported; nothing of them was changed.", err=True)
    return refused


def sentence_of(one: Imported) -> str:
    """What was done with an edition."""
    days = f"{unpacked_day(one.first_day)} to {unpacked_day(one.last_day)}"
    if not one.rows:
        return f"{one.title} ({days}) is loaded already, from the same files."
    return f"{one.title}: {in_words(one.rows, 'row', 'rows')}, for {days}."
