"""Files of policies of every kind of growth, at a size and at twice the size.

Run as ``python -m tests.drills.doubling_policies [MEGABYTES]`` (10, as promised).
"""

from __future__ import annotations

import sys

from bench.doubling import main

MEGABYTES = 10.0

if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else MEGABYTES))
