"""The seal of the database of tables: a hash of the whole file that stands in the file.

It is that of the knowledge base (``kb.database.seal``), but its row lies at the file's
beginning, and the file, of some hundred megabytes, is read piece by piece.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from kb.database.seal import DIGITS, place_of_seal
from kb.tables.errors import TablesError

PIECE = 1 << 20
"""Bytes read at once; the first of these hold the seal."""


def seal(path: Path) -> None:
    """Write the seal into its place; raises ``OSError``, or ``ValueError`` without one."""
    place, digits = _place_and_hash(path)
    with path.open("r+b") as file:
        file.seek(place)
        file.write(digits)


def refuse_unless_sealed(path: Path) -> None:
    """Raise ``TablesError`` when the file is not byte for byte as an import wrote it.

    Costs some half a second for each gigabyte.
    """
    try:
        place, digits = _place_and_hash(path)
        with path.open("rb") as file:
            file.seek(place)
            sealed = file.read(DIGITS) == digits
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}."
        raise TablesError(message) from None
    except ValueError:
        sealed = False
    if not sealed:
        message = (
            f"{path} is not as payerkb import wrote it: it was changed by hand or by "
            "another program, or a disk or a copy has damaged it. Delete it and import "
            "its files again."
        )
        raise TablesError(message)


def _place_and_hash(path: Path) -> tuple[int, bytes]:
    """Where the digits stand, and what they should be."""
    with path.open("rb") as file:
        begins = file.read(PIECE)
        place = place_of_seal(begins)
        if place is None:
            message = "there is no seal"
            raise ValueError(message)
        digest = hashlib.sha256(
            begins[:place] + b"0" * DIGITS + begins[place + DIGITS :]
        )
        while piece := file.read(PIECE):
            digest.update(piece)
    return place, digest.hexdigest().encode()
