from __future__ import annotations

import re

import pytest

from app import patterns


def test_a_pattern_is_compiled_when_it_is_first_used(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    real = re.compile

    def compile_and_tell(text: str, flags: int = 0) -> re.Pattern[str]:
        compiled.append(text)
        return real(text, flags)

    monkeypatch.setattr(re, "compile", compile_and_tell)
    pattern = patterns.compile("late")
    assert (pattern.pattern, compiled) == ("late", [])
    assert [bool(pattern.search(text)) for text in ("too late", "early")] == [True, False]
    assert compiled == ["late"]


def test_it_does_what_the_pattern_of_the_library_does() -> None:
    late, real = (made(r"(?P<word>\w+) (\d+)", re.IGNORECASE) for made in (patterns.compile, re.compile))
    text = "Bay 12, ramp 7"
    assert late.findall(text) == real.findall(text) == [("Bay", "12"), ("ramp", "7")]
    assert late.sub(r"\2 \1", text) == real.sub(r"\2 \1", text)
    assert [m["word"] for m in late.finditer(text)] == [m["word"] for m in real.finditer(text)]
    assert late.groupindex == real.groupindex
