"""Text that is not UTF-8: which encoding it seems to have, and how to save it."""

from __future__ import annotations

import codecs

BYTE_ORDER_MARK = codecs.BOM_UTF8
_MARKS = (
    # UTF-32 first: its mark begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_LOOKED_AT = 256
_BEGINS = (b"{", b"[", b"I")
"""What a claim file begins with: JSON, or the ISA of X12."""


def wide_encoding(start: bytes) -> str:
    """``UTF-16`` or ``UTF-32`` when ``start`` is of such a text, else empty.

    Without a mark it is told by the zero bytes that plain letters have there.
    """
    for mark, name in _MARKS:
        if start.startswith(mark):
            return name
    for width, name in ((4, "UTF-32"), (2, "UTF-16")):
        found = start[: min(_LOOKED_AT, len(start) // width * width)]
        for at in (0, width - 1):
            letters = found[at::width]
            zeros = found.count(0) == len(found) - len(letters)
            if zeros and letters.strip()[:1] in _BEGINS and letters.isascii():
                return name
    return ""


def how_to_save(encoding: str) -> str:
    """What to do with a text of that encoding."""
    return (
        f"Save it as UTF-8: in an editor by 'Save as', in PowerShell with"
        f" `Set-Content -Encoding utf8`, or with"
        f" `iconv -f {encoding} -t UTF-8 OLD > NEW`."
    )


def not_utf8(content: bytes, place: str) -> tuple[str, str]:
    """What is wrong with bytes that are not UTF-8 at ``place``, and what to do."""
    wide = wide_encoding(content)
    if wide:
        return f"{wide} text, expected UTF-8", how_to_save(wide)
    reason = f"not UTF-8 text at {place}"
    try:
        content.decode("windows-1252")
    except UnicodeDecodeError:
        return reason, how_to_save("latin1")
    return f"{reason}: perhaps Windows-1252 or Latin-1", how_to_save("windows-1252")
