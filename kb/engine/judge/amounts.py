"""Dated amounts, made ready for many days of service."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from dsl.ir.parts import Amount, Amounts, Days

Made = TypeVar("Made")


def on_day(
    amounts: Amounts, make: Callable[[Amount], Made]
) -> Callable[[date], Made | None]:
    """What ``make`` gives for the amount of a day, made once for each; ``None`` for none."""
    made = [(amount.days, make(amount)) for amount in amounts]
    if len(made) == 1 and made[0][0] == Days():
        only = made[0][1]
        return lambda _day: only
    return lambda day: next((each for days, each in made if days.hold(day)), None)
