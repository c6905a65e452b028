"""The same rules as hand-written SQL, one statement a kind.

Written as a careful analyst would: rules are rows, the sessions of each code list are
made once, and each kind is one set query over the lines of its rules.  Joins on
the few sessions of a patient were ten times faster than window functions over all.
Every statement gives the pairs of rule and line that are not met or unknown.
"""

from __future__ import annotations

import duckdb
import numpy as np

from bench.synthetic import (
    FACILITIES,
    REGIONS,
    WORDS,
    Lists,
    Practice,
    SyntheticRule,
)
from kb.engine.columns.batch import THOUSANDTHS, Ints

_FACILITY = f"place IN ({', '.join(str(WORDS.index(p)) for p in FACILITIES)})"
_APPROVED = WORDS.index("approved")
_READING = "modifiers IN (4, 5)"
"""Combinations that hold modifier 26."""

PAIRS = """CREATE VIEW pair AS
  SELECT rule.*, line.* EXCLUDE (payer) FROM line
  JOIN member ON member.code = line.code
  JOIN rule ON rule.payer = line.payer AND rule.scope = member.list"""

SESSIONS = """CREATE TABLE session AS
  SELECT DISTINCT list, patient, region, day FROM event JOIN member USING (code)
  UNION ALL
  SELECT DISTINCT list, patient, -1, day FROM event JOIN member USING (code)"""

_MISSED = "SELECT rule, line, true FROM"
_JUDGED = "SELECT rule, line, missed FROM"
_OPEN = "WHERE missed OR unsure"
_SAME = """s.patient = pair.patient AND s.day < pair.day
  AND s.region = CASE WHEN by_region THEN pair.region ELSE -1 END"""
_WINDOW_START = """CASE time_window
  WHEN 0 THEN pair.day - INTERVAL 12 MONTH + INTERVAL 1 DAY
  WHEN 1 THEN pair.day - INTERVAL 6 MONTH + INTERVAL 1 DAY
  WHEN 2 THEN pair.day - 364
  ELSE date_trunc('year', pair.day) END"""

KINDS_IN_SQL = {
    "diagnosis": f"""{_MISSED} pair WHERE kind = 'diagnosis'
  AND NOT EXISTS (SELECT 1 FROM line_diagnosis d JOIN diagnosis_member m
    ON m.diagnosis = d.diagnosis
    WHERE d.line = pair.line AND m.list = pair.other)""",
    "approval": f"""{_MISSED} pair
  WHERE kind = 'approval' AND {_FACILITY} AND authorization_ <> {_APPROVED}""",
    "frequency": f"""{_JUDGED} (
  SELECT rule, line, count(s.day) + 1 > any_value(number) AS missed,
    NOT any_value(complete) AS unsure
  FROM pair LEFT JOIN session s ON s.list = pair.scope AND {_SAME}
    AND s.day >= {_WINDOW_START}
  WHERE kind = 'frequency' GROUP BY rule, line) {_OPEN}""",
    "interval": f"""{_JUDGED} (
  SELECT rule, line,
    coalesce(max(s.day) + 14 * any_value(number) > any_value(pair.day), false)
    AS missed, NOT any_value(complete) AS unsure
  FROM pair LEFT JOIN session s ON s.list = pair.scope AND {_SAME}
  WHERE kind = 'interval' GROUP BY rule, line) {_OPEN}""",
    "modifier": f"""{_MISSED} pair
  WHERE kind = 'modifier' AND {_FACILITY} AND NOT {_READING}""",
    "units": f"""{_MISSED} (
  SELECT rule, pair.line AS line,
    sum(e.units) > any_value(pair.number) * {THOUSANDTHS} AS missed
  FROM pair JOIN event e ON e.patient = pair.patient AND e.day = pair.day
    AND (e.claim <> pair.claim OR e.place_in_day <= pair.place_in_day)
  JOIN member own ON own.list = pair.scope AND own.code = e.code
  WHERE kind = 'units' GROUP BY rule, pair.line) WHERE missed""",
    "evidence": """SELECT rule, line, pain >= 0 FROM pair
  WHERE kind = 'evidence' AND pain < 4 * number""",
    "step": f"""{_JUDGED} (
  SELECT rule, line, complete AND NOT enough AS missed,
    NOT complete AND NOT enough AS unsure
  FROM (
    SELECT rule, line, any_value(complete) AS complete,
      count(s.day) >= any_value(number) AS enough
    FROM pair LEFT JOIN session s ON s.list = pair.other AND {_SAME}
      AND s.day > pair.day - INTERVAL 12 MONTH
    WHERE kind = 'step' GROUP BY rule, line)) {_OPEN}""",
    "conflict": f"""WITH busy AS (
    SELECT list, patient, day, count(*) AS lines
    FROM event JOIN member USING (code) GROUP BY ALL)
  {_MISSED} pair JOIN busy b ON b.list = pair.other
    AND b.patient = pair.patient AND b.day = pair.day
    LEFT JOIN member own ON own.list = pair.other AND own.code = pair.code
  WHERE kind = 'conflict' AND b.lines > CASE WHEN own.code IS NULL THEN 0 ELSE 1 END""",
    "place": f"{_MISSED} pair WHERE kind = 'place' AND {_FACILITY}",
}
"""For each kind its pairs of rule and line: true where not met, false where unknown."""


def bring_tables(
    con: duckdb.DuckDBPyConnection,
    practice: Practice,
    rules: list[SyntheticRule],
    lists: Lists,
) -> None:
    """Load the arrays as tables."""
    tables = {
        "line": _lines(practice),
        "event": _events(practice),
        "line_diagnosis": _diagnoses(practice),
        "rule": _rules(rules),
        "member": _members(lists.codes, "code"),
        "diagnosis_member": _members(lists.diagnoses, "diagnosis"),
    }
    for name, columns in tables.items():
        con.register("given", columns)
        dated = "REPLACE (DATE '1970-01-01' + day AS day)" if "day" in columns else ""
        con.execute(f"CREATE TABLE {name} AS SELECT * {dated} FROM given")
        con.unregister("given")


Columns = dict[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]]


def _lines(practice: Practice) -> Columns:
    lines, claims = practice.lines, practice.claims
    pain = np.full(len(claims.rank), -1, np.int32)
    pain[practice.pain.rows] = practice.pain.values
    return {
        "line": np.arange(len(lines.code)),
        "place_in_day": _places_in_day(practice),
        "claim": lines.claim,
        "patient": claims.patient[lines.claim],
        "payer": claims.payer[lines.claim] - 1,
        "complete": claims.history_complete[lines.claim],
        "day": lines.day,
        "code": lines.code,
        "region": lines.code % len(REGIONS),
        "place": lines.place,
        "modifiers": lines.modifiers,
        "authorization_": lines.authorization,
        "pain": pain[lines.claim],
    }


def _places_in_day(practice: Practice) -> Ints:
    """Rising with claim id and line number; the history stands before at -1."""
    lines = practice.lines
    places: Ints = practice.claims.rank[lines.claim].astype(np.int64) * 1000
    return places + lines.number


def _events(practice: Practice) -> Columns:
    """Lines of the history and of the claims."""
    lines, claims, history = practice.lines, practice.claims, practice.history
    none = np.full(len(history.code), -1)
    code = np.concatenate((history.code, lines.code))
    return {
        "line": np.concatenate((none, np.arange(len(lines.code)))),
        "claim": np.concatenate((none, lines.claim)),
        "patient": np.concatenate((history.record, claims.patient[lines.claim])),
        "day": np.concatenate((history.day, lines.day)),
        "code": code,
        "region": code % len(REGIONS),
        "units": np.concatenate((history.units, lines.units)),
        "place_in_day": np.concatenate((none, _places_in_day(practice))),
    }


def _diagnoses(practice: Practice) -> Columns:
    lines = practice.lines
    times = np.diff(lines.diagnosis_start)
    return {
        "line": np.repeat(np.arange(len(lines.code)), times),
        "diagnosis": lines.diagnosis,
    }


def _rules(rules: list[SyntheticRule]) -> Columns:
    number = [min(r.number, 2) if r.kind == "step" else r.number for r in rules]
    return {
        "rule": np.arange(len(rules)),
        "kind": np.array([r.kind for r in rules], dtype=object),
        "payer": np.array([r.payer for r in rules]),
        "scope": np.array([r.scope for r in rules]),
        "other": np.array([r.other for r in rules]),
        "number": np.array(number, np.int32),
        "time_window": np.array([r.window for r in rules]),
        "by_region": np.array([r.by_region for r in rules]),
    }


def _members(lists: tuple[tuple[int, ...], ...], name: str) -> Columns:
    return {
        "list": np.array([n for n, held in enumerate(lists) for _ in held]),
        name: np.array([code for held in lists for code in held]),
    }
