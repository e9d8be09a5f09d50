"""What was found at things is kept as long as they are the same objects, and never changes a result."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.schema.each import all_of, each, each_of_several, union_of

# Equal words, and different objects for each of them, since things are told apart by identity.
WORDS = [frozenset(letters) for letters in ("a", "ab", "abc", "", "bc", "a", "cde", "ab")]
THINGS = st.lists(st.sampled_from(WORDS), max_size=12)
OTHERS = [("x",), ("y",), ("x",), ()]


class Looks:
    """A look that counts what it is asked to look at."""

    def __init__(self) -> None:
        self.seen: list[Any] = []

    def __call__(self, *things: Any) -> tuple[Any, ...]:
        self.seen.append(things if len(things) > 1 else things[0])
        return ("found", *things)


@given(st.lists(THINGS, max_size=6))
def test_whatever_comes_goes_and_moves_all_uses_give_what_a_fresh_look_gives(
    versions: list[list[frozenset[str]]],
) -> None:
    memo: dict[str, Any] = {}
    for things in versions:
        lengths = each(memo, "lengths", things, len)
        assert list(lengths) == [len(thing) for thing in things]
        assert all_of(memo, "letters", things, sorted) == tuple(x for thing in things for x in sorted(thing))
        assert union_of(memo, "union", things, lambda thing: thing) == frozenset().union(*things)
        halved = each(memo, "halved", lengths, lambda length: length / 2)
        assert list(halved) == [length / 2 for length in lengths]


@given(st.lists(st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(OTHERS)), max_size=9), max_size=5))
def test_pairs_are_looked_at_by_both_of_their_parts(
    versions: list[list[tuple[frozenset[str], tuple[str, ...]]]],
) -> None:
    memo: dict[str, Any] = {}
    for pairs in versions:
        things, others = [thing for thing, _ in pairs], [other for _, other in pairs]
        found = each_of_several(memo, "it", (things, others), lambda thing, other: (sorted(thing), other))
        assert list(found) == [(sorted(thing), other) for thing, other in pairs]


def named(count: int) -> list[frozenset[str]]:
    return [frozenset((f"thing {number}",)) for number in range(count)]


@pytest.mark.parametrize(
    ("edit", "looked_at"),
    [
        (lambda things: things, []),
        (lambda things: [*things[:3], frozenset("n"), *things[4:]], ["n"]),
        (lambda things: [*things[:3], frozenset("n"), *things[3:]], ["n"]),
        (lambda things: [*things[:1], frozenset("n"), *things[2:6], frozenset("m"), *things[7:]], ["n", "m"]),
        (lambda things: [*things[:3], *things[5:]], []),
        (lambda things: things[::-1], []),
        (lambda things: [frozenset("n"), *things, frozenset("m")], ["n", "m"]),
    ],
)
def test_only_things_that_were_not_there_are_looked_at(edit: Any, looked_at: list[str]) -> None:
    memo: dict[str, Any] = {}
    things, look = named(9), Looks()
    each(memo, "it", things, look)
    look.seen.clear()
    each(memo, "it", edit(things), look)
    # What stands between two places where something came may be looked for again, among what is known.
    assert look.seen == [frozenset(letter) for letter in looked_at]


def test_all_are_looked_at_again_when_what_else_counts_says_something_else() -> None:
    memo: dict[str, Any] = {}
    things, look = named(4), Looks()
    each(memo, "it", things, look, ({"a": 1},))
    each(memo, "it", things, look, ({"a": 1},))
    assert look.seen == things
    each(memo, "it", things, look, ({"a": 2},))
    assert look.seen == [*things, *things]


def test_a_result_that_says_the_same_stays_the_object_that_it_was() -> None:
    memo: dict[str, Any] = {}
    things = named(5)
    before = each(memo, "it", things, lambda thing: [len(thing)])
    assert each(memo, "it", [*things[:2], frozenset("n"), *things[3:]], lambda thing: [len(thing)]) is before


def test_a_use_of_the_memo_knows_nothing_of_another() -> None:
    memo: dict[str, Any] = {}
    things = named(3)
    assert each(memo, "one", things, len) == (1, 1, 1)
    assert each(memo, "other", things, sorted) == tuple(map(sorted, things))
