"""The key file: `action = "key"` lines of the author's own, in `keys.toml` in the config folder."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import tomli

from app.document.files import DISK
from app.problems import nearest
from screens.actions import BY_ID

_MAX_BYTES = 100_000
_KEY = re.compile(r"[a-z0-9_]+(\+[a-z0-9_]+)*")


def key_file() -> Path:
    """Where the key file is looked for."""
    from platformdirs import user_config_path

    return user_config_path("dbcharter", appauthor=False) / "keys.toml"


def read_keys(path: Path) -> tuple[dict[str, str], list[str]]:
    """The keys by action id, and what is wrong with the file; what is wrong keeps its default."""
    try:
        said = tomli.loads(DISK.read_bytes(path, _MAX_BYTES).decode())
    except FileNotFoundError:
        return {}, []
    except (OSError, ValueError, RecursionError) as error:
        return {}, [f"{path}: the keys are the usual ones: {error}"]
    return _checked(path, said)


def _checked(path: Path, said: Mapping[str, object]) -> tuple[dict[str, str], list[str]]:
    keys: dict[str, str] = {}
    wrong: list[str] = []
    for name, key in said.items():
        if name not in BY_ID:
            hint = nearest(name, BY_ID)
            wrong.append(f"{path}: there is no action {name!r}" + (f"; {hint}" if hint else ""))
        elif not isinstance(key, str) or not all(map(_KEY.fullmatch, key.split(","))):
            wrong.append(f'{path}: {name}: write a key as "ctrl+n" or "f5"')
        else:
            keys[name] = key
    return keys, wrong
