"""Checks of single JSON values, each naming path, kind found and what to write.

Every check takes an object as a ``Node`` and a key, adds to the node's faults
what is wrong, and gives the value or a default: one pass finds all faults.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from kb.claims.near import MOST_TOLD, listed, name_of_key, near_word
from kb.claims.shapes import DATE, MONEY, Shape, kind_of, plain_number

Json = dict[str, Any]
Word = TypeVar("Word", bound=str)
Item = TypeVar("Item")


class Fault(NamedTuple):
    """What is wrong at a JSON path, what was expected, and what to write."""

    path: str
    reason: str
    fix: str = ""


Faults = list[Fault]


def one_a_cause(faults: Faults) -> Faults:
    """Faults of one reason as one, at the first place, with the other places."""
    places: dict[tuple[str, str], list[str]] = {}
    for fault in faults:
        places.setdefault((fault.reason, fault.fix), []).append(fault.path)
    return [
        Fault(first, f"{reason}{_also_at(others)}", fix)
        for (reason, fix), (first, *others) in places.items()
    ]


def _also_at(others: list[str]) -> str:
    if not others:
        return ""
    more = len(others) - MOST_TOLD
    also = f" and {more:,} more places" if more > 0 else ""
    return f"; the same at {listed(others[:MOST_TOLD])}{also}"


class Node(NamedTuple):
    """A JSON object, the path of its keys (``lines[2].``), and where faults go."""

    obj: Json
    at: str
    faults: Faults


class JsonObject(dict[str, Any]):
    """A JSON object as read from text, with the keys that it gave twice."""

    repeated: tuple[str, ...] = ()


def object_from_pairs(pairs: list[tuple[str, Any]]) -> Json:
    """A JSON object that remembers its repeated keys (``object_pairs_hook``)."""
    plain = dict(pairs)
    if len(plain) == len(pairs):
        return plain
    found = JsonObject(plain)
    times = Counter(key for key, _ in pairs)
    found.repeated = tuple(key for key in found if times[key] > 1)
    return found


def check_keys(node: Node, known: tuple[str, ...]) -> None:
    """Unknown keys are faults, and so are keys that the text gives twice."""
    unknown = [key for key in node.obj if key not in known]
    if unknown:
        _tell_unknown_keys(node, unknown, known)
    check_repeated_keys(node, known)


def _tell_unknown_keys(node: Node, unknown: list[str], known: tuple[str, ...]) -> None:
    the_keys = f"The keys here: {listed(known)}."
    for key in unknown[:MOST_TOLD]:
        reason = f"unknown key {name_of_key(key, known)}"
        fix = _near(key.lower(), known) or the_keys
        node.faults.append(Fault(node.at.rstrip("."), reason, fix))
    if len(unknown) > MOST_TOLD:
        reason = f"{len(unknown) - MOST_TOLD:,} more unknown keys"
        node.faults.append(Fault(node.at.rstrip("."), reason, the_keys))


def check_repeated_keys(node: Node, known: tuple[str, ...] = ()) -> None:
    """Keys that the text gives twice are faults: one of the values would be lost."""
    if not isinstance(node.obj, JsonObject):
        return
    repeated = node.obj.repeated
    reasons = [
        f"a key {name_of_key(key, known)} stands here more than once"
        for key in repeated[:MOST_TOLD]
    ]
    if len(repeated) > MOST_TOLD:
        more = len(repeated) - MOST_TOLD
        reasons.append(f"{more:,} more keys stand here more than once")
    node.faults.extend(
        Fault(node.at.rstrip("."), reason, "Keep one of them.") for reason in reasons
    )


def _near(found: object, words: tuple[str, ...]) -> str:
    near = near_word(found, words) if isinstance(found, str) else ""
    return f"Did you mean `{near}`?" if near else ""


def wrong(path: str, value: object, expected: str, fix: str = "") -> Fault:
    """The fault of a value that is not what was expected."""
    return Fault(path, f"found {kind_of(value)}, expected {expected}", fix)


def text_at(node: Node, key: str, shape: Shape, *, required: bool = False) -> str:
    """The text at ``key``; empty when it is left out or wrong."""
    value = node.obj.get(key)
    if isinstance(value, str) and shape.fits(value):
        return value
    if value is not None:
        node.faults.append(_misshapen(node.at + key, value, shape))
    elif required:
        reason = f"missing: expected {shape.expected}"
        node.faults.append(
            Fault(node.at + key, reason, f"Write it as `{shape.example}`.")
        )
    return ""


def _misshapen(path: str, value: object, shape: Shape) -> Fault:
    fix = f"Write it as `{shape.example}`."
    if isinstance(value, str) and shape.fits(value.strip().upper()):
        fix = "Write it in capitals, without spaces around it."
    return wrong(path, value, shape.expected, fix)


def word_at(node: Node, key: str, words: tuple[Word, ...]) -> Word | None:
    """The word at ``key``, one of ``words``; ``None`` when left out or wrong."""
    value = node.obj.get(key)
    if value is None:
        return None
    for word in words:
        if word == value:
            return word
    expected = f"one of {listed(words)}"
    node.faults.append(wrong(node.at + key, value, expected, _near(value, words)))
    return None


def date_at(node: Node, key: str) -> date | None:
    """The date at ``key``, written ``2026-03-10``; ``None`` when left out or wrong."""
    value = node.obj.get(key)
    if value is None:
        return None
    if not (isinstance(value, str) and DATE.fits(value)):
        fix = f"Write it as `{DATE.example}`."
        node.faults.append(wrong(node.at + key, value, DATE.expected, fix))
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        node.faults.append(Fault(node.at + key, "the calendar has no such date"))
        return None


_ONE = Decimal(1)


def units_at(node: Node, key: str) -> Decimal:
    """Billed units above zero, a number or its decimal text; 1 when left out."""
    value = node.obj.get(key)
    if value is None:
        return _ONE
    number = Decimal(plain_number(value) or 0)
    if number:
        return number
    expected = "a number above zero with at most twelve digits"
    fix = "Write the units billed, as `1`."
    node.faults.append(wrong(node.at + key, value, expected, fix))
    return _ONE


def money_at(node: Node, key: str) -> Decimal | None:
    """Dollars from zero, a number or its decimal text; ``None`` when left out."""
    value = node.obj.get(key)
    if value is None:
        return None
    digits = plain_number(value)
    if digits:
        return Decimal(digits)
    fix = f"Write the dollars billed, as `{MONEY.example}`."
    node.faults.append(wrong(node.at + key, value, MONEY.expected, fix))
    return None


def whole_number(value: object) -> int | None:
    """``value`` as a whole number from 1 to 999999, ``None`` when it is not one."""
    if type(value) is int:
        number = value
    else:
        digits = "" if isinstance(value, str) else plain_number(value)
        if not digits or Decimal(digits) % 1:
            return None
        number = int(Decimal(digits))
    return number if 1 <= number <= 999_999 else None


def whole_at(node: Node, key: str, default: int) -> int:
    """A whole number from 1 at ``key``."""
    value = node.obj.get(key)
    if value is None:
        return default
    number = whole_number(value)
    if number is None:
        expected = "a whole number from 1 to 999999"
        node.faults.append(wrong(node.at + key, value, expected))
    return number or default


def list_at(node: Node, key: str, expected: str) -> list[Any] | None:
    """The list at ``key``; ``None`` when it is left out or wrong."""
    value = node.obj.get(key)
    if value is None or isinstance(value, list):
        return value
    node.faults.append(wrong(node.at + key, value, f"a list of {expected}"))
    return None


def codes_at(node: Node, key: str, shape: Shape) -> tuple[str, ...] | None:
    """The codes listed at ``key``; ``None`` when the list is left out or wrong."""
    values = list_at(node, key, f"texts, each {shape.expected}")
    if values is None:
        return None
    for index, value in enumerate(values):
        if not (isinstance(value, str) and shape.fits(value)):
            path = f"{node.at}{key}[{index}]"
            node.faults.append(_misshapen(path, value, shape))
    return tuple(value for value in values if isinstance(value, str))


def object_at(node: Node, key: str) -> Node | None:
    """The object at ``key``; ``None`` when it is left out or wrong."""
    value = node.obj.get(key)
    if isinstance(value, dict):
        return Node(value, f"{node.at}{key}.", node.faults)
    if value is not None:
        node.faults.append(wrong(node.at + key, value, "an object"))
    return None


def objects_at(
    node: Node, key: str, read: Callable[[Node, int], Item]
) -> tuple[Item, ...]:
    """What ``read`` makes of each object in the list at ``key`` and its index."""
    found = []
    for index, value in enumerate(list_at(node, key, "objects") or ()):
        path = f"{node.at}{key}[{index}]"
        if not isinstance(value, dict):
            node.faults.append(wrong(path, value, "an object"))
            continue
        found.append(read(Node(value, path + ".", node.faults), index))
    return tuple(found)
