"""The seal of a knowledge base: a hash of the whole file that stands in the file itself.

The last row of the table ``meta`` is ``seal``: ``sha256:`` and 64 digits, which are the
hash of the file with zeros in their place.  A file whose seal fits is byte for byte what
the build wrote, so that one hash vouches for every row, index and header at once, for
the price of the hash that the receipt of an answer needs anyway.

The row stands near the end of the file: both hashes share all that lies before it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

SEAL = "seal"
"""The key in ``meta``."""
DIGITS = 64
NO_SEAL = "sha256:" + "0" * DIGITS
"""The value until the file is whole."""
# SQLite writes the text columns of a row one after the other.
MARK = f"{SEAL}sha256:".encode()


@dataclass(frozen=True, slots=True)
class Hashes:
    """What one reading of a file's bytes tells."""

    file: str
    """``sha256:...`` of the bytes as they are: what a receipt names."""
    sealed: bool
    """Whether the seal in the bytes is theirs."""


def hashes_of(content: bytes) -> Hashes:
    """Hash the bytes of a file, and hold them against the seal in them."""
    place = place_of_seal(content)
    if place is None:
        return Hashes("sha256:" + hashlib.sha256(content).hexdigest(), sealed=False)
    view = memoryview(content)
    whole = hashlib.sha256(view[:place])
    blank = whole.copy()
    blank.update(b"0" * DIGITS)
    blank.update(view[place + DIGITS :])
    whole.update(view[place:])
    seal = content[place : place + DIGITS]
    return Hashes(
        "sha256:" + whole.hexdigest(), sealed=seal == blank.hexdigest().encode()
    )


def place_of_seal(content: bytes) -> int | None:
    """Where the digits of the seal begin; ``None`` when there are none."""
    found = content.rfind(MARK)
    place = found + len(MARK)
    return place if found >= 0 and place + DIGITS <= len(content) else None


def seal(path: Path) -> None:
    """Write the seal into a file that has ``NO_SEAL`` in its place.

    Raises ``OSError`` when the file cannot be read or written, ``ValueError`` when it
    has no place for a seal.
    """
    content = path.read_bytes()
    place = place_of_seal(content)
    if place is None:
        message = f"{path} has no row for a seal in its table meta."
        raise ValueError(message)
    blank = content[:place] + b"0" * DIGITS + content[place + DIGITS :]
    with path.open("r+b") as file:
        file.seek(place)
        file.write(hashlib.sha256(blank).hexdigest().encode())
