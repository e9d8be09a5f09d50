"""The few things done to files, behind one door, so that tests can put a failing disk in its place."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from pathlib import Path
from typing import Protocol

from msgspec import Struct

PROTECTED = "the file is protected from writing"
_NOT_FOR_FOLDERS = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EBADF})


class Stamp(Struct, frozen=True):
    """What tells cheaply that a file is another one: size in bytes, time in nanoseconds, inode.

    Also whether it is protected from writing.
    """

    size: int
    modified: int
    inode: int
    protected: bool = False


class Files(Protocol):
    """Every method raises OSError when it fails."""

    def exists(self, path: Path) -> bool: ...

    def stat(self, path: Path) -> Stamp: ...

    def read_bytes(self, path: Path, limit: int = -1) -> bytes:
        """The first `limit` bytes of a file, or all of it."""

    def write_temporary(self, target: Path, data: bytes) -> Path:
        """Write a new file beside `target`, with its mode, and have it on the disk.

        Nothing is left of it when that fails.
        """

    def replace(self, source: Path, target: Path) -> None:
        """Give `source` the name `target` in one step; durable only once the folder is synced."""

    def fsync_folder(self, folder: Path) -> None:
        """Make the names in a folder durable, where the platform can."""

    def unlink(self, path: Path) -> None: ...

    def make_folder(self, folder: Path) -> None:
        """Make a folder and those above it, durably; one that is there is fine."""


class Disk:
    """The real files."""

    def exists(self, path: Path) -> bool:
        return path.exists()

    def stat(self, path: Path) -> Stamp:
        found = path.stat()
        return Stamp(found.st_size, found.st_mtime_ns, found.st_ino, _is_protected(found))

    def read_bytes(self, path: Path, limit: int = -1) -> bytes:
        with open(path, "rb", opener=_open_at_once) as file:
            data = file.read(limit)
            if not data and stat.S_ISFIFO(os.fstat(file.fileno()).st_mode):
                raise OSError(errno.ENODATA, "it is a pipe, and nobody writes to it")
            return data

    def write_temporary(self, target: Path, data: bytes) -> Path:
        temporary = target.with_name(f".{target.name[:40]}.{os.urandom(6).hex()}.tmp")
        before: os.stat_result | None = None
        with contextlib.suppress(FileNotFoundError):
            before = target.stat()
        if before is not None and _is_protected(before):
            raise PermissionError(errno.EACCES, PROTECTED)
        try:
            with temporary.open("xb") as file:
                file.write(data)
                if before is not None:
                    temporary.chmod(before.st_mode & 0o777)
                file.flush()
                os.fsync(file.fileno())
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
        return temporary

    def replace(self, source: Path, target: Path) -> None:
        source.replace(target)

    def fsync_folder(self, folder: Path) -> None:
        try:
            handle = os.open(folder, os.O_RDONLY)
        except PermissionError:  # a platform that opens no folders, or a folder that may not be listed
            return
        try:
            os.fsync(handle)
        except OSError as error:
            if error.errno not in _NOT_FOR_FOLDERS:
                raise
        finally:
            os.close(handle)

    def unlink(self, path: Path) -> None:
        path.unlink()

    def make_folder(self, folder: Path) -> None:
        if folder.is_dir():
            return
        self.make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        self.fsync_folder(folder.parent)


def _is_protected(found: os.stat_result) -> bool:
    """Whether nobody may write to a file; a rename would put another one in its place nevertheless."""
    return not found.st_mode & 0o222


def _open_at_once(path: str, flags: int) -> int:
    """Open a file without waiting until somebody writes to a pipe of that name; reading waits as usual."""
    at_once = getattr(os, "O_NONBLOCK", 0)
    handle = os.open(path, flags | at_once)
    if at_once:
        os.set_blocking(handle, True)
    return handle


DISK = Disk()
