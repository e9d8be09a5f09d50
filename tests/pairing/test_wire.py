from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.pairing.limits import FROM_GUEST
from app.pairing.wire import Change, Hello, Say, WireError, decode_guest, decode_host, encode, parse


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


def change(**words: Any) -> str:
    return json.dumps({"type": "change", "id": 1, "epoch": "e", "operation": {}, **words})


HOSTILE = {
    "nothing": "",
    "no JSON": "{",
    "no object": "[]",
    "a number": "5",
    "no type": "{}",
    "unknown type": '{"type": "sudo"}',
    "a host's frame": '{"type": "ended", "reason": "x"}',
    "binary": b"\x00\x01",
    "nested as far as it goes": "[" * 30_000,
    "nested JSON": "[" * 10_000 + "]" * 10_000,
    "a deep operation": change(operation={"value": nested(40)}),
    "many parts": change(operation={"value": [0] * 21_000}),
    "an integer of thousands of digits": change(id=0).replace('"id": 0', f'"id": {"9" * 5000}'),
    "an integer of 65 bits": change(operation={"value": 2**64}),
    "a float without end": change(operation={"value": 0}).replace('"value": 0', '"value": 1e999'),
    "NaN": change(operation={"value": 0}).replace('"value": 0', '"value": NaN'),
    "a lone surrogate": change(operation={"value": "x"}).replace('"x"', '"\\ud800"'),
    "an id that is text": change(id="1"),
    "an id that is true": change(id=True),
    "an id below one": change(id=0),
    "an extra key": change(admin=True),
    "a long name": json.dumps({"type": "hello", "protocol": 1, "name": "x" * 81}),
    "no name": json.dumps({"type": "hello", "protocol": 1, "name": ""}),
    "an operation that is a list": change(operation=[]),
    "a revert of nothing": json.dumps({"type": "revert", "id": 1, "epoch": "", "targets": []}),
    "too large": change(operation={"value": "x" * FROM_GUEST}),
    "too large in bytes": change(operation={"value": "語" * (FROM_GUEST // 2)})
    .encode()
    .decode("unicode_escape"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_frame_raises_one_error_that_repeats_nothing_of_it(name: str) -> None:
    with pytest.raises(WireError) as raised:
        decode_guest(HOSTILE[name])
    assert len(str(raised.value)) < 100
    assert "sudo" not in str(raised.value)


@given(st.one_of(st.text(max_size=200), st.binary(max_size=200)))
def test_no_text_raises_anything_else(message: str | bytes) -> None:
    for decode in (decode_guest, decode_host):
        try:
            decode(message)
        except WireError:
            continue
        raise AssertionError("random text was taken for a frame")


@pytest.mark.parametrize(
    "frame",
    [
        Hello(protocol=1, name="Ada", role="database", epoch="ab", seq=3),
        Change(id=2, epoch="ab", operation={"op": "set", "value": [{"$date": "2026-01-01"}]}, group="g"),
        Say(id=3, epoch="ab", table="thread", words={"question": "a.b", "row": None}),
    ],
)
def test_a_frame_arrives_as_it_was_sent(frame: Hello | Change | Say) -> None:
    assert decode_guest(encode(frame)) == frame


def test_a_snapshot_may_have_more_parts_than_a_frame() -> None:
    text = json.dumps([0] * 30_000)
    assert len(parse(text, 100_000)) == 30_000
    with pytest.raises(WireError):
        parse(text)
