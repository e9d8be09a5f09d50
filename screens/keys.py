"""The key file: `action = "key"` lines of the author's own, in `keys.toml` in the config folder."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import tomli
from textual.keys import REPLACED_KEYS, Keys, key_to_character

from app.document.files import DISK
from app.problems import nearest
from screens.actions import ACTIONS, BY_ID, Action
from screens.actions.registry import NO_KEY, at_once

_MAX_BYTES = 100_000
_MODIFIERS = {"alt", "ctrl", "hyper", "meta", "shift", "super"}
_NAMES = {key.value for key in Keys if re.fullmatch("[a-z0-9]+", key.value)}
_OTHERS = {"ctrl+p": "opens the list of all actions", "ctrl+c": "copies"}
"""What keys do that are no action's."""
_OTHERS |= {
    key: f"is {name} to a terminal"
    for key, name in {"ctrl+h": "Backspace", "ctrl+i": "Tab", "ctrl+j": "Enter", "ctrl+m": "Enter"}.items()
}
_WRITING = {"enter", "tab", "escape", "backspace", "delete", "left", "right", "up", "down", "home", "end"}
"""Keys that no action may take from the widget with the focus, as those of the letters."""


def key_file() -> Path:
    """Where the key file is looked for."""
    from platformdirs import user_config_path

    return user_config_path("dbcharter", appauthor=False) / "keys.toml"


def read_keys(path: Path) -> tuple[dict[str, str], list[str]]:
    """The keys by action id that are not the usual ones, and what a person should know about the file.

    A line that is wrong leaves the action its usual keys. An action whose usual key is another one's by the
    file has the rest of its own, or "" for none.
    """
    try:
        said = tomli.loads(DISK.read_bytes(path, _MAX_BYTES).decode())
    except FileNotFoundError:
        return {}, []
    except (OSError, ValueError, RecursionError) as error:
        return {}, [f"{path}: the keys are the usual ones: {error}"]
    chosen: dict[str, str] = {}
    told: list[str] = []
    for name, key in said.items():
        wrong = _wrong(name, key, chosen)
        if wrong:
            told.append(f"{path}: {wrong}")
        else:
            chosen[name] = str(key)
    lost, messages = _lost(chosen)
    return chosen | lost, [*told, *(f"{path}: {message}" for message in messages)]


def keymap(keys: Mapping[str, str]) -> dict[str, str]:
    """What Textual is told: the keys of every action, since it takes a key from all that share it."""
    return {action.id: keys.get(action.id, action.keys) or NO_KEY for action in ACTIONS} if keys else {}


def is_key(text: str) -> bool:
    """Whether `text` is the name of a key, as in `ctrl+n`, `f5`, `slash` or `N`."""
    *modifiers, name = text.split("+")
    if not set(modifiers) <= _MODIFIERS:
        return False
    character = name if len(name) == 1 else key_to_character(REPLACED_KEYS.get(name, name))
    return name in _NAMES or (character is not None and character.isascii() and character.isprintable())


def _writes(key: str) -> bool:
    """Whether widgets need `key` for what is written and for the cursor."""
    name = key.removeprefix("shift+")
    return name in _WRITING or len(name) == 1 or bool(key_to_character(REPLACED_KEYS.get(name, name)))


def _wrong(name: str, key: object, chosen: Mapping[str, str]) -> str:
    """What is wrong with a line of the file, "" for nothing; `chosen` is what the lines above it say."""
    if name not in BY_ID:
        hint = nearest(name, BY_ID)
        return f"there is no action {name!r}" + (f"; {hint}" if hint else "")
    if not isinstance(key, str):
        return f'{name}: write a key as "ctrl+n" or "f5"'
    for one in key.split(","):
        if not is_key(one):
            return f'{name}: {one!r} is no key; write one as "ctrl+n" or "f5"'
        if one in _OTHERS:
            return f"{name}: {one} {_OTHERS[one]}"
        if BY_ID[name].priority and _writes(one):
            return f'{name}: {one} is needed to write and move; take one like "ctrl+n" or "f5"'
        other = _holder(BY_ID[name], one, chosen)
        if other:
            return f"{one} cannot be both {other} and {name}: it is {other}, which stands first"
    return ""


def _lost(chosen: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """The keys that are left to actions that lost some to those of the file, and a message about each key."""
    left: dict[str, str] = {}
    losers: dict[tuple[str, str], list[str]] = {}
    for action in ACTIONS:
        usual = action.keys.split(",") if action.keys and action.id not in chosen else []
        taken = {key: other for key in usual if (other := _holder(action, key, chosen))}
        if taken:
            left[action.id] = ",".join(key for key in usual if key not in taken)
        for pair in taken.items():
            losers.setdefault(pair, []).append(action.id)
    return left, [f"{key} is {other}, no longer {', '.join(ids)}" for (key, other), ids in losers.items()]


def _holder(action: Action, key: str, chosen: Mapping[str, str]) -> str:
    """The action that has `key` by the file where `action` would work too; "" for none."""
    return next(
        (
            name
            for name, keys in chosen.items()
            if key in keys.split(",") and name != action.id and at_once(BY_ID[name], action)
        ),
        "",
    )
