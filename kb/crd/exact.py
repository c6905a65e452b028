"""JSON in and out with every digit: an order goes back as it came, but for its answer.

``1.10`` of an order stays ``1.10``: FHIR's decimals keep their zeros.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from secrets import token_hex
from typing import NoReturn

Json = dict[str, object]

_MARK = f"decimal-{token_hex(16)}-"
"""What stands before a decimal until the text is whole; nobody can write it."""
_MARKED = re.compile(f'"{_MARK}([^"]*)"')


def parsed(content: bytes) -> object:
    """The value of a JSON text in UTF-8.

    Raises ``ValueError`` when it is none, or when a key stands twice in one object.
    """
    try:
        return json.loads(
            content.decode("utf-8"),
            parse_float=Decimal,
            parse_constant=_refuse,
            object_pairs_hook=_object,
        )
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def written(value: object) -> bytes:
    """The value as JSON text, without needless spaces; half letters stay escaped."""
    text = json.dumps(value, default=_marked, separators=(",", ":"))
    return _MARKED.sub(r"\1", text).encode("ascii")


def _marked(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{_MARK}{value}"
    message = f"{type(value).__name__} is no JSON"
    raise TypeError(message)


def _object(pairs: list[tuple[str, object]]) -> Json:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _refuse(_word: str) -> NoReturn:
    raise ValueError("NaN and Infinity are no JSON")
