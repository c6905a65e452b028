"""The tables that a command holds claims against: imported ones before the rows that ship."""

from __future__ import annotations

from pathlib import Path

import click
from click.core import ParameterSource

from kb.cli.options import stop
from kb.engine import Engine
from kb.tables.errors import TablesError
from kb.tables.layers import Layered
from kb.tables.opening import open_tables
from kb.tables.shipped_rows import shipped_hash, shipped_rows


def holding_against(engine: Engine, tables: Path) -> Engine:
    """The engine with the tables of a file, or only with what ships.

    The usual file need not be there; one that was named must.  Leaves the program with a
    sentence when it cannot be used.
    """
    source = click.get_current_context().get_parameter_source("tables")
    usual = source in (ParameterSource.DEFAULT, None)
    if usual and not tables.exists():
        return engine.with_tables(shipped_rows(), shipped_hash())
    try:
        opened = open_tables(tables)
    except TablesError as error:
        stop(str(error))
    return engine.with_tables(Layered(opened, shipped_rows()), shipped_hash())
