"""Where chance begins: a seed that is new for each run in CI, and 0 at the desk.

Random tests take their cases from here, so that every run in CI tries others.  The
seed stands in the header of the run; ``PAYERKB_SEED=N`` repeats a run, case by case.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

VARIABLE = "PAYERKB_SEED"
APART = 1_000_000
"""Numbers that one run may use: those of two runs never meet."""


def seed_of_run(environment: Mapping[str, str]) -> int:
    """The seed of this run: the one asked for, else in CI a fresh one, else 0.

    Raises ``ValueError`` when what is asked for is no whole number.
    """
    asked = environment.get(VARIABLE, "")
    if asked:
        if not asked.isdecimal():
            message = f"{VARIABLE} is no whole number. Write {VARIABLE}=0 or another."
            raise ValueError(message)
        return int(asked)
    return int.from_bytes(os.urandom(4)) if environment.get("CI") else 0


RUN = seed_of_run(os.environ)
# The workers of a run are processes of their own: they are to have its seed.
os.environ[VARIABLE] = str(RUN)


def fresh(number: int) -> int:
    """The seed of case ``number`` in this run: ``number`` itself at the desk."""
    return RUN * APART + number


def how_to_repeat() -> str:
    """The seed of the run, as one writes it to have the same cases again."""
    return f"{VARIABLE}={RUN}"
