"""What an answer file keeps of the DDL in files: written, read, merged and undone like all that was said."""

from __future__ import annotations

from types import MappingProxyType

from msgspec.structs import replace

from app.bank.load import default_bank
from app.document.answers import Answers
from app.document.changes import difference, redo, undo
from app.document.codec import decode, encode, new_document
from app.document.merge import merge
from app.document.operations import Looked, apply

OUTLINE = 'column berth_id: bigint not null\ncheck c: note <> \'a "quoted" """ text\'\n'
SAID = Looked(
    seen={"berth": OUTLINE, "dock.stay": "column a: int\n"}, looked={"logical.grain[berth]": "ab12"}
)


def kept(operation: Looked = SAID) -> Answers:
    return apply(default_bank(), Answers(), operation)


def test_what_was_seen_is_read_back_as_it_was_written() -> None:
    bank = default_bank()
    text = encode(bank, new_document(bank, "stays", Answers()), kept()).text
    document = decode(bank, text, "stays.toml")
    assert document.problems == ()
    assert dict(document.answers.seen) == SAID.seen
    assert dict(document.answers.looked) == SAID.looked


def test_entries_that_are_not_text_are_kept_and_reported() -> None:
    bank = default_bank()
    heading = f'format = 1\n[bank]\nid = "{bank.id}"\nversion = "{bank.version}"\n'
    text = heading + '[ddl_seen]\nberth = 7\nstay = "column a: int"\n'
    document = decode(bank, text, "stays.toml")
    assert [p.where for p in document.problems] == ["ddl_seen.berth"]
    assert dict(document.answers.seen) == {"stay": "column a: int"}
    after = document.answers.with_value("control.title", "Stays")
    assert "berth = 7" in encode(bank, document, after).text


def test_a_step_that_changed_it_can_be_undone_and_done_again() -> None:
    steps = difference(Answers(), kept())
    assert undo(kept(), steps) == Answers()
    assert redo(Answers(), steps) == kept()


def test_none_takes_an_entry_away() -> None:
    after = apply(default_bank(), kept(), Looked(seen={"berth": None}, looked={"logical.grain[berth]": None}))
    assert set(after.seen) == {"dock.stay"}
    assert not after.looked


def test_two_sides_that_saw_different_tables_merge_without_a_conflict() -> None:
    base = kept()
    ours = replace(base, seen=MappingProxyType({**base.seen, "berth": "column ours: int\n"}))
    theirs = replace(
        base, seen=MappingProxyType({"berth": "column theirs: int\n", "crane": "column b: int\n"})
    )
    merged = merge(default_bank(), base, ours, theirs)
    assert merged.conflicts == ()
    assert dict(merged.answers.seen) == {"berth": "column ours: int\n", "crane": "column b: int\n"}
