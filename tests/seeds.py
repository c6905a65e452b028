"""Where chance begins: a seed that is new for each commit in CI, and 0 at the desk.

Random tests take their cases from here, so that CI tries others with every commit, and
the same again when a commit is run again.  The seed stands in the header of the run;
``PAYERKB_SEED=N`` repeats a run, case by case.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

VARIABLE = "PAYERKB_SEED"
APART = 1_000_000
"""Numbers that one run may use: those of two runs never meet."""


def seed_of_run(environment: Mapping[str, str]) -> int:
    """The seed of this run: the one asked for, else in CI that of the commit, else 0.

    Raises ``ValueError`` when what is asked for is no whole number.
    """
    asked = environment.get(VARIABLE, "")
    if asked:
        if not asked.isdecimal():
            message = f"{VARIABLE} is no whole number. Write {VARIABLE}=0 or another."
            raise ValueError(message)
        return int(asked)
    return seed_of_commit() if environment.get("CI") else 0


def seed_of_commit() -> int:
    """The number of the commit that is tried; without git a random one."""
    try:
        found = subprocess.run(
            ["git", "rev-parse", "HEAD"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return int.from_bytes(os.urandom(4))
    return int(found.stdout[:8], 16)


RUN = seed_of_run(os.environ)
# The workers of a run are processes of their own: they are to have its seed.
os.environ[VARIABLE] = str(RUN)


def fresh(number: int) -> int:
    """The seed of case ``number`` in this run: ``number`` itself at the desk."""
    return RUN * APART + number


def how_to_repeat() -> str:
    """The seed of the run, as one writes it to have the same cases again."""
    return f"{VARIABLE}={RUN}"
