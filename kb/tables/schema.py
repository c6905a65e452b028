"""The database of tables: whole numbers in rows, and views that show codes and days.

Every row belongs to an edition.  Codes and days are packed as ``kb.tables.packing`` tells.
"""

from __future__ import annotations

SCHEMA_VERSION = 1
APPLICATION_ID = 0x70616B74
"""Stands in the file's header, so that any program can tell whose file it is."""
DEFAULT_NAME = "tables.db"

_SIGNS = "'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'"


def _code(column: str) -> str:
    """SQL for the text of a procedure code."""
    places = (
        f"substr({_SIGNS}, {column} / {36**power} % 36 + 1, 1)"
        for power in reversed(range(5))
    )
    return " || ".join(places)


def _diagnosis(column: str) -> str:
    """SQL for the text of a diagnosis code, without its point."""
    places = (
        f"substr({_SIGNS}, nullif({column} / {37**power} % 37, 0), 1)"
        for power in reversed(range(7))
    )
    return " || ".join(f"ifnull({place}, '')" for place in places)


def _day(column: str) -> str:
    """SQL for a day as ``2026-10-01``; nothing where there is none."""
    text = f"printf('%d-%02d-%02d', {column} / 10000, {column} / 100 % 100, {column} % 100)"
    return f"CASE WHEN {column} IN (0, 99991231) THEN NULL ELSE {text} END"


_EDITION = "e.setting, e.name AS edition"
_OF_EDITION = "JOIN edition e ON e.id = t.edition"

SCHEMA = f"""
CREATE TABLE edition (
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, setting TEXT NOT NULL,
  series TEXT NOT NULL, name TEXT NOT NULL, first_day INTEGER NOT NULL,
  last_day INTEGER NOT NULL, sha256 TEXT NOT NULL, rows INTEGER NOT NULL,
  whole INTEGER NOT NULL, UNIQUE (kind, setting, series, name)) STRICT;
CREATE TABLE edition_file (
  edition INTEGER NOT NULL REFERENCES edition(id), position INTEGER NOT NULL,
  name TEXT NOT NULL, size INTEGER NOT NULL, sha256 TEXT NOT NULL,
  PRIMARY KEY (edition, position)) STRICT;
CREATE TABLE word (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;

CREATE TABLE pair (
  edition INTEGER NOT NULL, paid INTEGER NOT NULL, denied INTEGER NOT NULL,
  first_day INTEGER NOT NULL, last_day INTEGER NOT NULL, indicator INTEGER NOT NULL,
  rationale INTEGER NOT NULL,
  PRIMARY KEY (edition, paid, denied, first_day, last_day, indicator))
  STRICT, WITHOUT ROWID;
CREATE TABLE unit_cap (
  edition INTEGER NOT NULL, code INTEGER NOT NULL, units INTEGER NOT NULL,
  indicator INTEGER NOT NULL, rationale INTEGER NOT NULL,
  PRIMARY KEY (edition, code)) STRICT, WITHOUT ROWID;
CREATE TABLE add_on (
  edition INTEGER NOT NULL, code INTEGER NOT NULL, primary_code INTEGER NOT NULL,
  type INTEGER NOT NULL, first_day INTEGER NOT NULL, last_day INTEGER NOT NULL,
  PRIMARY KEY (edition, code, primary_code, type, first_day)) STRICT, WITHOUT ROWID;
CREATE TABLE diagnosis (
  edition INTEGER NOT NULL, code INTEGER NOT NULL, billable INTEGER NOT NULL,
  title TEXT NOT NULL, PRIMARY KEY (edition, code)) STRICT, WITHOUT ROWID;

CREATE TABLE indicator (
  edition INTEGER NOT NULL, code INTEGER NOT NULL, modifier TEXT NOT NULL,
  status TEXT NOT NULL, global_days TEXT NOT NULL, professional_technical TEXT NOT NULL,
  bilateral TEXT NOT NULL, assistant TEXT NOT NULL, multiple TEXT NOT NULL,
  PRIMARY KEY (edition, code, modifier)) STRICT, WITHOUT ROWID;
CREATE TABLE hcpcs (
  edition INTEGER NOT NULL, code TEXT NOT NULL, coverage TEXT NOT NULL,
  first_day INTEGER NOT NULL, last_day INTEGER NOT NULL,
  PRIMARY KEY (edition, code)) STRICT, WITHOUT ROWID;
CREATE TABLE locality (
  edition INTEGER NOT NULL, contractor TEXT NOT NULL, locality TEXT NOT NULL,
  state TEXT NOT NULL, area TEXT NOT NULL, counties TEXT NOT NULL) STRICT;
CREATE TABLE zip (
  edition INTEGER NOT NULL, zip INTEGER NOT NULL, state TEXT NOT NULL,
  carrier TEXT NOT NULL, locality TEXT NOT NULL, rural TEXT NOT NULL,
  PRIMARY KEY (edition, zip, state, carrier, locality)) STRICT, WITHOUT ROWID;
CREATE TABLE reason_code (
  edition INTEGER NOT NULL, list TEXT NOT NULL, code TEXT NOT NULL,
  first_day INTEGER NOT NULL, stop_day INTEGER NOT NULL, description TEXT NOT NULL,
  PRIMARY KEY (edition, list, code, first_day)) STRICT, WITHOUT ROWID;

-- Of the coverage database: kind is article or lcd, days are as it writes them.
CREATE TABLE document (
  edition INTEGER NOT NULL, kind TEXT NOT NULL, number INTEGER NOT NULL,
  version INTEGER NOT NULL, type TEXT NOT NULL, title TEXT NOT NULL,
  first_day TEXT NOT NULL, last_day TEXT NOT NULL, status TEXT NOT NULL,
  text TEXT NOT NULL, PRIMARY KEY (edition, kind, number, version)) STRICT;
CREATE TABLE document_code (
  edition INTEGER NOT NULL, number INTEGER NOT NULL, version INTEGER NOT NULL,
  code_group INTEGER NOT NULL, code TEXT NOT NULL) STRICT;
CREATE INDEX document_code_by_code ON document_code (code, edition);
CREATE INDEX document_code_by_number ON document_code (edition, number);
CREATE TABLE document_diagnosis (
  edition INTEGER NOT NULL, number INTEGER NOT NULL, version INTEGER NOT NULL,
  list TEXT NOT NULL, diagnosis_group INTEGER NOT NULL, code TEXT NOT NULL,
  asterisk TEXT NOT NULL) STRICT;
CREATE INDEX document_diagnosis_by_number ON document_diagnosis (edition, number);
CREATE TABLE document_paragraph (
  edition INTEGER NOT NULL, number INTEGER NOT NULL, version INTEGER NOT NULL,
  list TEXT NOT NULL, paragraph_group INTEGER NOT NULL, paragraph TEXT NOT NULL) STRICT;
CREATE TABLE document_contractor (
  edition INTEGER NOT NULL, kind TEXT NOT NULL, number INTEGER NOT NULL,
  version INTEGER NOT NULL, contractor INTEGER NOT NULL) STRICT;
CREATE TABLE contractor (
  edition INTEGER NOT NULL, contractor INTEGER NOT NULL, name TEXT NOT NULL,
  number TEXT NOT NULL) STRICT;
CREATE TABLE document_related (
  edition INTEGER NOT NULL, number INTEGER NOT NULL, version INTEGER NOT NULL,
  other_kind TEXT NOT NULL, other INTEGER NOT NULL) STRICT;

CREATE VIEW pairs AS SELECT {_EDITION}, {_code("paid")} AS paid,
  {_code("denied")} AS denied, {_day("t.first_day")} AS first_day,
  {_day("t.last_day")} AS last_day, indicator, word.text AS rationale
  FROM pair t {_OF_EDITION} JOIN word ON word.id = t.rationale;
CREATE VIEW unit_caps AS SELECT {_EDITION}, {_code("code")} AS code, units, indicator,
  word.text AS rationale FROM unit_cap t {_OF_EDITION} JOIN word ON word.id = t.rationale;
CREATE VIEW add_ons AS SELECT {_EDITION}, {_code("code")} AS code,
  {_code("primary_code")} AS primary_code, type, {_day("t.first_day")} AS first_day,
  {_day("t.last_day")} AS last_day FROM add_on t {_OF_EDITION};
CREATE VIEW diagnoses AS SELECT {_EDITION}, {_diagnosis("code")} AS code, billable, title
  FROM diagnosis t {_OF_EDITION};
CREATE VIEW indicators AS SELECT {_EDITION}, {_code("code")} AS code, modifier, status,
  global_days, professional_technical, bilateral, assistant, multiple
  FROM indicator t {_OF_EDITION};
"""
"""All tables and views of a new file."""

WIDTHS = {
    "pair": 6,
    "unit_cap": 4,
    "add_on": 5,
    "diagnosis": 3,
    "indicator": 8,
    "hcpcs": 4,
    "locality": 5,
    "zip": 5,
    "reason_code": 5,
    "document": 9,
    "document_code": 4,
    "document_diagnosis": 6,
    "document_paragraph": 5,
    "document_contractor": 4,
    "document_related": 4,
    "contractor": 3,
}
"""Columns of each table of rows after the edition."""
