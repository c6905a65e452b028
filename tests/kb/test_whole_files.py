"""Files are written whole: each call failed once, killed at each call, links, modes."""

from __future__ import annotations

import errno
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from zlib import crc32

import pytest

from kb.whole_files import (
    BESIDE,
    NOBODYS_AFTER,
    NotWrittenError,
    place_of,
    write_each,
    write_whole,
)

OLD, NEW = "old text\n", "new text, and longer\n"
CALLS = ("open", "write", "fchmod", "fsync", "replace")
"""What the system is asked to do while a file is written."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.policy"
    path.write_text(OLD)
    return path


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("content", [NEW, "", "é\r\n", b"\xff\x00"])
def test_the_new_text_takes_the_place_of_the_old(
    file: Path, content: str | bytes
) -> None:
    write_whole(file, content)

    wanted = content.encode() if isinstance(content, str) else content
    assert file.read_bytes() == wanted
    assert names_in(file.parent) == ["a.policy"]


def test_a_file_that_was_not_there_gets_the_mode_of_any_new_file(
    tmp_path: Path,
) -> None:
    (tmp_path / "usual").write_text("")
    write_whole(tmp_path / "new", NEW)

    assert (tmp_path / "new").read_text() == NEW
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "usual").stat().st_mode


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755, 0o666])
def test_the_mode_is_kept(file: Path, mode: int) -> None:
    file.chmod(mode)
    write_whole(file, NEW)

    assert stat.S_IMODE(file.stat().st_mode) == mode


@pytest.mark.skipif(os.geteuid() != 0, reason="only the superuser gives files away")
def test_the_owner_is_kept(file: Path) -> None:
    os.chown(file, 65534, 65534)
    write_whole(file, NEW)

    assert (file.stat().st_uid, file.stat().st_gid) == (65534, 65534)


def test_who_may_not_give_it_away_writes_it_all_the_same(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fstat
    asked: list[int] = []

    def refuse(handle: int, uid: int, gid: int) -> None:
        asked.append(uid)
        raise PermissionError(errno.EPERM, "Operation not permitted")

    def of_another(handle: int) -> os.stat_result:
        found = list(real(handle))
        found[stat.ST_UID] += 1
        return os.stat_result(found)

    monkeypatch.setattr(os, "fchown", refuse)
    monkeypatch.setattr(os, "fstat", of_another)
    write_whole(file, NEW)

    assert asked == [file.stat().st_uid]
    assert file.read_text() == NEW


def test_a_disk_that_takes_a_few_bytes_at_a_time_gets_them_all(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda handle, rest: real(handle, rest[:3]))
    write_whole(file, NEW)

    assert file.read_text() == NEW


# Links and what is no file --------------------------------------------------------------


def test_the_file_behind_a_link_is_written_and_the_link_stays(file: Path) -> None:
    (file.parent / "elsewhere").mkdir()
    far = file.rename(file.parent / "elsewhere" / "b.policy")
    middle = file.parent / "middle"
    middle.symlink_to(far)
    file.symlink_to("middle")
    write_whole(file, NEW)

    assert far.read_text() == NEW
    assert (file.readlink(), middle.readlink()) == (Path("middle"), far)
    assert names_in(far.parent) == ["b.policy"]


def test_a_link_to_a_file_that_is_not_there_makes_it_there(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("new")
    write_whole(tmp_path / "link", NEW)

    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "new").read_text() == NEW


def a_folder(path: Path) -> None:
    path.mkdir()


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def a_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(os.path.relpath(path))


def a_circle(path: Path) -> None:
    path.symlink_to(path.name)


def a_link_to_a_device(path: Path) -> None:
    path.symlink_to("/dev/null")


NO_FILES = [
    (a_folder, "it is a folder, not a file."),
    (a_pipe, "it is a pipe, not a file."),
    (a_socket, "it is a socket, not a file."),
    (a_circle, "links go in circles|symbolic links"),
    (a_link_to_a_device, "it is a device, not a file."),
]


@pytest.mark.parametrize(
    ("make", "said"), NO_FILES, ids=[make.__name__ for make, _ in NO_FILES]
)
def test_what_is_no_file_is_never_replaced(
    tmp_path: Path,
    make: Callable[[Path], None],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    odd = tmp_path / "odd"
    make(odd)
    before = odd.lstat()

    with pytest.raises(NotWrittenError, match=f"odd cannot be written: .*({said})"):
        write_whole(odd, NEW)

    assert odd.lstat()[:3] == before[:3]
    assert names_in(tmp_path) == ["odd"]


def test_the_device_itself_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    with pytest.raises(NotWrittenError, match=r"/dev/null cannot .* a device"):
        place_of(Path("/dev/null"))


# Each call failed once ------------------------------------------------------------------


def failing(
    monkeypatch: pytest.MonkeyPatch, call: str, turn: int, error: BaseException
) -> None:
    """Let a call of the system fail when it is made for the ``turn``-th time."""
    real, made = getattr(os, call), iter(range(1, 100))

    def instead(*given: object, **named: object) -> object:
        if next(made) == turn:
            raise error
        return real(*given, **named)

    monkeypatch.setattr(os, call, instead)


def calls_made(file: Path) -> dict[str, int]:
    """How often each call is made while a file is written."""
    counts = dict.fromkeys(CALLS, 0)

    def counting(call: str, real: Callable[..., object]) -> Callable[..., object]:
        def counted(*given: object, **named: object) -> object:
            counts[call] += 1
            return real(*given, **named)

        return counted

    with pytest.MonkeyPatch.context() as patch:
        for call in CALLS:
            patch.setattr(os, call, counting(call, getattr(os, call)))
        write_whole(file, NEW)
    return counts


def test_the_table_of_calls_is_of_calls_that_are_made(file: Path) -> None:
    assert calls_made(file) == {
        "open": 4, "write": 1, "fchmod": 1, "fsync": 2, "replace": 1,
    }  # fmt: skip


TURNS = [
    *((call, 1) for call in CALLS),
    *(("open", turn) for turn in (2, 3, 4)),
    ("fsync", 2),
]
AFTER_THE_RENAME = {("open", 4), ("fsync", 2)}
ERRORS = [
    OSError(errno.ENOSPC, "No space left on device"),
    OSError(errno.EROFS, "Read-only file system"),
    OSError(errno.EIO, "Input/output error"),
    PermissionError(errno.EACCES, "Permission denied"),
]


@pytest.mark.parametrize("error", ERRORS, ids=[e.strerror or "" for e in ERRORS])
@pytest.mark.parametrize(("call", "turn"), TURNS, ids=[f"{c}-{t}" for c, t in TURNS])
def test_a_call_that_fails_leaves_the_old_file(
    file: Path, call: str, turn: int, error: OSError, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, call, turn, error)
    with pytest.raises(NotWrittenError) as told:
        write_whole(file, NEW)
    monkeypatch.undo()

    assert str(told.value) == f"{file} cannot be written: {error.strerror}."
    assert file.read_text() == (NEW if (call, turn) in AFTER_THE_RENAME else OLD)
    assert names_in(file.parent) == ["a.policy"]


@pytest.mark.parametrize(("call", "turn"), TURNS, ids=[f"{c}-{t}" for c, t in TURNS])
def test_who_is_interrupted_leaves_nothing_beside(
    file: Path, call: str, turn: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, call, turn, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        write_whole(file, NEW)
    monkeypatch.undo()

    assert file.read_text() in (OLD, NEW)
    assert names_in(file.parent) == ["a.policy"]


def test_a_file_system_that_cannot_write_a_folder_through_is_no_fault(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, "fsync", 2, OSError(errno.EINVAL, "Invalid argument"))
    write_whole(file, NEW)

    assert file.read_text() == NEW


KILLED = """
import os, signal, sys
from pathlib import Path
from kb.whole_files import write_whole
call, turn = sys.argv[2], int(sys.argv[3])
real, made = getattr(os, call), iter(range(1, 100))
def die(*given, **named):
    if next(made) == turn:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*given, **named)
setattr(os, call, die)
write_whole(Path(sys.argv[1]), "new text, and longer\\n")
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
@pytest.mark.parametrize(("call", "turn"), TURNS, ids=[f"{c}-{t}" for c, t in TURNS])
def test_killed_at_each_call(file: Path, call: str, turn: int) -> None:
    run = subprocess.run(
        [sys.executable, "-c", KILLED, str(file), call, str(turn)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )

    assert run.returncode == -signal.SIGKILL
    assert file.read_text() == (NEW if (call, turn) in AFTER_THE_RENAME else OLD)
    list(write_each([(file, NEW)]))
    assert names_in(file.parent) == ["a.policy"]


# Several files --------------------------------------------------------------------------


def test_one_that_cannot_be_written_keeps_none_of_the_others_from_it(
    tmp_path: Path,
) -> None:
    good, bad, last = (tmp_path / name for name in ("a", "b", "c"))
    bad.mkdir()
    done = list(write_each((path, NEW) for path in (good, bad, last)))

    why = f"{bad} cannot be written: it is a folder, not a file."
    assert done == [(good, ""), (bad, why), (last, "")]
    assert good.read_text() == last.read_text() == NEW


def test_what_a_killed_program_left_is_removed_and_no_other_file(
    tmp_path: Path,
) -> None:
    mine = f"{BESIDE}{crc32(socket.gethostname().encode()):08x}-{os.getpid()}-young"
    elsewhere = f"{BESIDE}00000000-999999999-young"
    young = (f"{BESIDE}young", mine, elsewhere)
    for name in (f"{BESIDE}old", *young, "old.policy"):
        (tmp_path / name).write_text(OLD)
    (tmp_path / f"{BESIDE}folder").mkdir()
    (tmp_path / f"{BESIDE}link").symlink_to("old.policy")
    long_ago = (tmp_path / "old.policy").stat().st_mtime - NOBODYS_AFTER - 60
    for name in (f"{BESIDE}old", "old.policy"):
        os.utime(tmp_path / name, (long_ago, long_ago))
    list(write_each([(tmp_path / "a.policy", NEW)]))

    assert names_in(tmp_path) == sorted(
        [*young, f"{BESIDE}folder", f"{BESIDE}link", "a.policy", "old.policy"]
    )
