"""Values of answers as JSON: what JSON has no word for is a table with one key that begins with `$`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

_READERS = {
    "$date": date.fromisoformat,
    "$datetime": datetime.fromisoformat,
    "$time": time.fromisoformat,
    "$float": float,
}


def packed(value: object) -> Any:
    """`value` as JSON can hold it. Raises TypeError for what no answer holds."""
    match value:
        case None | bool() | str() | int():
            return value
        case float():
            return value if math.isfinite(value) else {"$float": repr(value)}
        case datetime():
            return {"$datetime": value.isoformat()}
        case date():
            return {"$date": value.isoformat()}
        case time():
            return {"$time": value.isoformat()}
        case Mapping():
            inner = {str(key): packed(item) for key, item in value.items()}
            return {"$table": inner} if any(key.startswith("$") for key in inner) else inner
        case list() | tuple():
            return [packed(item) for item in value]
    raise TypeError(f"{type(value).__name__} is not a value of an answer document")


def unpacked(value: Any) -> Any:
    """What `packed` made of a value. Raises ValueError for anything else."""
    if isinstance(value, list):
        return [unpacked(item) for item in value]
    if not isinstance(value, dict):
        return value
    marks = [key for key in value if key.startswith("$")]
    if not marks:
        return {key: unpacked(item) for key, item in value.items()}
    inner = value[marks[0]]
    if len(value) == 1 and marks[0] == "$table" and isinstance(inner, dict):
        return {key: unpacked(item) for key, item in inner.items()}
    reader = _READERS.get(marks[0])
    if len(value) != 1 or reader is None or not isinstance(inner, str) or len(inner) > 60:
        raise ValueError("not a value")
    return reader(inner)
