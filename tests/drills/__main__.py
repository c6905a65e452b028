"""Every drill, one after the other, then the laws with a large budget: ``make drills``.

Run as ``python -m tests.drills [FAULTS]``; FAULTS is a folder of bad inputs for
``every_fault``.  The seed is a new one each time, unless ``PAYERKB_SEED`` is set.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
WITH_INPUTS = "every_fault"
LAWS = "20"
"""How many times the usual budget of the laws."""


def drills() -> list[str]:
    """The modules of this folder that can be run, in order."""
    return sorted(
        path.stem
        for path in HERE.glob("*.py")
        if not path.stem.startswith("_")
        and 'if __name__ == "__main__":' in path.read_text("utf-8")
    )


def commands(faults: list[str]) -> dict[str, list[str]]:
    """Each drill with the command that runs it."""
    python = sys.executable
    found = {name: [python, "-m", f"tests.drills.{name}"] for name in drills()}
    own = found.pop(WITH_INPUTS)
    if faults:
        found[WITH_INPUTS] = [*own, *faults]
    laws = ["tests/laws", "tests/kb/engine/test_soundness.py"]
    laws.append("tests/kb/engine/test_differential.py")
    return {**found, "laws": [python, "-m", "pytest", "-q", "-n", "auto", *laws]}


def main(faults: list[str]) -> int:
    """Run them all; 1 when any of them failed."""
    seed = os.environ.get("PAYERKB_SEED") or str(int.from_bytes(os.urandom(4)))
    laws = os.environ.get("PAYERKB_LAWS") or LAWS
    environment = {**os.environ, "PAYERKB_SEED": seed, "PAYERKB_LAWS": laws}
    print(f"PAYERKB_SEED={seed} repeats these drills\n", flush=True)
    ended: dict[str, tuple[int, float]] = {}
    for name, command in commands(faults).items():
        print(f"# {name}\n", flush=True)
        started = time.monotonic()
        code = subprocess.run(command, env=environment, check=False).returncode
        ended[name] = (code, time.monotonic() - started)
        print(flush=True)
    for name, (code, seconds) in ended.items():
        print(f"{name:<30}{'FAILED' if code else 'held':<8}{seconds:>7.0f} s")
    return int(any(code for code, _ in ended.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:2]))
