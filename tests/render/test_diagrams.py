"""Diagrams say what their tables say, and Mermaid's own parser accepts them whatever was typed."""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Callable, Iterator, Sequence

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.bank.load import default_bank
from app.bank.model import Diagram
from app.document.answers import Answers, freeze
from app.render.diagrams import SOURCES, draw, label
from tests.mermaid.parser import Verdict

from .reading import hostile_text

Parser = Callable[[Sequence[str]], list[Verdict]]

TYPES: dict[Diagram, str] = {
    "process": "flowchart-v2",
    "relationships": "er",
    "lifecycle": "stateDiagram",
    "write_path": "sequence",
    "migration": "stateDiagram",
}


def answers(**tables: list[dict[str, object]]) -> Answers:
    """Answers with rows by question id, whose dot is written as two underscores."""
    said = Answers()
    for name, rows in tables.items():
        said = said.with_value(name.replace("__", "."), freeze(rows))
    return said


def source(diagram: Diagram, said: Answers) -> str:
    (drawing,) = draw(diagram, default_bank(), said)
    return drawing.source


def lines(diagram: Diagram, said: Answers) -> list[str]:
    return [line.strip() for line in source(diagram, said).splitlines()]


def documents(texts: Sequence[str], count: int) -> Iterator[Answers]:
    """Documents whose every cell holds one of `texts`, each document another mixture of them.

    Some cells hold a value of another type, and relationships are arrows between two texts.
    """
    turn = itertools.cycle([*texts, *texts[::-3]])
    for number in range(count):
        said = Answers()
        for question in dict.fromkeys(q for questions in SOURCES.values() for q in questions):
            columns = [column.id for column in default_bank().questions[question].columns]
            table = [{column: cell(column, turn) for column in columns} for _ in range(number % 4)]
            said = said.with_value(question, freeze(table))
        yield said


def cell(column: str, turn: Iterator[str]) -> object:
    text = next(turn)
    match column:
        case "relationship":
            return f"{text}{'→' if len(text) % 2 else '->'}{next(turn)}"
        case "optional" | "outbox" | "initial" | "terminal":
            return len(text) % 2 == 0
        case "cardinality" if len(text) % 2:
            return "many_to_many"
        case "events" | "tables":
            return [text, next(turn)]
    return text


@settings(max_examples=2, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(st.lists(hostile_text, min_size=80, max_size=80))
def test_every_diagram_is_valid_whatever_was_typed(mermaid: Parser, texts: list[str]) -> None:
    drawn = [
        (diagram, drawing.source)
        for said in documents(texts, 40)
        for diagram in SOURCES
        for drawing in draw(diagram, default_bank(), said)
    ]
    for (diagram, text), verdict in zip(drawn, mermaid([text for _, text in drawn]), strict=True):
        assert verdict == {"type": TYPES[diagram]}, text


@given(hostile_text)
def test_a_label_reads_as_what_was_typed_on_one_line(text: str) -> None:
    shown = html.unescape(re.sub(r"#(\d+);", r"&#\1;", label(text))).replace("\u00a0", " ")
    assert shown == " ".join(text.split())[:100].replace("\u00a0", " ") or shown.endswith("…")
    assert not set(label(text)) & set("\"'`<>[]{}|:&%\n\\")


@pytest.mark.parametrize("diagram", SOURCES)
def test_nothing_is_drawn_from_nothing(diagram: Diagram) -> None:
    assert draw(diagram, default_bank(), Answers()) == ()


def test_the_process_leads_from_actor_over_command_to_events() -> None:
    said = answers(
        domain__commands=[
            {
                "command": "hold seat",
                "actor": "buyer",
                "state_change": "seat_hold: free → held",
                "events": ["SeatHeld", "HoldTimerSet"],
            },
            {"command": "expire hold", "events": ["SeatHeld"]},
        ]
    )
    assert lines("process", said) == [
        "flowchart LR",
        'actor_buyer(["buyer"])',
        'command_hold_seat["hold seat<br/>seat_hold#58; free → held"]',
        "actor_buyer --> command_hold_seat",
        'event_seatheld{{"SeatHeld"}}',
        "command_hold_seat --> event_seatheld",
        'event_holdtimerset{{"HoldTimerSet"}}',
        "command_hold_seat --> event_holdtimerset",
        'command_expire_hold["expire hold"]',
        "command_expire_hold --> event_seatheld",
    ]


@pytest.mark.parametrize(
    ("cardinality", "optional", "ends"),
    [
        ("one_to_one", False, "||--||"),
        ("one_to_one", True, "||--o|"),
        ("one_to_many", True, "||--o{"),
        ("one_to_many", False, "||--|{"),
        ("one_to_many", None, "||--o{"),
        ("many_to_many", True, "}o--o{"),
    ],
)
def test_a_relationship_shows_how_many_and_whether_there_may_be_none(
    cardinality: str, optional: bool | None, ends: str
) -> None:
    row: dict[str, object] = {"relationship": "loan -> Copy", "cardinality": cardinality}
    if optional is not None:
        row["optional"] = optional
    said = answers(logical__cardinality=[row], logical__grain=[{"entity": "copy"}, {"entity": "branch"}])
    drawn = lines("relationships", said)
    assert drawn[:4] == ["erDiagram", 'entity_loan["loan"]', 'entity_copy["Copy"]', 'entity_branch["branch"]']
    assert drawn[4].startswith(f"entity_loan {ends} entity_copy : ")
    assert len(drawn) == 5


def test_each_entity_has_a_state_machine_of_its_own() -> None:
    said = answers(
        logical__states=[
            {"entity": "bag", "state": "accepted", "initial": True},
            {"entity": "tag", "state": "in use", "initial": True, "terminal": True},
        ],
        logical__transitions=[
            {"entity": "Bag", "from_state": "Accepted", "to_state": "loaded", "command": "load bag"},
            {"entity": "bag", "from_state": "accepted"},
        ],
    )
    bag, tag = draw("lifecycle", default_bank(), said)
    assert (bag.caption, tag.caption) == ("bag", "tag")
    assert bag.source.splitlines() == [
        "stateDiagram-v2",
        '  state "accepted" as state_accepted',
        '  state "loaded" as state_loaded',
        "  [*] --> state_accepted",
        "  state_accepted --> state_loaded : load bag",
    ]
    assert tag.source.splitlines()[-2:] == ["  [*] --> state_in_use", "  state_in_use --> [*]"]


def test_a_write_path_shows_transaction_locks_tables_retry_and_outbox() -> None:
    said = answers(
        domain__commands=[{"command": "pay out", "actor": "scheduler"}],
        transactions__boundaries=[
            {
                "operation": "pay out",
                "tables": ["payout", "ledger_entry"],
                "isolation": "read committed",
                "locks": "seller row",
                "retry": "twice on 40001",
                "outbox": True,
            },
            {"operation": "cancel"},
        ],
    )
    drawn = lines("write_path", said)
    for expected in (
        "participant outbox as Outbox",
        "Note over caller: scheduler",
        "caller->>service: pay out",
        "service->>database: begin: read committed",
        "service->>database: lock: seller row",
        "service->>database: write: payout, ledger_entry",
        "service->>outbox: append the event in the same transaction",
        "Note over service,database: retry: twice on 40001",
    ):
        assert drawn.count(expected) == 1, expected
    assert drawn.count("end") == sum(line.startswith("rect") for line in drawn) == 2


def test_a_write_path_without_an_outbox_does_not_show_one() -> None:
    said = answers(transactions__boundaries=[{"operation": "cancel", "outbox": False}])
    assert "outbox" not in source("write_path", said)


def test_migration_steps_come_in_order_with_the_ways_back_that_are_described() -> None:
    said = answers(
        migration__steps=[
            {"step": "1", "kind": "expand", "action": "add column", "rollback": "drop it"},
            {"step": "2", "kind": "dual_write", "action": "write both"},
            {"step": "3", "action": "switch", "rollback": "flag off"},
        ]
    )
    assert lines("migration", said) == [
        "stateDiagram-v2",
        'state "before the change" as before',
        "[*] --> before",
        'state "1 expand#58; add column" as step_1',
        "before --> step_1",
        "step_1 --> before : roll back",
        'state "2 dual write#58; write both" as step_2',
        "step_1 --> step_2",
        'state "3 switch" as step_3',
        "step_2 --> step_3",
        "step_3 --> step_2 : roll back",
        "step_3 --> [*]",
    ]


def test_names_that_differ_only_in_signs_stay_apart() -> None:
    said = answers(logical__states=[{"entity": "x", "state": s} for s in ("a-b", "a b", "a.b", "🎉", "é")])
    names = [line.rpartition(" as ")[2] for line in lines("lifecycle", said)[1:]]
    assert len(set(names)) == 5
    assert all(re.fullmatch(r"state_[a-z0-9_]+", name) for name in names)
