"""``python -m kb``: the same as ``payerkb``."""

from kb.cli import main

main(prog_name="payerkb")
