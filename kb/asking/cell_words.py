"""The answer of a cell in plain words that are the same wherever the same is said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from kb.asking.groups import DOUBT
from kb.asking.topics import BARE
from kb.reference.card_rows import Row
from kb.reference.card_words import CONDITIONAL
from kb.reference.cards import Cell

FIRST_TIME, AGAIN = "before the first", "to repeat"
SECOND_BLOCK, THERAPEUTIC = "second diagnostic block", "to repeat a therapeutic block"
MOST_SAID = 3
"""Different things that one payer says at most before it is told that there are more."""
LONGEST_WHERE = 60
"""Letters of a state, contractor or plan that stand beside an answer."""
LONGEST_CONDITION = 120
LONGEST_CODES = 30
SOME = "in some cases"
COUNTED = " and "
"""What joins two counts that hold at once."""
_EARLIER = re.compile(r"(?P<count>\d+) before(?: · (?P<relief>.+))?")
_LONG_BEFORE = re.compile(r"at least \d+ (?:days|weeks|months) before")
_EXCEPTION = re.compile(r"except: [^();]+ \((.+)\)$")
"""The heading of an exception, and what it asks."""
_CASE = re.compile(r"(?:when|unless) |except: ")


def cell_words(cell: Cell, only: str = "") -> str:
    """What a cell answers; empty where no rule does.

    ``only`` keeps of what repeating asks for that before the first one, or that after it
    (``FIRST_TIME``, ``AGAIN``), where a cell tells both.
    """
    if cell.known == "silent":
        return "" if cell.says_nothing else cell.silence
    said: dict[str, list[str]] = {}
    for row in sorted(
        _once(rows_asked(cell, only)), key=lambda row: not row.is_general
    ):
        said.setdefault(_codes(row), []).append(_words(row, cell.aspect.key, only))
    parts = [codes + _joined(same) for codes, same in said.items()]
    more = "; and more cases" if len(parts) > MOST_SAID else ""
    doubt = "" if any(row.is_firm for row in cell.rows) else DOUBT
    return doubt + "; ".join(parts[:MOST_SAID]) + more


def _joined(words: Iterable[str]) -> str:
    """Counts that hold at once are one thing that is said."""
    said = list(dict.fromkeys(words))
    counts = all(each[:1].isdigit() and "(" not in each for each in said)
    return (COUNTED if counts else "; ").join(said)


def _once(rows: Sequence[Row]) -> list[Row]:
    """Rows without those that say what a wider one says too."""
    kept: list[Row] = []
    for row in sorted(rows, key=lambda row: len(where_of(row))):
        same = (one for one in kept if (one.short, one.codes) == (row.short, row.codes))
        if not any(
            (row.short and one.is_general)
            or (where_of(one) and where_of(row).startswith(where_of(one)))
            for one in same
        ):
            kept.append(row)
    order = {id(row): at for at, row in enumerate(rows)}
    return sorted(kept, key=lambda row: order[id(row)])


def rows_asked(cell: Cell, only: str = "") -> tuple[Row, ...]:
    """The rows that decide, of the time that is asked about where some are of it."""
    firm = [row for row in cell.rows if row.is_firm] or list(cell.rows)
    if only == FIRST_TIME:
        kept = [row for row in firm if time_of(row) == FIRST_TIME]
    else:
        kept = [row for row in firm if not only or time_of(row) != FIRST_TIME]
    return tuple(kept or firm)


def time_of(row: Row) -> str:
    """Which time a rule about repeating is for; empty for any other rule."""
    if row.aspect != "repeat":
        return ""
    if "no earlier" in row.condition:
        return FIRST_TIME
    if "without modifier KX" in row.condition:
        return THERAPEUTIC
    return SECOND_BLOCK if "modifier KX" in row.condition else AGAIN


def full_words(row: Row, label: str = "") -> str:
    """The whole sentence of a row after the time that it is for; ``label`` is said already."""
    time = time_of(row)
    if _EARLIER.fullmatch(row.short.replace("\xa0", " ")):
        words = _earlier(row.short) + "".join(
            f", {found[0]}" for found in [_LONG_BEFORE.search(row.sentence)] if found
        )
    else:
        words = row.sentence[:1].lower() + row.sentence[1:]
    return (f"{time}: " if time not in ("", label) else "") + _codes(row) + words


def where_of(row: Row) -> str:
    """The states, contractors or plans that a row is for; empty: all."""
    parts = row.condition.split("; ")
    kept = next((at for at, part in enumerate(parts) if _CASE.match(part)), len(parts))
    return "; ".join(parts[:kept])


def cases_of(row: Row) -> str:
    """When a row applies and when not, without where; nothing that its time says already."""
    if time_of(row):
        return ""
    cases = row.condition[len(where_of(row)) :].removeprefix("; ")
    if len(cases) > LONGEST_CONDITION:
        return SOME
    return _EXCEPTION.sub(r"except: \1", cases)


def joined(words: Iterable[str]) -> str:
    """Names as a sentence lists them."""
    named: Sequence[str] = tuple(words)
    return (
        " and ".join(filter(None, [", ".join(named[:-1]), named[-1]])) if named else ""
    )


def _words(row: Row, key: str, only: str) -> str:
    short = row.short or row.sentence
    if short == BARE and row.aspect != "approval":
        short = row.sentence
    time = time_of(row)
    if time:
        told = only if only == FIRST_TIME else AGAIN if key == "repeat" else ""
        short = (f"{time}: " if time != told else "") + _earlier(short)
    elif row.aspect in ("covered", "approval"):
        short = short[:1].lower() + short[1:]
        short = f"covered {short}" if short == CONDITIONAL.lower() else short
    elif _EARLIER.fullmatch(short.replace("\xa0", " ")):
        short = _earlier(short)
    where = where_of(row)
    if where and len(where) <= LONGEST_WHERE:
        return f"{short} ({where})"
    if row.narrowed and SOME not in short:
        cases = "" if key in ("covered", "provider") else cases_of(row)
        return f"{short} ({cases})" if cases not in ("", SOME) else f"{short} {SOME}"
    return short


def _codes(row: Row) -> str:
    """For which codes of many a row is: by name while they are few."""
    words = row.codes_words
    if len(words) > LONGEST_CODES:
        words = f"{len(row.codes)} of its codes"
    return f"for {words}: " if words else ""


def _earlier(short: str) -> str:
    """``2 before · 80 % relief`` in words."""
    plain = short.replace("\xa0", " ")
    found = _EARLIER.fullmatch(plain)
    if found is None:
        return _at_least(plain)
    relief = found["relief"]
    each = " each" if found["count"] != "1" else ""
    blocks = "blocks" if each else "block"
    return f"{found['count']} earlier {blocks}" + (
        f" with {_at_least(relief)}{each}" if relief else ""
    )


def _at_least(relief: str) -> str:
    return f"at least {relief}" if relief[:1].isdigit() else relief
