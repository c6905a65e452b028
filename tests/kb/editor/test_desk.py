"""The editor's folder: what it reads, what it says of the rest, where addresses lead."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsl.base.diagnostics import Diagnostic
from kb.editor.desk import Desk, policies_below

PAYER = "payer one: A payer\n  line of business: commercial\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.policy").write_text(PAYER)
    (tmp_path / "wide.policy").write_bytes(PAYER.encode("utf-16"))
    (tmp_path / "link.policy").symlink_to("/etc/passwd")
    return tmp_path


def test_what_is_not_read_is_told(folder: Path) -> None:
    desk = Desk()
    desk.open_folder(folder)

    assert list(desk.session.files) == ["a.policy"]
    told = {path: why.severity for path, why in desk.unread.items()}
    assert told == {"link.policy": "warning", "wide.policy": "error"}


def test_a_text_from_the_editor_ends_what_was_told_of_its_file(folder: Path) -> None:
    desk = Desk()
    desk.open_folder(folder)
    desk.put("wide.policy", PAYER)

    assert list(desk.unread) == ["link.policy"]
    assert set(desk.session.files) == {"a.policy", "wide.policy"}


@pytest.mark.parametrize("gone", [True, False])
def test_a_file_that_is_dropped_is_told_unless_it_is_gone(
    folder: Path, *, gone: bool
) -> None:
    desk = Desk()
    desk.open_folder(folder)
    why = Diagnostic("P009", "This file is no regular file.", "a.policy", 1)
    desk.drop("a.policy", None if gone else why)

    assert "a.policy" not in desk.session.files
    assert ("a.policy" in desk.unread) is not gone


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("a.policy", "a.policy"),
        ("deep/../a.policy", "a.policy"),
        ("../outside.policy", "outside.policy"),
        ("deep/../../../outside.policy", "outside.policy"),
        ("%2e%2e/outside.policy", "outside.policy"),
    ],
)
def test_no_address_leads_out_of_the_folder(
    folder: Path, address: str, path: str
) -> None:
    desk = Desk()
    desk.open_folder(folder)

    assert desk.path_of(f"{folder.as_uri()}/{address}") == path


def test_the_folder_below_counts_when_it_holds_policies(folder: Path) -> None:
    (folder / "policies").mkdir()
    assert policies_below(folder) == folder

    (folder / "policies" / "b.Policy").write_text(PAYER)
    assert policies_below(folder) == folder / "policies"
