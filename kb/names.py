"""Names as they are compared: one spelling for what people write in many ways."""

from __future__ import annotations

import re
from unicodedata import combining, normalize

UNSAID = frozenset(
    {
        "and",
        "co",
        "company",
        "corp",
        "corporation",
        "epo",
        "hmo",
        "inc",
        "incorporated",
        "limited",
        "llc",
        "ltd",
        "of",
        "pos",
        "ppo",
        "the",
    }
)
"""Words that tell no two payers apart: legal forms, kinds of networks, small words."""
_JOINING = ".'\N{RIGHT SINGLE QUOTATION MARK}"
SAME_WORDS = {
    "bc": "bluecross",
    "bcbs": "bluecrossblueshield",
    "bs": "blueshield",
    "comm": "community",
    "hlth": "health",
    "ins": "insurance",
    "natl": "national",
    "svc": "service",
    "svcs": "services",
}


def plain_name(name: str) -> str:
    """A payer's name for comparing: small letters and digits, without its legal form.

    Letters count without their accents and in their plain form, so that ``Plan Médico``
    is ``planmedico`` however a file encodes it.  ``BCBS of Texas, Inc.`` and ``Blue Cross
    & Blue Shield of Texas`` are one name.
    """
    folded = normalize("NFKD", name).casefold()
    # An accent, and a point of an abbreviation, part no words.
    joined = "".join(x for x in folded if x not in _JOINING and not combining(x))
    words = re.split(r"[\W_]+", joined)
    return "".join(SAME_WORDS.get(word, word) for word in words if word not in UNSAID)
