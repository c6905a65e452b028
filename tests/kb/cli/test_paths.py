"""Links, devices, odd names, other encodings, full disks, locks: a sentence each."""

from __future__ import annotations

import errno
import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from click.testing import Result

import kb.whole_files
from kb.build.compiler import build_folder, content_of_folder

ROOT = Path(__file__).parents[3]
Run = Callable[..., Result]
UNTIDY = "payer {name}:   A payer\n     line of business: commercial\n"
TIDY = "payer {name}: A payer\n  line of business: commercial\n"


# The policies ---------------------------------------------------------------------------


@pytest.fixture
def odd_policies(good_policies: Path) -> Path:
    """One policy, and beside it what looks like one and is not read."""
    outside = good_policies.parent / "outside"
    outside.mkdir()
    (outside / "far.policy").write_text(TIDY.format(name="far"))
    (good_policies / "clover").symlink_to(outside)
    (good_policies / "linked.policy").symlink_to(outside / "far.policy")
    (good_policies / "broken.policy").symlink_to("nowhere")
    os.mkfifo(good_policies / "pipe.policy")
    return good_policies


ODD = ("broken.policy", "clover", "linked.policy", "pipe.policy")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["check"], 0),
        (["build", "-d", "kb.db"], 0),
        (["lint"], 1),  # it finds that nothing uses the payer
        (["fmt", "--check"], 0),
    ],
)
def test_every_command_names_what_it_does_not_read(
    payerkb: Run,
    odd_policies: Path,
    words: list[str],
    code: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(odd_policies.parent)
    result = payerkb(words[0], odd_policies.name, *words[1:])

    assert result.exit_code == code
    assert all(f"{name}:1" in result.output for name in ODD)


def test_a_database_that_is_up_to_date_still_lacks_them(
    payerkb: Run, odd_policies: Path, tmp_path: Path
) -> None:
    payerkb("build", odd_policies, "-d", tmp_path / "kb.db")
    again = payerkb("build", odd_policies, "-d", tmp_path / "kb.db")

    assert "is up to date" in again.stdout
    assert all(f"{name}:1" in again.stderr for name in ODD)


def test_a_folder_of_links_only_is_told_as_such(payerkb: Run, tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "clover").symlink_to("elsewhere")
    result = payerkb("check", tmp_path / "policies")

    assert result.exit_code == 2
    assert "clover:1" in result.stderr
    assert "There is no .policy file in" in result.stderr


@pytest.mark.parametrize("name", ["b.Policy", "b.POLICY"])
def test_another_spelling_of_the_ending_is_built(
    payerkb: Run, good_policies: Path, tmp_path: Path, name: str
) -> None:
    (good_policies / name).write_text(TIDY.format(name="second"))

    assert dict(build_folder(good_policies, tmp_path / "kb.db").counts)["payer"] == 2
    assert payerkb("fmt", "--check", good_policies).stdout.startswith("2 files")
    assert payerkb("check", good_policies).stdout.startswith("2 files")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["check"], 1),
        (["build", "-d", "kb.db"], 1),
        (["lint"], 2),
        (["fmt", "--check"], 2),
    ],
)
@pytest.mark.parametrize("name", [b"x\xe9.policy", b"f\xff/x.policy"])
def test_a_name_that_is_not_utf_8_is_an_error_everywhere(
    payerkb: Run,
    good_policies: Path,
    words: list[str],
    code: int,
    name: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = good_policies / os.fsdecode(name)
    place.parent.mkdir(exist_ok=True)
    place.write_text(TIDY.format(name="second"))
    monkeypatch.chdir(good_policies.parent)
    result = payerkb(words[0], good_policies.name, *words[1:])

    assert result.exit_code == code
    assert name.decode("utf-8", "backslashreplace") in result.output
    assert "not UTF-8" in result.output


def test_an_unread_name_is_no_reason_to_be_up_to_date(
    payerkb: Run, good_policies: Path, tmp_path: Path
) -> None:
    payerkb("build", good_policies, "-d", tmp_path / "kb.db")
    before = content_of_folder(good_policies)
    (good_policies / os.fsdecode(b"\xe9.policy")).write_text(TIDY.format(name="two"))

    assert content_of_folder(good_policies) != before
    assert payerkb("build", good_policies, "-d", tmp_path / "kb.db").exit_code == 1


@pytest.mark.parametrize(
    ("encoding", "named"), [("utf-16", "UTF-16"), ("latin-1", "Latin-1")]
)
def test_every_command_names_the_encoding(
    payerkb: Run, good_policies: Path, tmp_path: Path, encoding: str, named: str
) -> None:
    text = TIDY.format(name="second") + "# café\n"
    (good_policies / "b.policy").write_bytes(text.encode(encoding))
    checked = payerkb("check", good_policies)
    built = payerkb("build", good_policies, "-d", tmp_path / "kb.db")
    styled = payerkb("fmt", "--check", good_policies)

    assert (checked.exit_code, built.exit_code, styled.exit_code) == (1, 1, 2)
    for result in (checked, built, styled):
        assert f"is not UTF-8 text. It looks like {named}" in result.output


# Files written by fmt and lint ----------------------------------------------------------


@pytest.fixture
def untidy(folder: Callable[[dict[str, str]], Path]) -> Path:
    """Three files out of style."""
    return folder({f"{name}.policy": UNTIDY.format(name=name) for name in "abc"})


ERRORS = [
    OSError(errno.ENOSPC, "No space left on device"),
    OSError(errno.EROFS, "Read-only file system"),
    PermissionError(errno.EACCES, "Permission denied"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.strerror)
def test_fmt_does_the_other_files_when_one_cannot_be_written(
    payerkb: Run, untidy: Path, error: OSError, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_for(untidy / "b.policy", error, monkeypatch)
    result = payerkb("fmt", untidy)

    assert result.exit_code == 2
    assert result.stderr == (
        f"{untidy / 'b.policy'} cannot be written: {error.strerror}.\n"
    )
    assert result.stdout == (
        f"formatted {untidy / 'a.policy'}\nformatted {untidy / 'c.policy'}\n"
        "3 files, 2 mended.\n"
    )
    texts = [(untidy / f"{name}.policy").read_text() for name in "abc"]
    assert texts == [
        TIDY.format(name="a"),
        UNTIDY.format(name="b"),
        TIDY.format(name="c"),
    ]
    assert len(list(untidy.iterdir())) == 3


def fail_for(file: Path, error: OSError, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the new text of one file not be put in its place."""
    real = kb.whole_files.put_in_place

    def refuse(new: Path, target: Path) -> None:
        if target == file:
            raise error
        real(new, target)

    monkeypatch.setattr(kb.whole_files, "put_in_place", refuse)


@pytest.fixture
def unmended(folder: Callable[[dict[str, str]], Path]) -> Path:
    """Two rules whose titles end with a period, which ``lint --fix`` takes away."""
    frame = (ROOT / "docs" / "messages" / "frame.policy").read_text("utf-8")
    files = {
        f"{name}.policy": (
            f"policy sample/{name}: Injections\n  payer: sample\n"
            "  in force: from 2026-01-01\n  cite: DOC, page 1\n\n"
            "rule four-weeks: Four weeks of pain.\n  for: 64483\n"
            "  require: pain-duration at least 4 weeks\n"
            "  otherwise: deny for necessity\n"
            "  fix: Add the day on which the pain began.\n  cite: DOC, page 2\n"
        )
        for name in ("one", "two")
    }
    return folder({"frame.policy": frame, **files})


def test_lint_mends_the_other_files_when_one_cannot_be_written(
    payerkb: Run, unmended: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (unmended / "one.policy").read_text()
    fail_for(unmended / "one.policy", ERRORS[0], monkeypatch)
    result = payerkb("lint", unmended, "--fix")

    assert result.exit_code == 2
    assert (
        f"{unmended / 'one.policy'} cannot be written: No space left" in result.stderr
    )
    assert "mended two.policy:6" in result.stderr
    assert "mended one.policy" not in result.stderr
    assert (unmended / "one.policy").read_text() == before
    assert "Four weeks of pain\n" in (unmended / "two.policy").read_text()


def test_fmt_of_a_link_that_is_named_writes_the_file_behind_it(
    payerkb: Run, untidy: Path
) -> None:
    link = untidy.parent / "link.policy"
    link.symlink_to(untidy / "a.policy")
    result = payerkb("fmt", link)

    assert result.exit_code == 0
    assert link.is_symlink()
    assert (untidy / "a.policy").read_text() == TIDY.format(name="a")


def test_fmt_keeps_the_mode(payerkb: Run, untidy: Path) -> None:
    (untidy / "a.policy").chmod(0o640)
    payerkb("fmt", untidy)

    assert (untidy / "a.policy").stat().st_mode & 0o777 == 0o640


def test_fmt_of_a_pipe_says_so(payerkb: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.policy")
    result = payerkb("fmt", tmp_path / "x.policy")

    assert result.exit_code == 2
    assert "it is a pipe, not a file" in result.stderr


# The place of the database --------------------------------------------------------------


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def a_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(path.name)


def a_folder(path: Path) -> None:
    path.mkdir()


def a_link_to_a_device(path: Path) -> None:
    path.symlink_to("/dev/full")


def a_circle(path: Path) -> None:
    path.symlink_to(path.name)


def a_device(path: Path) -> None:
    os.mknod(path, 0o666 | 0o020000, os.makedev(1, 3))


AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root makes a device")


@pytest.mark.parametrize(
    "make",
    [
        a_pipe,
        a_socket,
        a_folder,
        a_link_to_a_device,
        a_circle,
        pytest.param(a_device, marks=AS_ROOT),
    ],
)
def test_a_database_on_what_is_no_file_is_refused(
    payerkb: Run,
    good_policies: Path,
    tmp_path: Path,
    make: Callable[[Path], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "place").mkdir()
    monkeypatch.chdir(tmp_path / "place")
    odd = tmp_path / "place" / "kb.db"
    make(odd)
    before = odd.lstat()
    result = payerkb("build", good_policies, "-d", odd)

    assert result.exit_code == 2
    assert str(odd) in result.stderr
    assert odd.lstat()[:3] == before[:3]
    assert [path.name for path in odd.parent.iterdir()] == ["kb.db"]


def test_the_file_behind_a_link_is_built_and_the_link_stays(
    payerkb: Run, good_policies: Path, tmp_path: Path
) -> None:
    far = tmp_path / "elsewhere" / "far.db"
    payerkb("build", good_policies, "-d", far)
    before = far.read_bytes()
    far.chmod(0o600)
    link = tmp_path / "kb.db"
    link.symlink_to("elsewhere/far.db")
    (good_policies / "more.policy").write_text(TIDY.format(name="more"))
    result = payerkb("build", good_policies, "-d", link)

    assert result.exit_code == 0
    assert link.readlink() == Path("elsewhere/far.db")
    assert far.read_bytes() != before
    assert far.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in tmp_path.iterdir() if "lock" in p.name] == []


def test_a_link_to_a_new_file_is_built_there(
    payerkb: Run, good_policies: Path, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "kb.db"
    link.symlink_to("elsewhere/new.db")

    assert payerkb("build", good_policies, "-d", link).exit_code == 0
    assert link.is_symlink()
    assert (tmp_path / "elsewhere" / "new.db").is_file()


def test_a_link_to_a_disk_that_is_not_there_makes_no_folder(
    payerkb: Run, good_policies: Path, tmp_path: Path
) -> None:
    link = tmp_path / "kb.db"
    link.symlink_to("not-mounted/kb.db")
    result = payerkb("build", good_policies, "-d", link)

    assert result.exit_code == 2
    assert f"there is no folder {tmp_path / 'not-mounted'}" in result.stderr
    assert not (tmp_path / "not-mounted").exists()


def test_a_file_that_cannot_be_read_stays(
    payerkb: Run, good_policies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "kb.db"
    other.write_text("something")
    real = Path.open

    def refuse(path: Path, *given: str, **named: str) -> object:
        if path == other:
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(path, *given, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuse)
    result = payerkb("build", good_policies, "-d", other)
    monkeypatch.undo()

    assert result.exit_code == 2
    assert "cannot be read: Permission denied. It stays as it is" in result.stderr
    assert other.read_text() == "something"


# The lock -------------------------------------------------------------------------------


def text(lock: Path) -> None:
    lock.write_text("my notes, longer than the header of any database" * 40)


def a_link_to_text(lock: Path) -> None:
    lock.with_name("notes").write_text("my notes")
    lock.symlink_to("notes")


@pytest.mark.parametrize(
    "make", [text, a_pipe, a_folder, a_circle, a_link_to_text, a_link_to_a_device]
)
def test_a_lock_that_cannot_be_used_is_told(
    payerkb: Run, good_policies: Path, tmp_path: Path, make: Callable[[Path], None]
) -> None:
    lock = tmp_path / ".kb.db.lock"
    make(lock)
    before = lock.read_bytes() if lock.is_file() else lock.lstat().st_mode
    result = payerkb("build", good_policies, "-d", tmp_path / "kb.db")

    assert result.exit_code == 2
    assert f"{lock} keeps two builds from running at once" in result.stderr
    assert (lock.read_bytes() if lock.is_file() else lock.lstat().st_mode) == before
    assert not (tmp_path / "kb.db").exists()


@AS_ROOT
@pytest.mark.parametrize("mode", [0o444, 0o000])
def test_who_may_not_write_the_lock_does_not_build(mode: int) -> None:
    build = (
        "from kb.build.publish import *; import sys; from pathlib import Path\n"
        "import os; os.setgid(65534); os.setuid(65534)\n"
        "try:\n    with only_builder_of(Path(sys.argv[1])): print('builds')\n"
        "except BuildError as error: print(error)\n"
    )
    # Not below pytest's own folder, into which nobody else may look.
    with TemporaryDirectory() as shared:
        Path(shared).chmod(0o777)
        lock = Path(shared, ".kb.db.lock")
        lock.touch()
        lock.chmod(mode)
        said = subprocess.run(
            [sys.executable, "-c", build, f"{shared}/kb.db"],
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            check=True,
        ).stdout

    assert f"{lock} keeps two builds from running at once" in said


def test_who_waits_for_another_build_says_so_once(
    payerkb: Run, good_policies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = tmp_path / "kb.db"
    with closing(
        sqlite3.connect(tmp_path / ".kb.db.lock", isolation_level=None)
    ) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        slept: list[float] = []

        def pass_the_time(seconds: float) -> None:
            slept.append(seconds)
            if sum(slept) > 3:
                lock.rollback()

        monkeypatch.setattr("kb.build.publish.time.sleep", pass_the_time)
        monkeypatch.setattr("kb.build.publish.time.monotonic", lambda: sum(slept))
        result = payerkb("build", good_policies, "-d", database)

    assert result.exit_code == 0
    assert result.stderr == f"Waiting for another build of {database} to end.\n"
    assert database.exists()
