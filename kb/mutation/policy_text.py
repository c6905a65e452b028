"""A scenario in the policy language, as one that is like another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
WIDTH = 100
CLAIM_KEYS = (
    "payer", "plan", "state", "place", "date", "received", "requested", "type", "frequency",
    "chart", "authorization",
)  # fmt: skip
LINE_KEYS = ("units", "place", "date", "level", "rendering", "authorization")
ROW_KEYS = ("units", "level", "rendering", "claim")


def scenario_text(
    name: str, title: str, like: str, changed: list[str], expect: list[str]
) -> str:
    """The whole item, ready to paste."""
    lines = [f"scenario {name}: {title}", f"  like: {like}"]
    lines += [part for line in changed for part in wrapped(line)]
    lines += [f"  expect: {line}" for line in expect]
    return "\n".join(lines) + "\n"


def wrapped(line: str) -> Iterator[str]:
    """A labelled line, broken after commas where it is long."""
    held = "  "
    for part in line.split(", "):
        piece = part if held.strip() == "" else f", {part}"
        if len(held) + len(piece) > WIDTH:
            yield f"{held},"
            held, piece = "    ", part
        held += piece
    yield held


def differences(base: Json, claim: Json) -> list[str]:
    """The lines that make ``claim`` out of ``base``."""
    found = [labelled("claim", claim_pairs(base, claim))]
    found += [
        f"line {line['line']}: {line_text(line)}"
        for line in claim["lines"]
        if line not in base["lines"]
    ]
    if claim["history"]["lines"] != base["history"]["lines"]:
        found += [f"earlier: {row}" for row in history_texts(claim["history"]["lines"])]
    found.append(labelled("chart", chart_pairs(base, claim)))
    return [line for line in found if line]


def labelled(label: str, pairs: list[str]) -> str:
    """A line of pairs; empty without any."""
    return f"{label}: {', '.join(pairs)}" if pairs else ""


def claim_pairs(base: Json, claim: Json) -> list[str]:
    """What the claim says otherwise than the base."""
    found = [
        f"{'kind' if key == 'type' else key} {claim[key]}"
        for key in CLAIM_KEYS
        if claim.get(key) != base.get(key)
    ]
    before, after = base["history"], claim["history"]
    if before["state"] != after["state"]:
        found.append(f"history {after['state']}")
    if before["reach"] != after["reach"]:
        found.append(f"reach {after['reach']}")
    old = base.get("fields", {})
    fields = claim.get("fields", {})
    return found + [f"{k} {v}" for k, v in fields.items() if old.get(k) != v]


def chart_pairs(base: Json, claim: Json) -> list[str]:
    """The facts that differ; one that is gone is unknown."""
    before, after = base.get("facts", {}), claim.get("facts", {})
    names = dict.fromkeys([*after, *before])
    return [
        f"{name} {after.get(name, 'unknown')}"
        for name in names
        if before.get(name) != after.get(name)
    ]


def billed(row: Json) -> str:
    """A code with its modifiers: ``64483-RT``."""
    return "-".join([row["code"], *row["modifiers"]])


def pairs_of(row: Json, keys: tuple[str, ...]) -> list[str]:
    """What a line or a row says besides its code."""
    found = [f"dx {' '.join(row['diagnoses'])}"] if row.get("diagnoses") else []
    found += [f"{key} {row[key]}" for key in keys if key in row]
    if row.get("status", "paid") != "paid":
        found.append(f"status {row['status']}")
    return found + [f"{fact} {value}" for fact, value in row.get("facts", {}).items()]


def line_text(line: Json) -> str:
    """One claim line."""
    return ", ".join([billed(line), *pairs_of(line, LINE_KEYS)])


def history_texts(rows: list[Json]) -> Iterator[str]:
    """The rows of a history; those that differ in their date only share a line."""
    dates: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for row in rows:
        alike = (billed(row), tuple(pairs_of(row, ROW_KEYS)))
        dates.setdefault(alike, []).append(row["date"])
    for (code, pairs), days in dates.items():
        yield ", ".join([f"{code} on {', '.join(sorted(days))}", *pairs])


def expectation_text(expected: Json) -> str:
    """What must come out, as ``expect:`` says it."""
    if expected["counted"] is not None:
        return f"counted {expected['counted']}"
    if expected["next_date"]:
        return f"next date {expected['next_date']}"
    result = (expected["status"] or expected["outcome"]).replace("-", " ")
    words = [f"line {expected['line']} {result}"]
    if expected["by"]:
        words.append(f"by {expected['by']}")
    if expected.get("under"):
        words.append(f"under {expected['under']}")
    if expected["about"]:
        words.append(f"about {', '.join(expected['about'])}")
    return " ".join(words)
