"""A million claim lines against two thousand rules: the column engine and SQL.

    python -m bench.batch --lines 1000000 --rules 2000

Both engines get the same arrays in memory and must find the same, line by line: for
each of the ten kinds of rules the table shows how many lines each engine found not met
and unknown, and on how many they differ; any such line is an error.  Read the ratio, not the
seconds: machines differ, and DuckDB takes every core while the column engine runs on
one, or on as many as ``--processes`` says.  ``columns`` and ``tables`` are the times
to bring the arrays into each engine's own form; the ratio leaves them out.
``--lists`` sets how many different code lists the rules share: the more lists, the
less the column engine can share.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import partial
from time import perf_counter

import duckdb
import numpy as np

from bench.batch_sql import KINDS_IN_SQL, PAIRS, SESSIONS, bring_tables
from bench.synthetic import (
    KINDS,
    Lists,
    Practice,
    SyntheticRule,
    synthetic_batch,
    synthetic_lists,
    synthetic_practice,
    synthetic_program,
    synthetic_rules,
)
from kb.engine.columns.arrays import NOT_MET, UNKNOWN, ColumnResult, evaluate_columns
from kb.engine.columns.batch import ClaimBatch, Ints
from kb.engine.columns.parts import evaluate_in_parts
from kb.engine.program import Program

Ask = Callable[[Program, ClaimBatch], ColumnResult]
Findings = dict[str, tuple[Ints, Ints]]
"""Rule and line in one number, where not met and where unknown, by kind of rule."""
RULE_BITS = 32


def timed(work: Callable[[], object]) -> float:
    """Seconds that some work takes."""
    start = perf_counter()
    work()
    return perf_counter() - start


def pairs(rules: Ints, lines: Ints) -> Ints:
    """Rules with lines as rising numbers."""
    return np.sort((rules.astype(np.int64) << RULE_BITS) | lines)


def findings_of_columns(
    result: ColumnResult, rules: list[SyntheticRule], position: Ints
) -> Findings:
    """What the column engine found, its lines named as they were given."""
    found: dict[str, tuple[list[Ints], list[Ints]]] = {kind: ([], []) for kind in KINDS}
    for column in result.rules:
        number = int(column.rule)
        given = position[column.lines]
        for into, status in zip(
            found[rules[number].kind], (NOT_MET, UNKNOWN), strict=True
        ):
            at = given[column.status == status]
            into.append(pairs(np.full(len(at), number), at))
    return {
        kind: (_joined(missed), _joined(open_))
        for kind, (missed, open_) in found.items()
    }


def _joined(parts: list[Ints]) -> Ints:
    return np.sort(np.concatenate((np.zeros(0, np.int64), *parts)))


def findings_of_sql(
    con: duckdb.DuckDBPyConnection,
) -> tuple[Findings, dict[str, float]]:
    """Ask every kind in SQL; what it found, and the seconds of each kind."""
    found, seconds = {}, {}
    con.execute(PAIRS)
    seconds["sessions"] = timed(partial(con.execute, SESSIONS))
    for kind, sql in KINDS_IN_SQL.items():
        start = perf_counter()
        rules, lines, missed = con.execute(sql).fetchnumpy().values()
        seconds[kind] = perf_counter() - start
        missed = np.asarray(missed, np.bool_)
        found[kind] = (
            pairs(rules[missed], lines[missed]),
            pairs(rules[~missed], lines[~missed]),
        )
    return found, seconds


def differing(ours: Findings, theirs: Findings) -> dict[str, int]:
    """By kind, on how many pairs of rule and line the engines do not say the same."""
    return {
        kind: sum(
            len(np.setxor1d(one, other))
            for one, other in zip(ours[kind], theirs[kind], strict=True)
        )
        for kind in ours
    }


def main() -> int:
    """Run both engines and print the table."""
    asked = _arguments()
    lists = synthetic_lists(asked.lists)
    rules = synthetic_rules(asked.rules, lists)
    practice = synthetic_practice(asked.lines)
    ask = partial(_answer, processes=asked.processes)
    by_columns, ours = _run_columns(practice, rules, lists, ask, asked.times)
    con = duckdb.connect()
    bringing = timed(lambda: bring_tables(con, practice, rules, lists))
    print(f"tables       {bringing:8.2f} s")
    start = perf_counter()
    by_sql, seconds = findings_of_sql(con)
    theirs = perf_counter() - start
    _print_sql(seconds, theirs, asked.lines)
    print(f"ratio        {theirs / ours:8.1f}")
    return _print_findings(by_columns, by_sql)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--rules", type=int, default=2_000)
    parser.add_argument("--lists", type=int, default=40)
    parser.add_argument("--processes", type=int, default=1, help="of the column engine")
    parser.add_argument("--times", type=int, default=3, help="runs; the median counts")
    return parser.parse_args()


def _answer(program: Program, batch: ClaimBatch, *, processes: int) -> ColumnResult:
    if processes == 1:
        return evaluate_columns(program, batch)
    return evaluate_in_parts(program, batch, 2 * processes, processes=processes)


def _run_columns(
    practice: Practice, rules: list[SyntheticRule], lists: Lists, ask: Ask, times: int
) -> tuple[Findings, float]:
    start = perf_counter()
    batch = synthetic_batch(practice)
    print(f"columns      {perf_counter() - start:8.2f} s")
    program = synthetic_program(rules, lists)
    runs = [timed(lambda: ask(program, batch)) for _ in range(times)]
    median = sorted(runs)[times // 2]
    result = ask(program, batch)
    asked = sum(len(column.lines) for column in result.rules)
    lines = len(batch.lines.code)
    print(
        f"column engine{median:8.2f} s  {lines / median:12,.0f} lines/s  "
        f"{asked / median:12,.0f} pairs/s  {asked / lines:.1f} rules a line"
    )
    return findings_of_columns(result, rules, batch.position), median


def _print_sql(seconds: dict[str, float], total: float, lines: int) -> None:
    print(f"DuckDB       {total:8.2f} s  {lines / total:12,.0f} lines/s")
    for kind, spent in seconds.items():
        print(f"  {kind:11}{spent:8.2f} s")


def _print_findings(by_columns: Findings, by_sql: Findings) -> int:
    apart = differing(by_columns, by_sql)
    print(
        f"{'kind':12}{'not met':>12}{'in SQL':>12}{'unknown':>12}{'in SQL':>12}"
        f"{'differ':>10}"
    )
    for kind in KINDS:
        (missed, open_), (missed_sql, open_sql) = by_columns[kind], by_sql[kind]
        print(
            f"{kind:12}{len(missed):12,}{len(missed_sql):12,}"
            f"{len(open_):12,}{len(open_sql):12,}{apart[kind]:10,}"
        )
    if any(apart.values()):
        print("the engines differ: one of them is wrong", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
