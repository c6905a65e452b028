"""An overlay against the text that it is based on."""

from __future__ import annotations

from pathlib import Path

from dsl.base.companions import SCENARIOS
from dsl.errors import PayerkbError
from dsl.load.folder import texts_of_folder
from dsl.resolve.vocabulary import word_under
from dsl.syntax.nodes import Document
from dsl.syntax.parser import parse

KEPT = frozenset(
    {"policy", "source", "payer", "contractor", "fact", "grouping", "code"}
)
"""What an overlay needs to stand on its base; all else is its difference."""


class OverlayError(PayerkbError):
    """Why a policy cannot be compared with its base; its text says so."""


def as_its_base(folder: Path, policy: str, into: Path) -> Path:
    """A copy of a folder in which a policy repeats its base without any difference.

    Raises ``OverlayError`` when the folder has no such policy, or it has no base.
    """
    found = False
    # What its scenarios are like stands in the differences, or in its base anyway.
    own: list[Path] = []
    texts, told = texts_of_folder(folder)
    unread = next((one for one in told if one.severity == "error"), None)
    if unread is not None:
        raise OverlayError(f"{unread.file}: {unread.message}")
    for name, text in texts:
        document = parse(text, name).document
        head = next((item for item in document.items if item.kind == "policy"), None)
        kept = text
        if head is not None and head.name.text == policy:
            if word_under(head, "based on") is None:
                raise OverlayError(f"{policy} is based on nothing.")
            kept, found = without_differences(text, document), True
            own.append(Path(name).with_suffix(SCENARIOS))
        place = into / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(kept, "utf-8")
    if not found:
        raise OverlayError(f"There is no policy {policy} in {folder}.")
    for companion in own:
        (into / companion).unlink(missing_ok=True)
    return into


def without_differences(text: str, document: Document) -> str:
    """A policy's text with the items only that any policy needs."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = [
        "\n".join(lines[item.line - 1 : item.end_line])
        for item in document.items
        if item.kind in KEPT
    ]
    return "\n\n".join(kept) + "\n"
