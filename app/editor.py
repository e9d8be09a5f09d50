"""Write a long answer in the author's own editor."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from pathlib import Path

from app.document.text import clean
from app.problems import DocumentError


def edit_text(text: str, suffix: str) -> str:
    """`text` as $VISUAL or $EDITOR leaves it. Raises DocumentError when there is none or it fails."""
    command = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "")
    if not command:
        raise DocumentError("neither VISUAL nor EDITOR is set", "set one, or type the answer here")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"answer{suffix}"
        path.write_text(text, encoding="utf-8")
        try:
            done = subprocess.run([*command, str(path)], check=False)  # noqa: S603 - the author's own editor
        except OSError as error:
            raise DocumentError(f"{command[0]}: {error.strerror}") from None
        if done.returncode:
            raise DocumentError(f"{command[0]} ended with {done.returncode}; the answer is as it was")
        return clean(path.read_text(encoding="utf-8", errors="replace"))
