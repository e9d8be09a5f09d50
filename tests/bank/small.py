"""A bank of a few lines, for tests that break it in one place."""

from __future__ import annotations

from pathlib import Path

BANK = """\
format = 1
id = "small"
version = "1.0.0"
title = "Small"

[[requires]]
title = "the parcel"
parts = ["parcel"]

[[change_type]]
id = "add_depot"
title = "Add a depot"
help = "One more depot."
pages = [1, 2]
implies = ["abroad"]
requires = [
    { title = "where it is", parts = ["1.1"] },
    { title = "what it holds", parts = ["parcel.sizes"] },
]

[[risk]]
id = "low"
title = "Low"
help = "Low."

[[risk]]
id = "medium"
title = "Medium"
help = "Medium."

[[risk]]
id = "high"
title = "High"
help = "High."

[[risk]]
id = "critical"
title = "Critical"
help = "Critical."

[[trait]]
id = "abroad"
title = "abroad"
question = "Does it cross a border?"

[[enumeration]]
id = "size"
options = [
    { id = "small", title = "Small" },
    { id = "large", title = "Large" },
]
"""

PARCEL = """\
id = "parcel"
number = 1
title = "Parcel"
why = "Parcels get lost."

[[subsection]]
number = "1.1"
title = "Parcel"

[[question]]
id = "size"
number = "1.1"
title = "Size"
kind = "choice"
options = "size"
prompt = "How large?"
why = "It must fit."
good = "Large"
weak = "big"

[[question]]
id = "sizes"
number = "1.1"
title = "Sizes"
kind = "table"
key = "name"
columns = [
    { id = "name", title = "Name", required = true },
    { id = "size", title = "Size", kind = "choice", options = "size" },
]
prompt = "Which?"
why = "They vary."
good = "crate | Large"
weak = "box | big"

[[question]]
id = "crate"
number = "1.1"
title = "Crate"
kind = "text"
prompt = "Which crate?"
why = "Crates differ."
good = "C4"
weak = "some"
ask_when = "parcel.size == 'large'"
because = "it is large"
because_not = "it is small"
"""


def write(folder: Path, *, bank: str = BANK, **sections: str) -> Path:
    """Write a bank with the given section files; without any, with the parcel section."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "bank.toml").write_text(bank, encoding="utf-8")
    for name, text in (sections or {"parcel": PARCEL}).items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def changed(text: str, old: str, new: str) -> str:
    """`text` with its one occurrence of `old` replaced."""
    assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
    return text.replace(old, new)


def line_with(text: str, part: str) -> int:
    """The number of the one line that contains `part`."""
    (number,) = [n for n, line in enumerate(text.splitlines(), 1) if part in line]
    return number
