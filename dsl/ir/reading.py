"""How a registry by form is asked: one place trusts that a reader fits its key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Concatenate, Never, ParamSpec, TypeVar, cast

Given = ParamSpec("Given")
Made = TypeVar("Made")


def read(
    reader: Callable[Concatenate[Never, Given], Made],
    node: object,
    *args: Given.args,
    **kwargs: Given.kwargs,
) -> Made:
    """What the reader of a node's own form makes of it.

    A dict from forms to their readers cannot say in its type that each reader takes the
    form of its key.  Its readers are typed as taking ``Never``, so that nobody can call
    one past this function, and they are looked up by ``type(node)``.
    """
    fitting = cast("Callable[Concatenate[object, Given], Made]", reader)
    return fitting(node, *args, **kwargs)
