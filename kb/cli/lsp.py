"""``payerkb lsp``: the language server that editors start."""

from __future__ import annotations

import click


@click.command()
@click.option("--stdio", is_flag=True, help="Accepted for editors that always say it.")
def lsp(stdio: bool) -> None:  # noqa: ARG001, FBT001  (standard input is the only way)
    """Serve an editor over standard input and output.

    Editors start this by themselves; docs/editors.md tells how. It reads the policies of
    the folder that is open and says what is wrong while one types; it explains words,
    finds declarations and uses, completes, formats, corrects and runs scenarios. Nothing
    of the files leaves this process, and nothing is logged.
    """
    from kb.editor.server import serve  # noqa: PLC0415

    serve()
