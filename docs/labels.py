"""Labels of the diagnosis codes that the policies name, from ICD-10-CM's own words.

    pip install simple-icd-10-cm==1.5.0
    python docs/labels.py build/kb.db > kb/build/icd-10-cm.tsv

ICD-10-CM is published by the CDC's National Center for Health Statistics and free to use.
The package holds the release; it is needed here only, not to build or to serve.
"""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from importlib import import_module
from importlib.metadata import version

RELEASE = "April 2026"
NAMED = "SELECT id FROM code WHERE kind = 'diagnosis' ORDER BY id"


def main(database: str) -> None:
    """Print the labels, a code a line."""
    release = import_module("simple_icd_10_cm")
    with closing(sqlite3.connect(database)) as connection:
        codes = [str(code) for (code,) in connection.execute(NAMED)]
    print(
        f"# ICD-10-CM, release of {RELEASE}, National Center for Health Statistics (CDC);"
    )
    print(f"# by docs/labels.py with simple-icd-10-cm {version('simple-icd-10-cm')}.")
    for code in codes:
        if release.is_valid_item(code):
            print(f"{code}\t{release.get_description(code)}")


if __name__ == "__main__":
    main(sys.argv[1])
