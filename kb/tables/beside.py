"""The tables that a service holds claims against: those that lie beside its knowledge base."""

from __future__ import annotations

import logging
from pathlib import Path

from kb.tables.errors import TablesError
from kb.tables.layers import Layered
from kb.tables.model import Tables
from kb.tables.opening import open_tables
from kb.tables.schema import DEFAULT_NAME
from kb.tables.shipped_rows import shipped_rows

log = logging.getLogger("payerkb.tables")


def tables_beside(source: Path) -> Tables:
    """CMS's tables as the command line has them: those that were imported beside a file.

    Without them, or when they cannot be read, there are the rows that ship.
    """
    imported = source.with_name(DEFAULT_NAME)
    if imported.exists():
        try:
            return Layered(open_tables(imported), shipped_rows())
        except TablesError as error:
            log.error("The tables are not used: %s", error)
    return shipped_rows()
