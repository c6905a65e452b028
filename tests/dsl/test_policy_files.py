"""Which files of a folder are policies, what is said of the others, and encodings."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dsl.load.folder import load_folder
from dsl.load.policy_files import (
    UnreadableError,
    policy_files_in,
    read_policy,
    shown,
    text_of,
)

PAYER = "payer {name}: A payer\n  line of business: commercial\n"


def put(path: Path, name: str = "one") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(PAYER.format(name=name))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    put(tmp_path / "policies" / "a.policy")
    return tmp_path / "policies"


def read_in(folder: Path) -> list[str]:
    return [file.name for file in policy_files_in(folder).files]


def told_in(folder: Path) -> list[tuple[str, str, str]]:
    found = policy_files_in(folder).told
    return [(one.file, one.code, one.severity) for one in found]


@pytest.mark.parametrize(
    "name", ["b.Policy", "b.POLICY", "deep/er/b.policy", ".policy"]
)
def test_every_spelling_and_depth_is_read(folder: Path, name: str) -> None:
    put(folder / name, "two")

    assert sorted(read_in(folder)) == sorted(["a.policy", name])
    assert told_in(folder) == []
    assert len(load_folder(folder).model.payers) == 2


def test_other_files_are_nobodys_business(folder: Path) -> None:
    for name in ("b.policy.txt", "b.policy~", "README.md", "policy"):
        (folder / name).write_text("no policy")
    (folder / "LINK.md").symlink_to("README.md")
    (folder / "empty.policy").mkdir()

    assert read_in(folder) == ["a.policy"]
    assert told_in(folder) == []


def test_files_come_by_folder_and_name(folder: Path) -> None:
    for number, name in enumerate(("b/z.policy", "b-c/a.policy", "b.policy")):
        put(folder / name, f"n{number}")

    assert read_in(folder) == ["a.policy", "b/z.policy", "b-c/a.policy", "b.policy"]


def a_link_to_a_folder_outside(place: Path) -> None:
    put(place.parents[1] / "outside" / "b.policy", "two")
    place.symlink_to("../outside")


def a_link_to_a_folder_inside(place: Path) -> None:
    put(place.parent / "inside" / "b.policy", "two")
    place.symlink_to("inside")


def a_link_to_the_folder_itself(place: Path) -> None:
    place.symlink_to(".")


def a_broken_link(place: Path) -> None:
    place.symlink_to("nowhere")


def a_circle(place: Path) -> None:
    place.symlink_to(place.name)


@pytest.mark.parametrize(
    "make",
    [
        a_link_to_a_folder_outside,
        a_link_to_a_folder_inside,
        a_link_to_the_folder_itself,
        a_broken_link,
        a_circle,
    ],
)
@pytest.mark.parametrize("name", ["clover", "odd.policy", "odd.Policy"])
def test_a_link_is_told_by_name_and_not_followed(
    folder: Path, make: Callable[[Path], None], name: str
) -> None:
    make(folder / name)

    assert set(read_in(folder)) <= {"a.policy", "inside/b.policy"}
    assert told_in(folder) == [(name, "P039", "warning")]
    loaded = load_folder(folder)
    assert not loaded.has_errors
    assert [d.file for d in loaded.diagnostics] == [name]


def test_of_a_link_to_a_foreign_file_no_line_is_shown(folder: Path) -> None:
    secret = folder.parent / "secret.txt"
    secret.write_text("a secret line\n")
    (folder / "x.policy").symlink_to(secret)
    told = "\n".join(d.render() for d in load_folder(folder).diagnostics)

    assert "x.policy" in told
    assert "a secret line" not in told


def a_pipe(place: Path) -> None:
    os.mkfifo(place)


def a_link_to_a_device(place: Path) -> None:
    place.symlink_to("/dev/zero")


def a_link_to_a_pipe(place: Path) -> None:
    os.mkfifo(place.with_name("pipe"))
    place.symlink_to("pipe")


@pytest.mark.parametrize("make", [a_pipe, a_link_to_a_device, a_link_to_a_pipe])
def test_what_never_ends_is_told_and_never_read(
    folder: Path, make: Callable[[Path], None]
) -> None:
    make(folder / "x.policy")

    assert read_in(folder) == ["a.policy"]
    assert told_in(folder) == [("x.policy", "P039", "warning")]
    # Even when it takes the place of a file after the folder was listed.
    with pytest.raises(UnreadableError):
        read_policy(folder / "x.policy")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (b"x\xe9.policy", r"x\xe9.policy"),
        (b"f\xff/x.policy", r"f\xff/x.policy"),
        (b"\xc3\xa9\xe9.Policy", "é\\xe9.Policy"),
    ],
)
def test_a_name_that_is_not_utf_8_is_an_error_that_can_be_printed(
    folder: Path, name: bytes, said: str
) -> None:
    put(folder / os.fsdecode(name), "two")
    loaded = load_folder(folder)

    assert told_in(folder) == [(said, "P009", "error")]
    assert loaded.has_errors
    assert all(d.render().encode() for d in loaded.diagnostics)


def test_a_name_in_letters_of_any_language_is_read(folder: Path) -> None:
    put(folder / "été-政策.policy", "two")

    assert "été-政策.policy" in read_in(folder)
    assert told_in(folder) == []


def test_names_are_shown_without_what_a_terminal_obeys() -> None:
    assert shown("a\x1b[2J\n\u202eb c é") == r"a\x1b[2J\n\u202eb c é"
    assert len(shown("d/" * 3000)) < 300


@pytest.fixture
def nested(folder: Path) -> Iterator[Callable[[int], None]]:
    """Puts a policy below as many folders, each in the one before."""

    def nest(depth: int) -> None:
        here = os.open(folder, os.O_RDONLY)
        for _ in range(depth):
            os.mkdir("d", dir_fd=here)
            deeper = os.open("d", os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = deeper
        flags = os.O_CREAT | os.O_WRONLY
        with os.fdopen(os.open("b.policy", flags, dir_fd=here), "w") as file:
            file.write(PAYER.format(name="two"))
        os.close(here)

    yield nest
    # Python 3.11 removes folders by recursion, and would fail here.
    subprocess.run(["rm", "-rf", folder / "d"], check=True)


def test_folders_in_folders_without_end_are_told(
    folder: Path, nested: Callable[[int], None]
) -> None:
    nested(2500)
    (found,) = policy_files_in(folder).told

    assert read_in(folder) == ["a.policy"]
    assert (found.code, found.severity) == ("P009", "error")
    assert "too long" in found.message
    assert len(found.file) < 300


def test_folders_up_to_what_the_system_can_name_are_read(
    folder: Path, nested: Callable[[int], None]
) -> None:
    nested(1500)

    assert read_in(folder) == ["a.policy", f"{'d/' * 1500}b.policy"]
    assert len(load_folder(folder).model.payers) == 2


def test_a_folder_that_cannot_be_read_is_an_error(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(folder / "closed" / "b.policy", "two")
    real = os.scandir

    def refuse(path: Path) -> object:
        if path.name == "closed":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", refuse)

    assert told_in(folder) == [("closed", "P009", "error")]
    assert read_in(folder) == ["a.policy"]


# Encodings ------------------------------------------------------------------------------

TEXT = PAYER.format(name="one") + "# Café, naïve\n"
ENCODED = [
    (TEXT.encode("utf-16"), "UTF-16", 1),
    (TEXT.encode("utf-16-le"), "UTF-16", 1),
    (TEXT.encode("utf-16-be"), "UTF-16", 1),
    (b"\xff\xfe", "UTF-16", 1),
    (b"\xfe\xff", "UTF-16", 1),
    (TEXT.encode("latin-1"), "Latin-1 or Windows-1252", 3),
    (TEXT.encode("cp1252"), "Latin-1 or Windows-1252", 3),
    ("# “quoted”\n".encode("cp1252"), "Latin-1 or Windows-1252", 1),
    (b"\x7fELF\x02\x01\x01\x00\x00\xff\xfe\x00\x00", "no text at all", 1),
]


@pytest.mark.parametrize(("content", "looks", "line"), ENCODED)
def test_another_encoding_is_named_with_its_cure(
    tmp_path: Path, content: bytes, looks: str, line: int
) -> None:
    (tmp_path / "a.policy").write_bytes(content)
    (found,) = load_folder(tmp_path).diagnostics

    assert (found.code, found.file, found.line) == ("P009", "a.policy", line)
    assert found.message == (
        f"This file is not UTF-8 text. It looks like {looks}"
        + found.message.partition(looks)[2]
    )
    assert found.message.endswith("save it with the encoding UTF-8.")


@pytest.mark.parametrize(
    "text", ["", "a", "\ufeffpayer a: A\n", TEXT, "政策", "a\r\nb\rc", "a\0b c d e f"]
)
def test_utf_8_is_read_as_it_stands(text: str) -> None:
    assert text_of(text.encode()) == text


def test_a_file_that_the_system_does_not_give_is_told_with_its_reason(
    tmp_path: Path,
) -> None:
    with pytest.raises(UnreadableError, match=r"^cannot be read: No such file"):
        read_policy(tmp_path / "gone.policy")
