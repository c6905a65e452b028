"""Characters that hide text or move it: refused in policies, made visible in what is printed.

A reviewer must never see another rule than the compiler.  So they are refused everywhere
in a file, in comments and prose too: an override of the reading direction in a comment
changes how the line around it is seen.
"""

from __future__ import annotations

import re
import unicodedata

HIDDEN = re.compile(
    "["
    "\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f"  # controls, but tab and newline
    "\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f"
    "\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0"
    "\\ufff0-\\ufffb\\U0001bca0-\\U0001bca3\\U0001d173-\\U0001d17a\\U000e0000-\\U000e0fff"
    "\\u2028\\u2029"  # ends of lines for some programs, not for this one
    "\\ud800-\\udfff"  # halves of characters, which no file can hold
    "]"
)
"""Controls, and what Unicode calls ignorable: shown as nothing, or turning what stands
beside it round."""
CONTROLS = {
    0x00: "NULL", 0x07: "BELL", 0x08: "BACKSPACE", 0x0B: "LINE TABULATION",
    0x0C: "FORM FEED", 0x0D: "CARRIAGE RETURN", 0x1B: "ESCAPE", 0x7F: "DELETE",
    0x85: "NEXT LINE", 0x9B: "CONTROL SEQUENCE INTRODUCER",
    0x9D: "OPERATING SYSTEM COMMAND",
}  # fmt: skip
"""Unicode gives controls no names; these are met."""
BYTE_ORDER_MARK = "\ufeff"


def name_of(character: str) -> str:
    """``U+202E (RIGHT-TO-LEFT OVERRIDE)``."""
    code = ord(character)
    known = CONTROLS.get(code) or unicodedata.name(character, "")
    return f"U+{code:04X} ({known or 'a control character'})"


def disarmed(text: str) -> str:
    """The text as it may be printed: what is hidden is written as an escape.

    Inside a JSON string that is an escape of the same character: programs read what was
    there, terminals and people see it.
    """
    return HIDDEN.sub(written, text)


def written(found: re.Match[str]) -> str:
    """A hidden character as an escape."""
    code = ord(found[0])
    if code < ord(" "):
        return f"\\x{code:02x}"
    if code <= 0xFFFF:
        return f"\\u{code:04x}"
    halves = found[0].encode("utf-16-be")
    return f"\\u{halves[:2].hex()}\\u{halves[2:].hex()}"


def unix_ends(text: str) -> str:
    """The text with newlines for its ends of lines.

    A carriage return alone ends a line only where no newline does: between lines that
    newlines end it is a control character, which one program shows as the end of a line and
    another as nothing.
    """
    plain = text.replace("\r\n", "\n")
    return plain if "\n" in plain else plain.replace("\r", "\n")


def without_mark(text: str) -> str:
    """The text with a blank for the mark of the byte order that some editors begin it with."""
    marked = text.startswith(BYTE_ORDER_MARK)
    return " " + text[1:] if marked else text


def refuse_hidden(text: str) -> str:
    """Why a text of one line is refused for what is hidden in it; empty when nothing is."""
    found = HIDDEN.search(text)
    if found is None:
        return ""
    return (
        f"{name_of(found[0])} stands at character {found.start() + 1}, and is not seen or "
        "moves what is seen. Remove it."
    )
