"""A shared folder that brings files of its own: a command in it runs nothing of them.

Run as ``python -m tests.drills.planted_cache``.  Wherever the program may look for
something to load (a cache beside the database under any name it has had, modules beside
the policies), there lies something that would write a file when it is loaded.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
from pathlib import Path

from tests.drills.measured import COMMAND, measured
from tests.drills.table import Table

POLICY = """\
payer sample: Sample Health
  line of business: commercial

source DOC: A guide
  publisher: Sample publisher
  url: https://example.org/guide
  grade: primary
  read on: 2026-03-01
  review by: 2027-03-01

policy sample/one: One
  payer: sample
  in force: from 2026-01-01
  cite: DOC

gap billing: How it is billed
  cite: DOC
"""
MARK = "RAN"
ON_POLICIES = (("build",), ("build", "--force"), ("check",), ("lint",), ("fmt",))
ON_A_DATABASE = (("test",), ("audit",))
CACHES = (".kb.db.cache", ".kb.db.parsed", ".cache", "kb.db.cache", ".payerkb")
MODULES = ("sitecustomize.py", "usercustomize.py", "dsl.py", "kb.py", "numpy.py")


RUNS_WHEN_LOADED = f"cos\nsystem\n(S'echo ran > {MARK}'\ntR.".encode()
"""A pickle that writes the mark as soon as somebody loads it."""


def plant(folder: Path) -> int:
    """Lay everything down; how many files."""
    (folder / "policies").mkdir()
    (folder / "policies/a.policy").write_text(POLICY, "utf-8")
    sha256 = hashlib.sha256(POLICY.encode()).hexdigest()
    key = hashlib.sha256(f" a.policy {sha256}".encode()).hexdigest()
    count = 0
    for cache in CACHES:
        for name in (f"{key[:2]}/{key[2:]}", key, f"{sha256}.pickle"):
            entry = folder / "build" / cache / name
            entry.parent.mkdir(parents=True, exist_ok=True)
            entry.write_bytes(RUNS_WHEN_LOADED)
            count += 1
    code = f"open({str(folder / MARK)!r}, 'w').close()\n"
    for name in MODULES:
        for place in (folder, folder / "policies"):
            (place / name).write_text(code, "utf-8")
            count += 1
    return count


def main() -> int:
    """Run each command in a folder with everything planted; 1 when any of it ran."""
    table = Table("a shared folder with something planted in it")
    for arguments in (*ON_POLICIES, *ON_A_DATABASE):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            planted = plant(folder)
            if arguments in ON_A_DATABASE:
                measured([COMMAND, "build"], folder)
                (folder / MARK).unlink(missing_ok=True)
            run = measured([COMMAND, *arguments], folder)
            ran = (folder / MARK).exists()
            table.row(
                "payerkb " + " ".join(arguments),
                1,
                int(ran),
                f"{planted} files planted, exit code {run.code}",
                "code of the folder ran",
            )
    return table.close()


if __name__ == "__main__":
    sys.exit(main())
