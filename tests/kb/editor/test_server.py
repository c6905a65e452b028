"""The language server, asked by a real client over standard input and output."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
import pytest_lsp
from lsprotocol import types as lsp
from pytest_lsp import ClientServerConfig, LanguageClient

SHARED = """\
payer sample: Sample Health
  line of business: commercial

source DOC: A made-up document
  publisher: Nobody
  grade: primary
  read on: 2026-01-01
  review by: 2027-01-01

fact pain-duration: How long the pain has lasted
  kind: duration
  of: patient
  where: History
  ask: Write the number of weeks.

code 64483: Through the nerve opening, low back
  sides: paired
"""
POLICY = """\
policy sample/injections: Injections
  payer: sample
  in force: from 2020-01-01
  cite: DOC

codes injections: Injections through the nerve opening
  include: 64483, 64484

rule long-pain: Four weeks of pain
  for: injections
  require: pain-duration at least 4 weeks
  otherwise: deny for necessity
  cite: DOC, page 2
  quote: Pain must last four weeks.

scenario four-weeks: Four weeks are enough
  claim: date 2026-03-10
  line 1: 64483
  chart: pain-duration 4 weeks
  expect: line 1 pass by long-pain
"""


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the one server of the module is opened with."""
    folder = tmp_path_factory.mktemp("workspace")
    write_policies(folder)
    return folder


def write_policies(folder: Path) -> None:
    (folder / "shared.policy").write_text(SHARED, "utf-8")
    (folder / "injections.policy").write_text(POLICY, "utf-8")


@pytest_lsp.fixture(  # type: ignore[untyped-decorator]
    scope="module",
    config=ClientServerConfig(server_command=[sys.executable, "-m", "kb", "lsp"]),
)
async def server(lsp_client: LanguageClient, workspace: Path) -> AsyncIterator[None]:
    await lsp_client.initialize_session(
        lsp.InitializeParams(
            capabilities=lsp.ClientCapabilities(
                window=lsp.WindowClientCapabilities(
                    show_document=lsp.ShowDocumentClientCapabilities(support=True)
                )
            ),
            root_uri=workspace.as_uri(),
        )
    )
    yield
    await lsp_client.shutdown_session()


@pytest.fixture
def folder(workspace: Path) -> Path:
    return workspace


@pytest_asyncio.fixture(loop_scope="module")
async def client(server: LanguageClient, folder: Path) -> AsyncIterator[LanguageClient]:
    """The server as each test finds it: nothing open, no message told."""
    server.diagnostics.clear()
    server.messages.clear()
    yield server
    server.diagnostics.clear()
    server.text_document_did_close(lsp.DidCloseTextDocumentParams(document(folder)))
    await messages(server, folder)


def uri(folder: Path) -> str:
    return (folder / "injections.policy").as_uri()


def document(folder: Path) -> lsp.TextDocumentIdentifier:
    return lsp.TextDocumentIdentifier(uri(folder))


def place(text: str, words: str, inside: int = 0) -> lsp.Position:
    """Where words stand in a text."""
    before = text[: text.index(words) + inside]
    return lsp.Position(before.count("\n"), len(before) - before.rfind("\n") - 1)


async def open_with(
    client: LanguageClient, folder: Path, text: str
) -> list[lsp.Diagnostic]:
    """Open the policy with a text; the messages that follow."""
    client.text_document_did_open(
        lsp.DidOpenTextDocumentParams(
            lsp.TextDocumentItem(uri(folder), "payerkb-policy", 1, text)
        )
    )
    return await messages(client, folder)


async def change_to(
    client: LanguageClient, folder: Path, text: str, version: int = 2
) -> list[lsp.Diagnostic]:
    """Change the open text; the messages that follow."""
    client.text_document_did_change(
        lsp.DidChangeTextDocumentParams(
            lsp.VersionedTextDocumentIdentifier(version, uri(folder)),
            [lsp.TextDocumentContentChangeWholeDocument(text)],
        )
    )
    return await messages(client, folder)


async def messages(client: LanguageClient, folder: Path) -> list[lsp.Diagnostic]:
    """The next messages about the policy."""
    while True:
        await client.wait_for_notification(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        if uri(folder) in client.diagnostics:
            return list(client.diagnostics[uri(folder)])


@pytest.mark.parametrize(
    ("old", "new", "said", "fix"),
    [
        (
            "for: injections",
            "for: injectoins",
            "no code list `injectoins`",
            "injections",
        ),
        ("at least 4 weeks", "at least 50 percent", "does not compare", ""),
        (
            "  require:",
            "  requires:",
            "requires",
            "require: pain-duration at least 4 weeks",
        ),
        ("cite: DOC, page", "cite: DOK, page", "no source `DOK`", "DOC"),
        (
            "  otherwise: deny for necessity\n",
            "",
            "is missing",
            "",
        ),
        (
            "  cite: DOC, page 2\n  quote: Pain must last four weeks.\n",
            "",
            "cites no source",
            "  cite: DOC\n",
        ),
    ],
)
async def test_faults_are_told_while_one_types(
    client: LanguageClient, folder: Path, old: str, new: str, said: str, fix: str
) -> None:
    found = await open_with(client, folder, POLICY.replace(old, new, 1))

    errors = [d for d in found if d.severity == lsp.DiagnosticSeverity.Error]
    assert len(errors) == 1
    assert said in errors[0].message
    head = place(POLICY, "rule long-pain") if not new else place(POLICY, old)
    assert errors[0].range.start.line == head.line
    actions = await client.text_document_code_action_async(
        lsp.CodeActionParams(
            document(folder), errors[0].range, lsp.CodeActionContext(errors)
        )
    )
    edits = [
        edit.new_text
        for action in actions or []
        if isinstance(action, lsp.CodeAction) and action.edit and action.edit.changes
        for edit in action.edit.changes[uri(folder)]
    ]
    assert edits == ([fix] if fix else [])


async def test_a_mended_fault_is_taken_back(
    client: LanguageClient, folder: Path
) -> None:
    found = await open_with(client, folder, POLICY.replace("for: inj", "for: ijn"))
    assert len(found) == 1

    found = await change_to(client, folder, POLICY)
    assert [
        d.severity for d in found if d.severity == lsp.DiagnosticSeverity.Error
    ] == []


async def test_any_text_leaves_the_server_alive(
    client: LanguageClient, folder: Path
) -> None:
    await open_with(client, folder, "rule : :\n\x00 - -- \U0001f600 ]]")
    for version, text in enumerate((POLICY[:200], "::::", POLICY[50:], "x y: z"), 2):
        assert await change_to(client, folder, text, version)


@pytest.mark.parametrize(
    ("words", "inside", "said"),
    [
        (
            "rule long-pain",
            6,
            "For injections: required is pain duration at least 4 weeks",
        ),
        ("by long-pain", 4, "Pain must last four weeks."),
        ("require: pain-duration", 12, "Write the number of weeks."),
        ("for: injections", 8, "2 procedure codes: 64483, 64484"),
        ("include: 64483", 10, "Through the nerve opening, low back"),
        ("cite: DOC, page", 7, "review by: 2027-01-01"),
    ],
)
async def test_a_word_is_explained(
    client: LanguageClient, folder: Path, words: str, inside: int, said: str
) -> None:
    await open_with(client, folder, POLICY + "# \n")
    hover = await client.text_document_hover_async(
        lsp.HoverParams(document(folder), place(POLICY, words, inside))
    )

    assert hover is not None
    assert isinstance(hover.contents, lsp.MarkupContent)
    assert said in hover.contents.value


async def test_declaration_and_uses(client: LanguageClient, folder: Path) -> None:
    await open_with(client, folder, POLICY + "# \n")
    where = place(POLICY, "require: pain-duration", 12)
    found = await client.text_document_definition_async(
        lsp.DefinitionParams(document(folder), where)
    )
    uses = await client.text_document_references_async(
        lsp.ReferenceParams(
            lsp.ReferenceContext(include_declaration=True), document(folder), where
        )
    )

    assert isinstance(found, lsp.Location)
    assert found.uri.endswith("shared.policy")
    assert found.range.start == place(SHARED, "pain-duration")
    assert uses is not None
    assert [(u.uri.rpartition("/")[2], u.range.start.line) for u in uses] == [
        ("shared.policy", place(SHARED, "fact pain").line),
        ("injections.policy", place(POLICY, "require:").line),
        ("injections.policy", place(POLICY, "chart:").line),
    ]


@pytest.mark.parametrize(
    ("line", "proposed"),
    [
        ("  for: ", "injections"),
        ("  for: ", "64483"),
        ("  require: ", "pain-duration"),
        ("  require: ", "diagnosis in"),
        ("  otherwise: ", "deny for frequency"),
        ("  cite: ", "DOC"),
        ("  ", "interval"),
        ("", "scenario"),
        ("  limit: 4 sessions per ", "level"),
        ("  require: any of\n    - ", "pain-duration"),
    ],
)
async def test_what_may_stand_at_the_cursor(
    client: LanguageClient, folder: Path, line: str, proposed: str
) -> None:
    text = f"{POLICY}\nrule new: A new rule\n{line}"
    await open_with(client, folder, text)
    found = await client.text_document_completion_async(
        lsp.CompletionParams(document(folder), place(text + "$", "$"))
    )

    assert isinstance(found, lsp.CompletionList)
    assert proposed in {item.label for item in found.items}


async def test_the_file_is_formatted(client: LanguageClient, folder: Path) -> None:
    await open_with(client, folder, POLICY.replace("  for:", "      for:"))
    edits = await client.text_document_formatting_async(
        lsp.DocumentFormattingParams(document(folder), lsp.FormattingOptions(2, True))
    )

    assert edits is not None
    assert [edit.new_text for edit in edits] == [POLICY]


async def test_outline_folds_and_lenses(client: LanguageClient, folder: Path) -> None:
    await open_with(client, folder, POLICY + "# \n")
    symbols = await client.text_document_document_symbol_async(
        lsp.DocumentSymbolParams(document(folder))
    )
    folds = await client.text_document_folding_range_async(
        lsp.FoldingRangeParams(document(folder))
    )
    lenses = await client.text_document_code_lens_async(
        lsp.CodeLensParams(document(folder))
    )

    assert [s.name for s in symbols or ()] == [
        "policy sample/injections",
        "codes injections",
        "rule long-pain",
        "scenario four-weeks",
    ]
    assert folds is not None
    assert folds[0].start_line == 0
    assert [list(x.command.arguments or ()) for x in lenses or () if x.command] == [
        [uri(folder), "four-weeks"]
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "4 weeks\n  expect",
            "4 weeks\n  expect",
            "four-weeks passed for sample/injections.",
        ),
        ("4 weeks\n  expect", "3 weeks\n  expect", "four-weeks failed:"),
        ("for: injections", "for: nothing", "There are 1 errors"),
    ],
)
async def test_a_scenario_is_run_as_it_stands(
    client: LanguageClient, folder: Path, old: str, new: str, said: str
) -> None:
    await open_with(client, folder, POLICY.replace(old, new) + "# \n")
    answer = await client.workspace_execute_command_async(
        lsp.ExecuteCommandParams("payerkb.runScenario", [uri(folder), "four-weeks"])
    )

    assert said in str(answer)
    assert said in client.messages[-1].message


async def test_twins_of_a_rule(client: LanguageClient, folder: Path) -> None:
    applied: list[lsp.ApplyWorkspaceEditParams] = []

    @client.feature(lsp.WORKSPACE_APPLY_EDIT)  # type: ignore[untyped-decorator]
    def apply(params: lsp.ApplyWorkspaceEditParams) -> lsp.ApplyWorkspaceEditResult:
        applied.append(params)
        return lsp.ApplyWorkspaceEditResult(applied=True)

    await open_with(client, folder, POLICY + "# \n")
    found = await client.workspace_execute_command_async(
        lsp.ExecuteCommandParams("payerkb.twins", [uri(folder), "long-pain"])
    )

    assert "like: four-weeks" in str(found)
    assert "deny" in str(found)
    changes = [one.edit.changes for one in applied]
    assert changes
    assert changes[0] is not None
    assert str(found) in changes[0][uri(folder)][0].new_text
