"""``python -m dsl FOLDER``: check the policy files of a folder, nothing else."""

from __future__ import annotations

import sys
from pathlib import Path

from dsl.load.folder import load_folder


def main(arguments: list[str]) -> int:
    """Print every diagnostic; exit code 0 without errors, 1 with, 2 for bad usage."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        sys.stderr.write("usage: python -m dsl FOLDER\n")
        return 2
    loaded = load_folder(Path(arguments[0]))
    for diagnostic in loaded.diagnostics:
        sys.stdout.write(diagnostic.render() + "\n\n")
    errors = sum(d.severity == "error" for d in loaded.diagnostics)
    files, policies = len(loaded.model.files), len(loaded.model.policies)
    sys.stdout.write(f"{files} files, {policies} policies, {errors} errors\n")
    return 1 if errors else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
