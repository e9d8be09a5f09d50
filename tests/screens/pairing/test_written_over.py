"""Which of somebody's words a change by somebody else takes away."""

from __future__ import annotations

import pytest

from app.document.answers import Value, freeze
from app.document.changes import Change
from screens.pairing.written_over import RECENT, TOLD_EVERY, OwnWords

QUESTION = "problem.pain_points"


def change(old: object, new: object) -> Change:
    return Change("value", QUESTION, *(None if v is None else value(v) for v in (old, new)))


def value(plain: object) -> Value:
    return freeze(plain)  # type: ignore[arg-type]  # plain data


ROWS = [{"entity": "hold", "grain": "one per seat"}, {"entity": "seat", "grain": "one per chair"}]


@pytest.mark.parametrize(
    ("mine", "theirs", "is_lost"),
    [
        ((None, "two tills"), ("two tills", "one seat"), True),
        ((None, "two tills"), ("two tills", None), True),
        ((None, "two tills"), ("two tills", "two tills, one seat"), False),
        ((None, "two tills"), ("two tills", "two old tills"), False),
        ((None, "two tills"), ("two tills", "at night\ntwo tills"), False),
        (("at night", "at night\ntwo tills"), ("at night\ntwo tills", "at day\ntwo tills"), False),
        ((None, "two tills"), ("two tills, one seat", "one seat"), True),
        (([], [ROWS[0]]), ([ROWS[0]], ROWS), False),
        (([], [ROWS[0]]), ([ROWS[0]], [{"entity": "hold", "grain": "one per till"}]), True),
        (([], [ROWS[0]]), ([ROWS[0]], [{**ROWS[0], "notes": "for ten minutes"}]), False),
    ],
)
def test_words_are_lost_when_they_stand_nowhere_any_more(
    mine: tuple[object, object], theirs: tuple[object, object], *, is_lost: bool
) -> None:
    words = OwnWords()
    words.said([change(*mine)])
    assert words.lost([change(*theirs)]) == ([QUESTION] if is_lost else [])


def test_one_question_is_told_of_once_in_a_while_and_old_words_not_at_all() -> None:
    now = [0.0]
    words = OwnWords(lambda: now[0])
    over = [change("two tills", "one seat")]
    words.said([change(None, "two tills")])
    assert words.lost(over) == [QUESTION]
    assert words.lost(over) == []
    now[0] = TOLD_EVERY
    assert words.lost(over) == [QUESTION]
    now[0] = RECENT + 1
    assert words.lost(over) == []


def test_nothing_is_lost_where_nothing_was_written_here() -> None:
    words = OwnWords()
    words.said([change(None, "one seat")])
    assert words.lost([change("two tills", "one seat")]) == []
