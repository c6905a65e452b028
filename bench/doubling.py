"""Policies of every kind of growth, at a size and at twice the size: how much longer.

    python -m bench.doubling [MEGABYTES]

Prints seconds to parse, compile and lint a file of a size and one of twice, and the ratio;
the sizes grow until a file has the megabytes (1; the promise is for 10).
"""

from __future__ import annotations

import gc
import sys
from time import process_time

from bench.generators import GENERATORS, Generator
from dsl.lint import lint
from dsl.load.folder import load_texts

MEGABYTE = 1_000_000
WORST = 2.6
"""A ratio that is no longer noise about 2."""


def sized(generator: Generator, characters: int) -> tuple[int, str]:
    """The ``n`` at which a generator makes about that many characters, and the text."""
    sample = 2000
    base, more = len(generator(20)), len(generator(20 + sample))
    n = max(1, (characters - base) * sample // max(1, more - base))
    return n, generator(n)


def seconds(text: str) -> float:
    """How long the processor takes until all is said about a text."""
    gc.collect()
    start = process_time()
    loaded = load_texts([("a.policy", text)])
    linted = () if loaded.has_errors else lint(loaded.model).diagnostics
    for found in (*loaded.diagnostics, *linted):
        found.render()
    return process_time() - start


def main(megabytes: float = 1.0) -> int:
    """Print the table; 1 when something more than doubles."""
    print(f"doubling: seconds for half of {megabytes:g} MB and for all of it")
    worst = 0.0
    for name, generator in GENERATORS.items():
        n, text = sized(generator, int(megabytes * MEGABYTE / 2))
        half, whole = seconds(text), seconds(generator(2 * n))
        worst = max(worst, whole / half)
        print(f"{name:<30}{half:8.2f}{whole:8.2f}{whole / half:6.2f}", flush=True)
    print(f"worst {worst:.2f}; at most {WORST} is linear")
    return int(worst > WORST)


if __name__ == "__main__":
    sys.exit(main(*map(float, sys.argv[1:2])))
