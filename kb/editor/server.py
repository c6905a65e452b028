"""The language server: what editors ask, answered from a session of policy files."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from pathlib import Path
from typing import BinaryIO, cast

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer

from dsl.base.diagnostics import Diagnostic, place_of_fix
from dsl.format.formatter import FormatError, format_text
from dsl.lint import lint
from dsl.load.policy_files import UnreadableError, read_policy
from dsl.syntax.nodes import Item
from dsl.syntax.parser import head_above
from kb.editor.complete import Proposal, proposals
from kb.editor.desk import Desk, place_of_uri, units
from kb.editor.hover import hover_text
from kb.editor.index import Declared, Place, index_of, meaning_of
from kb.editor.roles import Spot, spot_at
from kb.editor.runs import RunError, run_scenario, scenarios_of, twins_of
from kb.editor.wire import BAD_PARAMS, EditorProtocol, Headers
from kb.version import __version__

RUN_SCENARIO = "payerkb.runScenario"
TWINS = "payerkb.twins"
LINT_AFTER = 0.4
"""Seconds of quiet before the slower checks run."""
Asked = lsp.HoverParams | lsp.DefinitionParams | lsp.ReferenceParams
SEVERITIES = {
    "error": lsp.DiagnosticSeverity.Error,
    "warning": lsp.DiagnosticSeverity.Warning,
    "note": lsp.DiagnosticSeverity.Information,
}
SYMBOLS = {
    "policy": lsp.SymbolKind.Module,
    "rule": lsp.SymbolKind.Function,
    "gap": lsp.SymbolKind.Function,
    "exception": lsp.SymbolKind.Function,
    "scenario": lsp.SymbolKind.Event,
    "codes": lsp.SymbolKind.Array,
    "value": lsp.SymbolKind.Number,
    "define": lsp.SymbolKind.Boolean,
    "source": lsp.SymbolKind.File,
    "fact": lsp.SymbolKind.Field,
}


server = LanguageServer(
    "payerkb",
    __version__,
    text_document_sync_kind=lsp.TextDocumentSyncKind.Full,
    protocol_cls=EditorProtocol,
)
desk = Desk()


def serve() -> None:
    """Serve one editor over standard input and output until it leaves."""
    # What a client sends may hold a patient's facts in a scenario: nothing is logged.
    logging.disable(logging.CRITICAL)
    server.start_io(cast("BinaryIO", Headers(sys.stdin.buffer)))


@server.feature(BAD_PARAMS)
def bad_params(*_given: object) -> None:
    """Answer a request whose parameters could not be read."""
    raise JsonRpcInvalidParams("I cannot read the parameters of this request.")


# ---------- files ----------


@server.feature(lsp.INITIALIZED)
def opened_folder(ls: LanguageServer, _params: lsp.InitializedParams) -> None:
    """Read the folder and say what is wrong in it."""
    if ls.workspace.root_path:
        desk.open_folder(Path(ls.workspace.root_path))
    check(ls)


@server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
def opened(ls: LanguageServer, params: lsp.DidOpenTextDocumentParams) -> None:
    """Take an opened file's text."""
    take(ls, params.text_document.uri, params.text_document.text)


@server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
def changed(ls: LanguageServer, params: lsp.DidChangeTextDocumentParams) -> None:
    """Take a changed text."""
    document = ls.workspace.get_text_document(params.text_document.uri)
    take(ls, params.text_document.uri, document.source)


@server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
def closed(ls: LanguageServer, params: lsp.DidCloseTextDocumentParams) -> None:
    """Go back to what is on disk."""
    reread(ls, params.text_document.uri)


@server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
def changed_on_disk(
    ls: LanguageServer, params: lsp.DidChangeWatchedFilesParams
) -> None:
    """Follow files that change beside the editor."""
    for change in params.changes:
        if change.uri not in ls.workspace.text_documents:
            reread(ls, change.uri)


def reread(ls: LanguageServer, uri: str) -> None:
    """Take a file from disk; forget it when it is gone."""
    path = desk.path_of(uri)
    place = place_of_uri(uri)
    try:
        text = read_policy(place)
    except UnreadableError as error:
        why = Diagnostic("P009", f"This file {error}", path, error.line)
        desk.drop(path, why if os.path.lexists(place) else None)
        check(ls)
        return
    take(ls, uri, text)


def take(ls: LanguageServer, uri: str, text: str) -> None:
    """Take a text and say what is wrong now."""
    desk.put(desk.path_of(uri), text)
    check(ls)


def check(ls: LanguageServer) -> None:
    """Check at once what the language says, and soon what the linter says."""
    desk.loaded = desk.session.loaded()
    desk.index = index_of(desk.session)
    desk.linted = {}
    publish(ls)
    if desk.waiting is not None:
        desk.waiting.cancel()
    loop = asyncio.get_event_loop()
    desk.waiting = loop.call_later(LINT_AFTER, check_more, ls)


def check_more(ls: LanguageServer) -> None:
    """The linter's findings, once nobody types."""
    if desk.loaded is None or desk.loaded.has_errors:
        return
    for found in lint(desk.loaded.model).diagnostics:
        desk.linted.setdefault(found.file, []).append(found)
    publish(ls)


def publish(ls: LanguageServer) -> None:
    """Tell the editor about files whose messages changed."""
    now: dict[str, list[Diagnostic]] = {}
    for found in desk.loaded.diagnostics if desk.loaded else ():
        now.setdefault(found.file, []).append(found)
    for path, why in desk.unread.items():
        now.setdefault(path, []).append(why)
    for path, more in desk.linted.items():
        now.setdefault(path, []).extend(more)
    for path in sorted({*now, *desk.said}):
        messages = tuple(now.get(path, ()))
        if desk.said.get(path, ()) != messages:
            desk.said[path] = messages
            ls.text_document_publish_diagnostics(
                lsp.PublishDiagnosticsParams(
                    desk.uri_of(path), [as_message(d, path) for d in messages]
                )
            )


def as_message(found: Diagnostic, path: str) -> lsp.Diagnostic:
    """A diagnostic as editors show it."""
    message = f"{found.message}\nWrite: {found.fix}" if found.fix else found.message
    return lsp.Diagnostic(
        range=desk.range_in(path, found.line, found.column, found.width),
        message=message,
        severity=SEVERITIES[found.severity],
        code=found.code,
        source="payerkb",
        data={"fix": found.fix},
    )


# ---------- places ----------


def location(place: Place) -> lsp.Location:
    """A word of a file as editors point to it."""
    word = place.word
    return lsp.Location(
        desk.uri_of(place.path),
        desk.range_in(place.path, word.line, word.column, len(word.text)),
    )


def at(params: Asked) -> tuple[str, Spot | None]:
    """The file and the word that a request is about."""
    path = desk.path_of(params.text_document.uri)
    column = desk.column_of(path, params.position)
    return path, spot_at(desk.items(path), params.position.line + 1, column)


def meant(params: Asked) -> tuple[Spot, Declared] | None:
    """The word under the cursor with the item that it names."""
    path, spot = at(params)
    found = meaning_of(spot, path, desk.index) if spot else None
    return (spot, found) if spot and found else None


# ---------- questions ----------


@server.feature(lsp.TEXT_DOCUMENT_HOVER)
def hover(params: lsp.HoverParams) -> lsp.Hover | None:
    """What the word under the cursor means."""
    found = meant(params)
    if found is None or desk.loaded is None:
        return None
    spot, declared = found
    path = desk.path_of(params.text_document.uri)
    return lsp.Hover(
        lsp.MarkupContent(
            lsp.MarkupKind.Markdown, hover_text(declared, desk.loaded.model)
        ),
        desk.range_in(path, spot.word.line, spot.word.column, len(spot.word.text)),
    )


@server.feature(lsp.TEXT_DOCUMENT_DEFINITION)
def definition(params: lsp.DefinitionParams) -> lsp.Location | None:
    """Where the name under the cursor is declared."""
    found = meant(params)
    return location(found[1].place) if found else None


@server.feature(lsp.TEXT_DOCUMENT_REFERENCES)
def references(params: lsp.ReferenceParams) -> list[lsp.Location]:
    """Everywhere that the name under the cursor is used."""
    found = meant(params)
    if found is None:
        return []
    uses = list(desk.index.uses(found[1]))
    return [
        location(place)
        for place in uses[0 if params.context.include_declaration else 1 :]
    ]


@server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
def symbols(params: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol]:
    """The items of a file."""
    path = desk.path_of(params.text_document.uri)
    return [symbol(item, path) for item in desk.items(path)]


def symbol(item: Item, path: str) -> lsp.DocumentSymbol:
    """An item in an editor's outline."""
    word = item.name
    whole = lsp.Range(
        lsp.Position(item.line - 1, 0), lsp.Position(max(item.end_line, item.line), 0)
    )
    return lsp.DocumentSymbol(
        name=f"{item.kind} {word.text}",
        kind=SYMBOLS.get(item.kind, lsp.SymbolKind.Object),
        range=whole,
        selection_range=desk.range_in(path, word.line, word.column, len(word.text)),
        detail=item.title.text,
    )


@server.feature(lsp.TEXT_DOCUMENT_FOLDING_RANGE)
def folds(params: lsp.FoldingRangeParams) -> list[lsp.FoldingRange]:
    """Each item can be folded to its head."""
    path = desk.path_of(params.text_document.uri)
    return [
        lsp.FoldingRange(item.line - 1, item.end_line - 1)
        for item in desk.items(path)
        if item.end_line > item.line
    ]


@server.feature(
    lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions(trigger_characters=[" ", ":"])
)
def completion(params: lsp.CompletionParams) -> lsp.CompletionList:
    """What may stand at the cursor."""
    path = desk.path_of(params.text_document.uri)
    lines, row = desk.text(path), params.position.line
    line = lines[row] if row < len(lines) else ""
    before = line[: desk.column_of(path, params.position) - 1]
    holding = [item for item in desk.items(path) if item.line <= row + 1]
    item = holding[-1] if holding else None
    found = proposals(before, lines[:row], item, path, desk.index)
    unique = {proposal.text: proposal for proposal in found}
    return lsp.CompletionList(
        is_incomplete=False, items=[as_item(p) for p in unique.values()]
    )


def as_item(proposal: Proposal) -> lsp.CompletionItem:
    """A proposal as editors list it."""
    kinds = {
        "label": lsp.CompletionItemKind.Property,
        "word": lsp.CompletionItemKind.Keyword,
        "item": lsp.CompletionItemKind.Class,
        "fact": lsp.CompletionItemKind.Field,
        "code": lsp.CompletionItemKind.Constant,
    }
    return lsp.CompletionItem(
        label=proposal.text.strip(" :") or proposal.text,
        insert_text=proposal.text,
        detail=proposal.detail,
        kind=kinds.get(proposal.kind, lsp.CompletionItemKind.Reference),
    )


@server.feature(lsp.TEXT_DOCUMENT_FORMATTING)
def formatting(params: lsp.DocumentFormattingParams) -> list[lsp.TextEdit]:
    """The file in the one style; a file with errors stays as it is."""
    path = desk.path_of(params.text_document.uri)
    text = "\n".join(desk.text(path))
    try:
        styled = format_text(text, path)
    except FormatError:
        return []
    if styled == text:
        return []
    end = lsp.Position(text.count("\n") + 1, 0)
    return [lsp.TextEdit(lsp.Range(lsp.Position(0, 0), end), styled)]


# ---------- actions ----------


@server.feature(
    lsp.TEXT_DOCUMENT_CODE_ACTION,
    lsp.CodeActionOptions(code_action_kinds=[lsp.CodeActionKind.QuickFix]),
)
def actions(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    """What the messages say to write, and the twins of the rule at hand."""
    uri = params.text_document.uri
    found = [
        correction(uri, message, fix)
        for message in params.context.diagnostics
        if (fix := fix_of(message))
    ]
    row = params.range.start.line + 1
    for item in desk.items(desk.path_of(uri)):
        if item.kind == "rule" and item.line <= row <= item.end_line:
            title = f"Write the twins of {item.name.text}"
            command = lsp.Command(title, TWINS, arguments=[uri, item.name.text])
            found.append(lsp.CodeAction(title, command=command))
    return found


def fix_of(message: lsp.Diagnostic) -> str:
    """What a message proposes to write; empty for nothing."""
    return str(message.data.get("fix", "")) if isinstance(message.data, dict) else ""


def correction(uri: str, message: lsp.Diagnostic, fix: str) -> lsp.CodeAction:
    """The edit that a message proposes: a word for a word, a line for a line, a new line."""
    place = message.range
    put = place_of_fix(str(message.code), fix)
    lines = desk.text(desk.path_of(uri))
    if put == "below":
        below = lsp.Position(head_above(lines, place.start.line) + 1, 0)
        edit = lsp.TextEdit(lsp.Range(below, below), f"  {fix}\n")
    elif put == "line":
        text = lines[place.start.line] if place.start.line < len(lines) else ""
        indent = len(text) - len(text.lstrip())
        start = lsp.Position(place.start.line, indent)
        end = lsp.Position(place.start.line, units(text))
        edit = lsp.TextEdit(lsp.Range(start, end), fix)
    else:
        edit = lsp.TextEdit(place, fix)
    return lsp.CodeAction(
        f"Write `{fix}`",
        kind=lsp.CodeActionKind.QuickFix,
        diagnostics=[message],
        edit=lsp.WorkspaceEdit(changes={uri: [edit]}),
    )


@server.feature(lsp.TEXT_DOCUMENT_CODE_LENS)
def lenses(params: lsp.CodeLensParams) -> list[lsp.CodeLens]:
    """A button above each scenario that runs it."""
    uri = params.text_document.uri
    path = desk.path_of(uri)
    return [
        lsp.CodeLens(
            desk.range_in(path, item.line, 1, len(item.kind)),
            lsp.Command("Run scenario", RUN_SCENARIO, arguments=[uri, item.name.text]),
        )
        for item in desk.items(path)
        if item.kind == "scenario"
    ]


@server.command(RUN_SCENARIO)
def run(ls: LanguageServer, uri: str, name: str) -> str:
    """Run a scenario of the text as it stands, and say what came out."""
    try:
        said = run_scenario(desk.session, desk.index, desk.path_of(uri), name)
    except RunError as error:
        said = str(error)
    kind = lsp.MessageType.Info if "passed" in said else lsp.MessageType.Warning
    ls.window_show_message(lsp.ShowMessageParams(kind, said))
    return said


@server.command(TWINS)
def twins(ls: LanguageServer, uri: str, rule: str) -> str:
    """Write the scenarios that would notice what none notices yet, below the others."""
    path = desk.path_of(uri)
    try:
        found = twins_of(desk.session, desk.index, path, rule)
    except RunError as error:
        ls.window_show_message(
            lsp.ShowMessageParams(lsp.MessageType.Warning, str(error))
        )
        return ""
    if not found:
        said = f"Every change of {rule} is noticed by a scenario."
        ls.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Info, said))
        return ""
    target = scenarios_of(desk.session, path)
    end = lsp.Position(len(desk.text(target)), 0)
    note = "# Confirm each expectation against the source.\n"
    edit = lsp.TextEdit(lsp.Range(end, end), f"\n{note}{found}")
    ls.workspace_apply_edit(
        lsp.ApplyWorkspaceEditParams(
            lsp.WorkspaceEdit(changes={desk.uri_of(target): [edit]})
        )
    )
    return found
