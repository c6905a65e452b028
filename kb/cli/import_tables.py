"""``payerkb import``: CMS's files into the database of tables."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from kb.cli.options import in_words
from kb.cli.progress import progress_bar
from kb.cli.tables_options import DAY, beside_option, tables_option
from kb.tables.importing import Imported, import_files, look_over
from kb.tables.layouts.all import LAYOUTS
from kb.tables.model import Kind, Setting
from kb.tables.packing import unpacked_day
from kb.tables.recognising import Told, explain

SETTINGS = [each.value for each in Setting if each is not Setting.ALL]


@click.command("import")
@click.argument("kind", type=click.Choice([kind.value for kind in LAYOUTS]))
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False)
)
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
    kind: str,
    files: tuple[Path, ...],
    database: Path,  # noqa: ARG001  (says where the tables lie)
    tables: Path,
    *,
    setting: str | None,
    effective: datetime | None,
    until: datetime | None,
    incomplete: bool,
    explained: bool,
) -> None:
    """Import a table that CMS publishes.

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

    FILES are zips or what lies in them: text, csv or xlsx. The names tell whose
    table and which edition it is; editions stand side by side, and each answers for
    the days of its own quarter or year. A file that is not whole, not the table or
    not of the edition that it is given as is refused, and nothing is changed.
    docs/tables.md tells where each file is found.
    """  # noqa: D301  (click reads the character \b)
    told = Told(
        Setting(setting) if setting else None,
        effective.date() if effective else None,
        until.date() if until else None,
        incomplete,
    )
    if explained:
        explain(look_over(Kind(kind), files, told), click.echo)
        return
    with progress_bar() as progress:
        done = import_files(tables, Kind(kind), files, told, progress)
    for one in done:
        click.echo(sentence_of(one))


def sentence_of(one: Imported) -> str:
    """What was done with an edition."""
    days = f"{unpacked_day(one.first_day)} to {unpacked_day(one.last_day)}"
    if not one.rows:
        return f"{one.title} ({days}) is loaded already, from the same files."
    return f"{one.title}: {in_words(one.rows, 'row', 'rows')}, for {days}."
