"""The command ``payerkb``: one module a command, loaded when it is called."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from kb.cli.failures import told, unwound_by_signals
from kb.cli.seam import disarmed_output
from kb.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable

COMMANDS = {
    "ask": "kb.cli.ask:ask_command",
    "audit": "kb.cli.audit:audit",
    "backtest": "kb.cli.backtest:backtest",
    "build": "kb.cli.build:build",
    "calibrate": "kb.cli.calibrate:calibrate",
    "check": "kb.cli.check:check",
    "check-claim": "kb.cli.check_claim:check_claim",
    "compare-lists": "kb.cli.compare_lists:compare_lists",
    "coverage": "kb.cli.coverage:coverage",
    "crd": "kb.cli.crd:crd",
    "diff": "kb.cli.diff:diff",
    "draft": "kb.cli.draft:draft_command",
    "drift": "kb.cli.drift:drift_command",
    "evaluate": "kb.cli.evaluate:evaluate",
    "fmt": "kb.cli.fmt:fmt",
    "guide": "kb.cli.guide:guide",
    "history": "kb.cli.history:history",
    "import": "kb.cli.import_tables:import_command",
    "lint": "kb.cli.lint:lint_command",
    "lsp": "kb.cli.lsp:lsp",
    "matrix": "kb.cli.matrix:matrix",
    "mutate": "kb.cli.mutate:mutate",
    "quality": "kb.cli.quality:quality",
    "query": "kb.cli.query:query",
    "read": "kb.cli.read:read",
    "schema": "kb.cli.schema:schema",
    "search": "kb.cli.search:search",
    "serve": "kb.cli.serve:serve",
    "tables": "kb.cli.tables:tables",
    "test": "kb.cli.test:test",
    "twins": "kb.cli.twins:twins",
}
SUMMARIES = {
    "ask": "Ask in your own words what payers' rules say.",
    "audit": "Look the whole knowledge base over.",
    "backtest": "Answer the claims of a file by two states of the policies.",
    "build": "Compile the .policy files of a folder into one database.",
    "calibrate": "Hold what rules say of CLAIMS against what payers did by REMITTANCES.",
    "check": "Check the .policy files of a folder.",
    "check-claim": "Answer the claims of FILE (- for standard input).",
    "compare-lists": "Compare our lists of codes with CMS's tables of a day.",
    "coverage": "Show how often scenarios gave each status of each rule.",
    "crd": "Answer an EHR what payers' rules ask of an order (CDS Hooks, Da Vinci CRD).",
    "diff": "Compare two states of the policies, and show claims that they answer differently.",
    "draft": "Print a policy file begun from ARTICLE (A58745) of the coverage database.",
    "drift": "Compare our Medicare policies with an export of the coverage database.",
    "evaluate": "Answer the claims of FILES into files, and say what they come to.",
    "fmt": "Put policy files in the one style.",
    "guide": "Write the guide as plain files that any file server shows.",
    "history": "Keep earlier claims in a file of your own, for check-claim --history.",
    "import": "Import tables that CMS publishes.",
    "lint": "Check policies for what a compiler cannot see.",
    "lsp": "Serve an editor over standard input and output.",
    "matrix": "Show payers side by side, one table a family of procedures.",
    "mutate": "Change each rule a little, and see whether a scenario fails.",
    "quality": "Measure how true the knowledge base is.",
    "query": "Ask the knowledge base a question.",
    "read": "Read FILES (- for standard input), and say what they hold.",
    "schema": "Print a JSON Schema.",
    "search": "Search rules, policies, sources, codes and payers.",
    "serve": "Serve the knowledge base to browsers on this machine.",
    "tables": "List the editions of CMS's tables that are loaded.",
    "test": "Run the scenarios that stand in the policies.",
    "twins": "Propose a scenario for each change that `payerkb mutate` found unnoticed.",
}
"""What each command says of itself first, so that the help of all imports none."""


class CommandsByName(click.Group):
    """A group that imports a command only when it is needed, so that each starts fast.

    Nothing leaves it as an exception: see ``kb.cli.failures``.
    """

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,  # noqa: ANN401  (as click has it)
    ) -> click.Context:
        """Read the options before the command; help and version are printed here."""
        with told(debug=False):
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  (as click has it)
        """Run the command."""
        with told(debug=ctx.params.get("debug", False)), unwound_by_signals():
            super().invoke(ctx)

    def main(self, *args: Any, **extra: Any) -> Any:  # noqa: ANN401  (as click has it)
        """Run a command and leave; nothing that it prints can move a terminal.

        Click itself would end an interrupt between reading and running with 1, as if
        there were findings.
        """
        with disarmed_output():
            if not extra.get("standalone_mode", True):
                return super().main(*args, **extra)
            with told(debug=False):
                code = super().main(*args, **{**extra, "standalone_mode": False})
        sys.exit(code)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """All commands, in alphabetical order."""
        return sorted(COMMANDS)

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """List the commands by their summaries."""
        named = [click.Command(name, help=said) for name, said in SUMMARIES.items()]
        click.Group(commands=named).format_commands(ctx, formatter)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the command of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; an unknown one gets the nearest name."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            near = nearest(args[0], COMMANDS)
            hint = f" Did you mean '{near}'?" if near else ""
            raise click.UsageError(error.message + hint, ctx) from None


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that is most like this one, or nothing."""
    from difflib import get_close_matches  # noqa: PLC0415  (only on a mistake)

    return next(iter(get_close_matches(word, sorted(known), n=1)), "")


@click.group(
    cls=CommandsByName,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 88},
)
@click.version_option(__version__, prog_name="payerkb")
@click.option(
    "--debug",
    is_flag=True,
    envvar="PAYERKB_DEBUG",
    help="Show the trace of a failure; it may hold values of a claim (or $PAYERKB_DEBUG).",
)
def main(*, debug: bool) -> None:
    """Look up payer rules, and ask whether a claim will hold.

    Policies are text files (*.policy). `payerkb build` compiles them into one
    database; every other command answers from that file, on this machine, and
    prints the rule, the arithmetic and the source beside each answer.

    \b
    A first look:
      payerkb build                      compile policies/ into build/kb.db
      payerkb serve --open               read and search it in the browser
      payerkb check-claim claim.json     will this claim hold, and why
      payerkb check-claim batch.837      the same for an X12 837P file

    \b
    Exit codes, the same for every command:
      0    nothing found
      1    findings: in claims, in policies, in scenarios; nothing else
      2    bad input or usage, or the program could not do its work
      3    undecided only: nothing loaded can decide
      130  stopped by Ctrl+C; 141 the reader of a pipe left; 143 ended from outside
    """  # noqa: D301  (click reads the character \b)
