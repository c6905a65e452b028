"""Names as they are compared: one spelling for what people write in many ways."""

from __future__ import annotations

from unicodedata import normalize


def plain_name(name: str) -> str:
    """A payer's name for comparing: lower case, letters and digits only.

    Letters count without their accents and in their plain form, so that ``Plan Médico``
    is ``planmedico`` however a file encodes it.
    """
    return "".join(x for x in normalize("NFKD", name).casefold() if x.isalnum())
