"""The tables that a command holds claims against: imported ones before the rows that ship."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from kb.cli.options import stop
from kb.tables.errors import TablesError
from kb.tables.shipped_rows import shipped_hash, shipped_rows

if TYPE_CHECKING:
    from kb.engine import Engine
    from kb.tables.model import Tables


def holding_against(engine: Engine, tables: Path) -> Engine:
    """The engine with the tables of a file, or only with what ships."""
    return engine.with_tables(given_tables(tables), shipped_hash())


def given_tables(tables: Path) -> Tables:
    """The tables of a file before what ships, or only that.

    Leaves the program with a sentence when it cannot be used.
    """
    given = given_file(tables)
    if given is None:
        return shipped_rows()
    # Most have no file of their own.
    from kb.tables.layers import Layered  # noqa: PLC0415
    from kb.tables.opening import open_tables  # noqa: PLC0415

    try:
        return Layered(open_tables(given), shipped_rows())
    except TablesError as error:
        stop(str(error))


def given_file(tables: Path) -> Path | None:
    """The file of tables; ``None`` where only what ships is there.

    The usual file need not be there; one that was named must.
    """
    source = click.get_current_context().get_parameter_source("tables")
    usual = source in (ParameterSource.DEFAULT, None)
    return None if usual and not tables.exists() else tables
