"""How sections are marked by what is answered in them."""

from __future__ import annotations

import pytest

from app.interview.applicability import Progress
from screens.states import DEFERRED, DONE, DUE, LATER, NOT_REQUIRED, Mark, mark_of_part


@pytest.mark.parametrize(
    ("progress", "due", "mark"),
    [
        (Progress(0, 0), 0, NOT_REQUIRED),
        (Progress(2, 2), 0, DONE),
        (Progress(1, 2, 1), 0, DEFERRED),
        (Progress(0, 2, 1), 1, DUE),
        (Progress(0, 2, 1), 0, LATER),
    ],
)
def test_a_part_of_which_the_rest_is_deferred_is_deferred_and_not_done(
    progress: Progress, due: int, mark: Mark
) -> None:
    assert mark_of_part(progress, due) == mark
