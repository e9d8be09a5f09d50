"""Files as they were where a branch began, copied out of git without touching the repository."""

from __future__ import annotations

import os
import posixpath
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePath
from types import TracebackType

from app.problems import DbcharterError
from app.schema.files import SUFFIXES, plain_path

_OF_HOOKS = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"})
"""What git sets for a hook; the repository is that of the file."""


class GitBase:
    """Copies of files as they were at a base, the last commit that `ref` and the present one share.

    A context manager: the copies live as long. Raises DbcharterError where git cannot say.
    """

    def __init__(self, ref: str) -> None:
        self._ref = ref
        self._folder = tempfile.TemporaryDirectory(prefix="dbcharter-base-")
        self._bases: dict[Path, _Base] = {}  # by folder, of which the top of a repository is one

    def __enter__(self) -> GitBase:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._folder.cleanup()

    def look(self, file: Path) -> None:
        """Find the base in the repository of `file`, so that what is wrong with it is told in time."""
        self._base(file.resolve().parent)

    def copy(self, file: Path) -> Path | None:
        """A copy of `file`, also where it had another name; None where it was not there."""
        real = file.resolve()
        base = self._base(real.parent)
        name = real.relative_to(base.top).as_posix()
        was = name if base.listed([name]) else base.renamed(name)
        if not was:
            return None
        base.bring([was])
        copy = base.folder / was
        return None if copy.is_symlink() else copy  # which would lead to what is there at present

    def bring(self, file: Path, copy: Path, references: Iterable[str]) -> None:
        """Copy the SQL that `references` name, paths from the folder of `file`, beside the `copy` of it."""
        base = self._base(file.resolve().parent)
        beside = copy.parent.relative_to(base.folder)
        names = [posixpath.normpath(beside / plain_path(name)) for name in references]
        base.bring([name for name in base.listed(names) if PurePath(name).suffix.lower() in SUFFIXES])

    def _base(self, folder: Path) -> _Base:
        while not folder.is_dir():
            folder = folder.parent
        if folder not in self._bases:
            done = _git(folder, "rev-parse", "--show-toplevel")
            top = Path(_line(done, f"{folder}: is not in a repository"))
            if top not in self._bases:
                place = Path(self._folder.name) / str(len(self._bases))
                self._bases[top] = _Base(top, _common(top, self._ref), place)
            self._bases[folder] = self._bases[top]
        return self._bases[folder]


class _Base:
    """One commit of a repository, and the folder into which its files are copied."""

    def __init__(self, top: Path, commit: str, folder: Path) -> None:
        self.top = top
        self.folder = folder
        self._commit = commit
        self._index = folder.with_name(f"{folder.name}.index")
        self._names: dict[str, str] | None = None
        folder.mkdir()
        (folder / ".git").mkdir()  # links may lead anywhere inside, as they may in the repository
        _line(self._run("read-tree", commit), "the commit cannot be read")

    def renamed(self, name: str) -> str:
        """What a file was called; "" for a new one."""
        if self._names is None:
            options = ("--no-ext-diff", "--no-relative", "-M", "-z", "--name-status", "--diff-filter=R")
            done = _git(self.top, "diff", *options, self._commit, "--", "*.toml")
            words = os.fsdecode(done.stdout).split("\0") if done.returncode == 0 else []
            self._names = dict(zip(words[2::3], words[1::3], strict=False))
        return self._names.get(name, "")

    def listed(self, names: Iterable[str]) -> list[str]:
        """The files among `names`, and those in the folders among them."""
        inside = [name for name in names if not name.startswith(("..", "/")) and "\0" not in name]
        if not inside:
            return []
        done = self._run("ls-files", "-z", "--", *inside, literal=True)
        return [name for name in os.fsdecode(done.stdout).split("\0") if name]

    def bring(self, names: Sequence[str]) -> None:
        """Copy files into the folder."""
        if not names:
            return
        into = f"--prefix={self.folder}/"
        done = self._run("checkout-index", "--force", into, "-z", "--stdin", said="\0".join(names))
        _line(done, "files cannot be copied")

    def _run(self, *words: str, said: str = "", literal: bool = False) -> subprocess.CompletedProcess[bytes]:
        more = {"GIT_INDEX_FILE": str(self._index), "GIT_LITERAL_PATHSPECS": "1" if literal else "0"}
        return _git(self.top, *words, said=said, **more)


def _common(top: Path, ref: str) -> str:
    """The commit at which the present one parted from `ref`."""
    named = _git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    hint = "fetch it first; a build server has to fetch the history too (in GitHub Actions fetch-depth: 0)"
    commit = _line(named, f"git knows no commit {ref!r} in {top}", hint)
    return _line(_git(top, "merge-base", commit, "HEAD"), f"{ref!r} and HEAD share no commit in {top}", hint)


def _line(done: subprocess.CompletedProcess[bytes], wrong: str, hint: str = "") -> str:
    """What git says. Raises DbcharterError where it failed."""
    if done.returncode != 0:
        reason = os.fsdecode(done.stderr).strip().replace("\n", "; ")
        raise DbcharterError(f"--since: {wrong}" + (f" ({reason})" if reason else ""), hint)
    return os.fsdecode(done.stdout).removesuffix("\n")


def _git(folder: Path, *words: str, said: str = "", **more: str) -> subprocess.CompletedProcess[bytes]:
    program = shutil.which("git")
    if program is None:
        raise DbcharterError("git is not installed, or not on the PATH")
    inherited = {name: value for name, value in os.environ.items() if name not in _OF_HOOKS}
    return subprocess.run(  # noqa: S603 - the program is git and nothing goes through a shell
        [program, "-C", str(folder), *words],
        input=os.fsencode(said),
        capture_output=True,
        check=False,
        env={**inherited, "GIT_OPTIONAL_LOCKS": "0", **more},
    )
