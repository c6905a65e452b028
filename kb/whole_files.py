"""Files that somebody keeps are written whole: afterwards the old one or the new one.

The new text is written beside the old file, through to the disk, and renamed over it.
Whatever stops the program on the way leaves the old file as it was.
"""

from __future__ import annotations

import errno
import os
import secrets
import socket
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from zlib import crc32

from dsl.errors import PayerkbError

BESIDE = ".payerkb-writing-"
"""How the name of a file begins that is being written; never of a policy."""
NOBODYS_AFTER = 3600.0
"""Seconds after which such a file is of a program that was killed, on whatever machine."""
KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFLNK: "a link whose links go in circles",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
}
NO_FOLDER_SYNC = (errno.EBADF, errno.EINVAL, errno.ENOTSUP)
"""What file systems answer that cannot write a folder through by itself."""


FileMark = tuple[int, int, int]


class NotWrittenError(PayerkbError):
    """A file that was not written; the text names it and says why."""


def file_mark(path: Path) -> FileMark | None:
    """What changes when a file is replaced; ``None`` while there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def write_whole(path: Path, content: str | bytes, *, private: bool = False) -> None:
    """Write a file in one step; text as UTF-8.  Mode and, where allowed, owner are kept.

    A new ``private`` file can be read and written by its owner alone.
    Of a symbolic link the file that it leads to is written, and the link stays.
    What a killed program left beside it goes with ``remove_leftovers``, once a folder.

    Raises ``NotWrittenError`` when the path is no regular file, or may not be written, or
    the disk does not take it; the file is then as it was.
    """
    target = place_of(path)
    beside = target.with_name(f"{_ours(os.getpid())}{secrets.token_hex(6)}")
    try:
        _refuse_if_read_only(target)
        try:
            # Meanwhile nobody else reads what only its owner may read.
            mode = 0o600 if private or target.exists() else 0o666
            text = content.encode() if isinstance(content, str) else content
            _write(beside, text, mode)
            put_in_place(beside, target)
        finally:
            with suppress(OSError):
                beside.unlink(missing_ok=True)
    except OSError as error:
        raise NotWrittenError(f"{path} cannot be written: {words_of(error)}.") from None


def write_each(files: Iterable[tuple[Path, str]]) -> Iterator[tuple[Path, str]]:
    """Write several files, each whole; as each is done its path, and why it is not written.

    The reason is empty for what was written.  One that cannot be written keeps none of the
    others from it.
    """
    folders: set[Path] = set()
    for path, content in files:
        reason = ""
        try:
            write_whole(path, content)
        except NotWrittenError as error:
            reason = str(error)
        folders.add(path.parent)
        yield path, reason
    for folder in folders:
        remove_leftovers(folder)


def place_of(path: Path) -> Path:
    """The regular file that a path leads to, through links; or where it would stand.

    Raises ``NotWrittenError`` for a folder, a device, a pipe, a socket, a circle of links.
    """
    try:
        target = path.resolve() if path.is_symlink() else path
        mode = target.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return target
    except (OSError, RuntimeError) as error:
        why = (
            words_of(error) if isinstance(error, OSError) else "its links go in circles"
        )
        raise NotWrittenError(f"{path} cannot be written: {why}.") from None
    if not stat.S_ISREG(mode):
        kind = KINDS.get(stat.S_IFMT(mode), "no regular file")
        raise NotWrittenError(f"{path} cannot be written: it is {kind}, not a file.")
    return target


def put_in_place(new: Path, target: Path) -> None:
    """Give ``new`` the mode and owner of ``target``, and its place; through to the disk.

    Raises ``OSError``; then ``target`` is as it was, unless only the last step failed:
    the folder, which a loss of power may then turn back to the old file.
    """
    handle = os.open(new, os.O_RDWR)
    try:
        with suppress(FileNotFoundError):
            _keep_mode(handle, target.lstat())
        os.fsync(handle)
    finally:
        os.close(handle)
    new.replace(target)
    write_folder_through(target.parent)


def words_of(error: OSError) -> str:
    """What the system says, without the path: ``No space left on device``."""
    return error.strerror or str(error)


def _refuse_if_read_only(target: Path) -> None:
    # A rename asks only the folder.  Who made a file read-only does not want it changed.
    with suppress(FileNotFoundError):
        os.close(os.open(target, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0)))


def _write(beside: Path, content: bytes, mode: int) -> None:
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)
    handle = os.open(beside, flags, mode)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(handle, rest) :]
    finally:
        os.close(handle)


def _keep_mode(handle: int, old: os.stat_result) -> None:
    if not hasattr(os, "fchown"):
        return
    now = os.fstat(handle)
    if (now.st_uid, now.st_gid) != (old.st_uid, old.st_gid):
        with suppress(PermissionError):  # only its owner's superuser may give it away
            os.fchown(handle, old.st_uid, old.st_gid)
    os.fchmod(handle, stat.S_IMODE(old.st_mode))


def write_folder_through(folder: Path) -> None:
    """Write the names in a folder through to the disk, where the system can.

    Raises ``OSError``.
    """
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in NO_FOLDER_SYNC:
            raise
    finally:
        os.close(handle)


def remove_leftovers(folder: Path) -> None:
    """Remove what killed programs left; another that writes now keeps its own."""
    before = time.time() - NOBODYS_AFTER
    with suppress(OSError):
        for leftover in folder.iterdir():
            if not leftover.name.startswith(BESIDE):
                continue
            found = leftover.lstat()
            nobodys = found.st_mtime < before or _of_a_program_that_ended(leftover.name)
            if stat.S_ISREG(found.st_mode) and nobodys:
                leftover.unlink()


def _ours(process: int) -> str:
    """How the names of what a process of this machine writes begin."""
    return f"{BESIDE}{crc32(socket.gethostname().encode()):08x}-{process}-"


def _of_a_program_that_ended(name: str) -> bool:
    """Whether the process that a name tells is known to be gone; elsewhere nobody knows."""
    process = name.removeprefix(BESIDE).split("-")[1:2]
    if os.name != "posix" or not process or not process[0].isdecimal():
        return False
    number = int(process[0])
    if not name.startswith(_ours(number)):
        return False
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return False
