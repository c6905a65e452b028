"""``payerkb``, and ``python -m kb``: the command line from its first import on."""

from __future__ import annotations

import sys

STOPPED = 130


def main() -> None:
    """Run the command line; an interrupt is one sentence, while it is imported too."""
    try:
        from kb.cli import main as run  # noqa: PLC0415

        run(prog_name="payerkb")
    except KeyboardInterrupt:
        print("Stopped before the end.", file=sys.stderr)
        sys.exit(STOPPED)


if __name__ == "__main__":
    main()
