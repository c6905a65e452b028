"""``payerkb quality``: how true the knowledge base is, by payer and by family."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kb.cells import markdown_cell
from kb.cli.options import database_option, json_option, print_json, reading, stop

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kb.reference.quality import Figures, Quality, Share

HEAD = """\
# How true the knowledge base is

Measured on {day}. This page is written by `payerkb quality`, from the policies themselves;
`make test` lets no percentage fall (`payerkb quality --fail-below`).

- *Denying rules*: rules whose outcome is a denial, in each policy that uses them. Drafts only
  advise, and do not count.
- *Own words*: those that stand on the payer's own text, not on what somebody tells of it.
- *Quoted*: those that show the sentence that they stand on.
- *First day*: policies whose first day a cited source states.
- *{years}*: days of the year on which a coverage rule holds, of all days, for the families
  of which a payer (a contractor of Medicare) says anything.
- *Oldest reading*: days since the source was read that was not read for the longest time.
- *Gaps*: what a policy says that it does not know.

`?`: nothing to count.
"""
COLUMNS = ("Denying rules", "Own words", "Quoted", "First day")
NAMES = {
    "own_words": "own words",
    "quoted": "quoted",
    "first_days": "first day",
}


@click.command()
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day to look from; without it, the last day on which a source was read.",
)
@click.option(
    "--fail-below",
    "floor",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Print only the percentages that are below those in FILE, which --json wrote;"
    " leave with 1 when there is one.",
    metavar="FILE",
)
@json_option
@database_option
def quality(
    as_of: datetime | None, floor: Path | None, database: Path, *, as_json: bool
) -> None:
    """Measure how true the knowledge base is.

    By payer and by family of procedures: how many denying rules stand on the payer's own
    words and quote them, how many first days are known, which years are answered, how old
    the readings are, and how many gaps are declared.
    """
    from kb.reference.audit import newest_reading  # noqa: PLC0415  (it loads the engine)
    from kb.reference.quality import quality as measured  # noqa: PLC0415  (only this command)

    least = floor_of(floor) if floor else {}
    with reading(database) as connection:
        day = as_of.date() if as_of else newest_reading(connection)
        found = measured(connection, day)
    if floor:
        say_fallen([*fallen(found, least)], floor)
    elif as_json:
        print_json(json_of(found))
    else:
        click.echo(page(found), nl=False)


def json_of(found: Quality) -> dict[str, Any]:
    """All figures for programs; also the form of a floor."""
    said: dict[str, Any] = {
        "as_of": found.day.isoformat(),
        "payers": {},
        "families": {},
    }
    for kind, key, figures in found.parts():
        if kind == "total":
            said[kind] = figures_json(figures)
        else:
            said[kind][key] = figures_json(figures)
    return said


def figures_json(figures: Figures) -> dict[str, Any]:
    """One row: counts, and the percentages that a floor holds."""
    from kb.reference.quality import shares  # noqa: PLC0415  (only this command)

    return {
        "title": figures.title,
        "denying_rules": figures.own_words.of,
        "gaps": figures.gaps,
        "oldest_reading_days": figures.oldest,
        "percent": shares(figures),
    }


def floor_of(path: Path) -> dict[str, Any]:
    """What the figures may not fall below; leaves with 2 for what is no such file."""
    try:
        read = json.loads(path.read_text("utf-8"))
    except OSError as error:
        stop(f"{path} cannot be read: {error.strerror}.")
    except ValueError:
        stop(f"{path} is not JSON. Write it with: payerkb quality --json > {path}")
    if not is_floor(read):
        stop(f"{path} holds no figures. Write it with: payerkb quality --json > {path}")
    return {str(key): value for key, value in read.items()}


def is_floor(read: object) -> bool:
    """Whether JSON has the form that ``--json`` writes, as far as a floor needs it."""
    if not isinstance(read, dict):
        return False
    rows = [read.get("total")]
    for kind in ("payers", "families"):
        of_kind = read.get(kind)
        if not isinstance(of_kind, dict):
            return False
        rows += of_kind.values()
    return all(isinstance(row, dict) and is_percent(row.get("percent")) for row in rows)


def is_percent(read: object) -> bool:
    """Whether these are names with whole numbers."""
    return isinstance(read, dict) and all(type(x) is int for x in read.values())


def fallen(found: Quality, least: dict[str, Any]) -> Iterator[str]:
    """Every percentage below the floor; a row that went away has fallen too."""
    from kb.reference.quality import shares  # noqa: PLC0415  (only this command)

    now = {(kind, key): figures for kind, key, figures in found.parts()}
    for kind in ("total", "payers", "families"):
        rows = {"": least[kind]} if kind == "total" else least[kind]
        for key, row in rows.items():
            figures = now.get((kind, key))
            title = row.get("title", key)
            if figures is None:
                yield f"{title}: no figures any more"
                continue
            percents = shares(figures)
            for name, percent in row["percent"].items():
                if percents.get(name, percent) < percent:
                    said = NAMES.get(name, name)
                    yield f"{title}: {said} {percents[name]} %, was {percent} %"


def say_fallen(falls: list[str], floor: Path) -> None:
    """Say what fell, and leave with 1 if anything did."""
    for fall in falls:
        click.echo(fall)
    if falls:
        click.echo(
            f"Below {floor}. Mend the policies; or, if what is known now is truer than "
            "what was said before, write the floor anew with `payerkb quality --json` and "
            "say why.",
            err=True,
        )
        raise SystemExit(1)
    click.echo(f"No figure is below {floor}.")


def page(found: Quality) -> str:
    """The figures as a page: the total, payers, families."""
    years = tuple(map(str, found.total.years))
    head = HEAD.format(day=found.day, years=", ".join(years))
    columns = (*COLUMNS, *years, "Oldest reading", "Gaps")
    parts = [head, "\n## In all\n\n", table("", columns, [found.total])]
    parts += ["\n## By payer\n\n", table("Payer", columns, found.payers.values())]
    parts += ["\n## By family\n\n", table("Family", columns, found.families.values())]
    return "".join(parts)


def table(first: str, columns: tuple[str, ...], rows: Iterable[Figures]) -> str:
    """One table of figures."""
    head = [row(first, *columns), row("---", *["--:"] * len(columns))]
    return "".join([*head, *map(figures_row, rows)])


def row(*cells: str) -> str:
    """A row of a table."""
    return f"| {' | '.join(cells)} |\n"


def figures_row(figures: Figures) -> str:
    """One payer or family."""
    return row(
        markdown_cell(figures.title),
        str(figures.own_words.of),
        said(figures.own_words),
        said(figures.quoted),
        said(figures.first_days),
        *map(said, figures.years.values()),
        "?" if figures.oldest is None else str(figures.oldest),
        str(figures.gaps),
    )


def said(share: Share) -> str:
    """``48 %``."""
    return "?" if share.percent is None else f"{share.percent} %"
