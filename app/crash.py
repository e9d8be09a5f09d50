"""A report of a failure of dbcharter itself: where it happened, without values or answers."""

from __future__ import annotations

import sys
from pathlib import Path


def crash_notice(error: BaseException) -> str:
    """Write a report of where the program failed; returns the line that says so."""
    import platform  # these take long to import, and nearly no program comes here
    import tempfile
    import traceback
    from importlib import metadata

    frames = [
        f"  {Path(frame.filename).name}:{frame.lineno} in {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    report = "\n".join(
        [
            f"dbcharter {metadata.version('dbcharter')}, Python {platform.python_version()}, {sys.platform}",
            f"{type(error).__module__}.{type(error).__qualname__}",
            *frames,
            "",
        ]
    )
    place = "no report could be written"
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="dbcharter-crash-", suffix=".txt", delete=False, encoding="utf-8"
        ) as file:
            file.write(report)
        place = f"a report without your answers is in {file.name}"
    except OSError:
        pass
    return f"dbcharter: this is a defect of dbcharter ({type(error).__name__}); {place}"
