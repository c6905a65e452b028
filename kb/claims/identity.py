"""Who a patient is, the same in every format: by member id, birth date, given name.

A claim's ``patient`` is a token that is the same for one patient in every file and tells
nothing of them; ``member`` is what earlier claims of other formats are found by.
"""

from __future__ import annotations

import hashlib
import re

_NOT_IN_AN_ID = re.compile("[^A-Z0-9]")


def member_in(text: str) -> str:
    """The member id as it tells patients apart: capitals and digits only."""
    large = text.upper()
    if (
        large.isascii() and large.isalnum()
    ):  # nearly all of them, in a third of the time
        return large
    return _NOT_IN_AN_ID.sub("", large)


def patient_token(member: str, birth: str, given: str = "") -> str:
    """The token of a patient, of a member id as ``member_in`` gives it.

    ``birth`` is written ``YYYYMMDD``, empty when not known.  A dependant, who shares the
    member id, adds the given name, so that twins are two patients.
    """
    identity = f"{member}|{birth}|{given.upper()}"
    return f"P-{_hashed(identity)}"


def person_token(person: str) -> str:
    """The token of somebody whom a table numbers as a person, over all member ids.

    It begins otherwise than that of a member id, for the number may have the same digits.
    """
    return f"T-{_hashed(person)}"


def _hashed(text: str) -> str:
    # What is no UTF-8 in a table becomes surrogates, and is a fault only later.
    content = text.encode("utf-8", "surrogatepass")
    return hashlib.sha256(content).hexdigest()[:16]
