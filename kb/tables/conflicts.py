"""Which editions may stand beside each other: each day is owned by one."""

from __future__ import annotations

from collections.abc import Iterable

from kb.tables.editions import Loaded
from kb.tables.errors import TableFileError
from kb.tables.packing import unpacked_day
from kb.tables.recognising import Group


def is_of(loaded: Loaded, group: Group) -> bool:
    """Whether a loaded edition is one of the same table."""
    return (loaded.kind, loaded.setting, loaded.series) == (
        group.layout.kind,
        group.setting,
        group.series,
    )


def refuse_the_wrong_edition(
    group: Group, digest: str, loaded: Iterable[Loaded]
) -> None:
    """Raise ``TableFileError`` when the same file is loaded under another name."""
    for each in loaded:
        if each.sha256 == digest and each.kind == group.layout.kind:
            message = (
                f"The same file is loaded as {each.title}, from "
                f"{unpacked_day(each.first_day)} to {unpacked_day(each.last_day)}; as "
                f"{group.title} it would be the wrong edition. If CMS did publish the "
                "same table again, say so by its first day: --effective "
                f"{group.period.first_day}"
            )
            raise TableFileError(message)


def is_there(
    group: Group, digest: str, days: tuple[int, int], loaded: Iterable[Loaded]
) -> bool:
    """Whether the edition is loaded already, of the same files.

    Raises ``TableFileError`` when another edition stands in its way.
    """
    first, last = days
    for each in loaded:
        if not is_of(each, group):
            continue
        if each.name == group.period.name:
            if each.sha256 == digest and (each.first_day, each.last_day) == days:
                return True
            message = (
                f"{each.title} is loaded from other files, or for other days (sha256 "
                f"{each.sha256[:12]}..., now {digest[:12]}...). {_remove(each)}"
            )
            raise TableFileError(message)
        if each.first_day <= last and first <= each.last_day:
            message = (
                f"{group.title} ({group.period.first_day} to {group.period.last_day}) and "
                f"{each.title}, which is loaded ({unpacked_day(each.first_day)} to "
                f"{unpacked_day(each.last_day)}), would own the same days. Say where the "
                "earlier one ends: remove it, import it again with --until DAY, then "
                f"import the later one with --effective DAY. {_remove(each)}"
            )
            raise TableFileError(message)
    return False


def _remove(each: Loaded) -> str:
    return f"To remove that one: payerkb tables remove {each.title}"
