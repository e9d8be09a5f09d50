"""The review's evidence in the document: who approved what over which answers, and what is still open."""

from __future__ import annotations

from app.document.operations import Set
from app.render.document import render
from app.review.model import CheckMark, Decide, Records, Reply, Resolve, Suggestion, Thread
from app.review.saying import mark_words
from tests.render.reading import elements

from .people import BANK, Room, answers_with, sample


def part(room: Room, **changes: str) -> str:
    operations = [Set(question=name.replace("__", "."), value=value) for name, value in changes.items()]
    page = render(BANK, answers_with(*operations, start=sample()), records=room.records)
    return page.partition("### Review\n")[2]


def test_without_records_nothing_is_printed() -> None:
    assert render(BANK, sample(), records=Records()) == render(BANK, sample())
    assert "### Review" not in render(BANK, sample())


def test_verdicts_are_listed_in_document_order_with_their_digest() -> None:
    room = Room()
    room.judge("bo", "request_changes", ["logical"], sample())
    room.judge("ana", "approve", ["control"], sample(), role="sre")
    lines = [line for line in part(room).splitlines() if line.startswith("| ")][2:]
    assert [line.split(" | ")[:4] for line in lines] == [
        ["| 0 Document Control", "Ana (SRE)", "approved", "2026-11-24"],
        ["| 6 Logical Model", "Bo", "asked for changes", "2026-11-24"],
    ]
    digests = [record.digest for record in room.said]  # type: ignore[attr-defined] # they are verdicts
    assert digests[1][:16] in lines[0]
    assert digests[0][:16] in lines[1]


def test_a_verdict_on_other_words_is_marked() -> None:
    room = Room()
    room.judge("ana", "approve", ["control"], sample())
    assert "the section has changed since" not in part(room)
    assert "approved; the section has changed since" in part(room, control__title="Another")


def test_marks_on_cross_checks_are_listed_with_what_was_said_and_whether_it_changed_since() -> None:
    room = Room()
    text = "a | b\n<script>x</script>"
    room.say("bo", CheckMark, **mark_words(BANK, sample(), "RVW04", "holds"))
    room.say("ana", CheckMark, **mark_words(BANK, sample(), "RVW02", "does_not_hold", text=text))
    room.say("cy", CheckMark, **mark_words(BANK, sample(), "RVW03", "holds"))
    room.say("cy", CheckMark, **mark_words(BANK, sample(), "RVW03", "open"))
    rows = [line for line in part(room).splitlines() if line.startswith("| RVW")]
    assert [row[:7] for row in rows] == ["| RVW02", "| RVW04"]
    assert "| Ana | does not hold: a \\| b" in rows[0]
    assert "\\<script>" in rows[0]
    assert "| Bo | holds | 2026-11-24 |" in rows[1]
    other = part(room, physical__ddl="CREATE TABLE seat (id bigint);")
    assert "| Bo | holds; a place has changed since | 2026-11-24 |" in other


def test_open_threads_and_undecided_suggestions_are_named_and_settled_ones_are_not() -> None:
    room = Room()
    room.say("ana", Thread, question="logical.grain", row="seat", text="one\nor two?")
    room.say("bo", Reply, thread="ana-1", text="one")
    room.say("ana", Thread, question="control.title", text="settled by now")
    room.say("bo", Resolve, thread="ana-2")
    room.say("cy", Suggestion, question="control.title", new="x", old_digest="0" * 64)
    room.say("cy", Suggestion, question="control.title", new="y", old_digest="0" * 64)
    room.say("ana", Decide, suggestion="cy-1", decision="reject")
    shown = part(room)
    assert "- ana-1, logical.grain\\[seat\\], Ana, 2026-11-24: one or two? (1 reply)" in shown
    assert "settled by now" not in shown
    assert "nobody has decided about: 1." in shown


def test_peoples_words_stay_text() -> None:
    tags = []
    words = "# a | b <script>x</script> [c](d) {{ e }} `f` *g*"
    for text in ("x", words):
        room = Room()
        room.say("ana", Thread, question="control.title", text=text)
        page = elements(render(BANK, sample(), records=room.records))
        tags.append([element.tag for element in page])
        assert any(text in element.text for element in page if element.tag == "li")
    assert tags[0] == tags[1]
