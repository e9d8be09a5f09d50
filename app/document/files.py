"""The few things done to files, behind one door, so that tests can put a failing disk in its place."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from pathlib import Path
from typing import Protocol

from msgspec import Struct

_NOT_FOR_FOLDERS = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EBADF})


class Stamp(Struct, frozen=True):
    """What tells cheaply that a file is another one: size in bytes, time in nanoseconds, inode."""

    size: int
    modified: int
    inode: int


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
        return Stamp(found.st_size, found.st_mtime_ns, found.st_ino)

    def read_bytes(self, path: Path, limit: int = -1) -> bytes:
        with path.open("rb") as file:
            return file.read(limit)

    def write_temporary(self, target: Path, data: bytes) -> Path:
        temporary = target.with_name(f".{target.name[:40]}.{secrets.token_hex(6)}.tmp")
        try:
            with temporary.open("xb") as file:
                file.write(data)
                with contextlib.suppress(FileNotFoundError):
                    temporary.chmod(target.stat().st_mode & 0o777)
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


DISK = Disk()
