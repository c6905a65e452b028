"""Every benchmark, one after the other: ``python -m bench``."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec

BENCHMARKS = (
    *("claim", "patient", "build", "batch", "stream", "reading", "evaluate", "editor"),
    *("doubling", "tables", "calibration", "crd", "pages", "peers"),
)


def main() -> int:
    """Run each benchmark of this checkout; the worst of their exit codes."""
    worst = 0
    for name in BENCHMARKS:
        if find_spec(f"bench.{name}") is None:
            continue
        print(f"# {name}\n")
        worst = max(worst, import_module(f"bench.{name}").main() or 0)
        print()
    return worst


if __name__ == "__main__":
    sys.exit(main())
