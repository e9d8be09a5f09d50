"""Repositories for tests, and documents in them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=Ines", "-c", "user.email=ines@example.com", "-c", "init.defaultBranch=main")
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def typed_in_a_file(document: Path, name: str) -> None:
    """Put the DDL of a document into a file beside it, as 7.2 allows."""
    text = document.read_text(encoding="utf-8")
    (ddl,) = re.finditer(r'^ddl = """\n(.*?)"""', text, re.MULTILINE | re.DOTALL)
    (document.parent / name).write_text(ddl[1], encoding="utf-8")
    named = f'{text[: ddl.start()]}ddl_files = ["{name}"]{text[ddl.end() :]}'
    document.write_text(named, encoding="utf-8")


def repository(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    git(folder, "init", "--quiet")
    return folder


def commit(folder: Path) -> str:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "x")
    return git(folder, "rev-parse", "HEAD")
