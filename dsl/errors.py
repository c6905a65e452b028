"""The root of all errors: what an embedder catches.  Every room may import it."""

from __future__ import annotations


class PayerkbError(Exception):
    """What was refused or could not be done; the text says why and what to do.

    Texts name places and kinds, never a value of a claim.  ``docs/api.md`` draws the tree.
    """
