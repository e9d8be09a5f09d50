from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import settings

from tests.mermaid import parser

# How long an example takes depends on the machine and on what else runs there.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def mermaid() -> Callable[[Sequence[str]], list[parser.Verdict]]:
    """The real Mermaid parser, for many sources at once."""
    parser.install()
    return parser.parse
