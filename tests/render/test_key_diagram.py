"""The relationship diagram that the foreign keys of the DDL draw where 6.3 is empty."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.bank.load import default_bank
from app.document.answers import Answers, Profile, State
from app.document.answers import freeze as frozen
from app.readiness.engine import Engine
from app.render.document import render
from app.render.key_diagram import MOST, draw_keys
from app.render.sections import Sections
from app.schema.model import Schema
from app.schema.read import read_schema
from tests.mermaid.parser import Verdict
from tests.readiness.documents import TODAY

from .reading import hostile_text

DDL = """CREATE TABLE berth (berth_id bigint PRIMARY KEY);
CREATE TABLE stay (stay_id bigint PRIMARY KEY, berth_id bigint NOT NULL REFERENCES berth,
    boat_id bigint REFERENCES boat);
CREATE TABLE bill (stay_id bigint PRIMARY KEY REFERENCES stay);
"""


def lines(schema: Schema) -> list[str]:
    drawing = draw_keys(schema)
    return [] if drawing is None else [line.strip() for line in drawing.source.splitlines()]


def test_the_ends_say_how_many_and_whether_there_must_be_one() -> None:
    assert lines(read_schema(DDL, "postgresql")) == [
        "erDiagram",
        'table_berth["berth"]',
        'table_stay["stay"]',
        'table_boat["boat"]',
        'table_bill["bill"]',
        'table_berth ||--o{ table_stay : "berth_id"',
        'table_boat |o--o{ table_stay : "boat_id"',
        'table_stay ||--o| table_bill : "stay_id"',
    ]


def test_nothing_is_drawn_without_foreign_keys() -> None:
    assert draw_keys(None) is None
    assert draw_keys(read_schema("CREATE TABLE berth (berth_id bigint PRIMARY KEY);", "postgresql")) is None


def test_keys_among_tables_that_exist_already_are_left_out() -> None:
    context = "CREATE TABLE pier (id int PRIMARY KEY);\nCREATE TABLE lamp (pier_id int REFERENCES pier);"
    new = "CREATE TABLE post (pier_id int REFERENCES pier);"
    found = lines(read_schema(new, "postgresql", context))
    assert [line for line in found if "--" in line] == ['table_pier |o--o{ table_post : "pier_id"']


def test_of_very_many_keys_only_some_are_drawn_and_the_caption_says_so() -> None:
    ddl = "\n".join(f"CREATE TABLE t{n} (a int REFERENCES t0);" for n in range(MOST + 9))
    drawing = draw_keys(read_schema(ddl, "postgresql"))
    assert drawing is not None
    assert drawing.source.count("--") == MOST
    assert "9 more are not drawn" in drawing.caption


@settings(max_examples=2, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(st.lists(hostile_text, min_size=40, max_size=40))
def test_every_diagram_is_valid_whatever_tables_are_called(
    mermaid: Callable[[Sequence[str]], list[Verdict]], names: list[str]
) -> None:
    quoted = ['"' + name.replace('"', '""').replace("\0", "") + '"' for name in names if name.strip()]
    ddl = "\n".join(f"CREATE TABLE {name} (a int REFERENCES {name});" for name in quoted)
    drawing = draw_keys(read_schema(ddl, "postgresql"))
    drawn = [drawing.source] if drawing is not None else []
    assert [verdict for verdict in mermaid(drawn) if verdict != {"type": "er"}] == []


def answers(**more: object) -> Answers:
    said = Answers(profile=Profile(change_types=("redesign_module",), risk="high"))
    said = said.with_value("physical.engine", "postgresql").with_value("physical.ddl", DDL)
    for name, value in more.items():
        said = said.with_value(name.replace("__", "."), frozen(value))
    return said


def rendered(said: Answers) -> str:
    bank = default_bank()
    evaluation = Engine(bank, strict=True).evaluate(said, TODAY)
    text = render(bank, said, evaluation=evaluation)
    pieces = "".join(piece for _, piece in Sections(bank).render(said, evaluation=evaluation))
    assert pieces.rstrip() == text.rstrip()
    return text


def test_a_document_without_relationships_shows_those_of_its_ddl_and_says_so() -> None:
    text = rendered(answers())
    assert "table_berth ||--o{ table_stay" in text
    assert "Drawn from the foreign keys of the DDL" in text


def test_what_6_3_says_comes_first() -> None:
    text = rendered(
        answers(logical__cardinality=[{"relationship": "berth → stay", "cardinality": "one_to_many"}])
    )
    assert "entity_berth ||--o{ entity_stay" in text
    assert "Drawn from the foreign keys" not in text


def test_nothing_is_drawn_where_6_3_does_not_apply() -> None:
    said = answers().with_state("logical.cardinality", State("not_applicable", "out_of_scope", "Not here."))
    assert "Drawn from the foreign keys" not in rendered(said)


def test_a_changed_key_changes_the_drawing_of_a_document_that_is_rendered_again() -> None:
    bank, engine = default_bank(), Engine(default_bank(), strict=True)
    sections = Sections(bank)
    first, later = answers(), answers(physical__ddl=DDL.replace(" NOT NULL", ""))
    texts = [
        "".join(p for _, p in sections.render(s, evaluation=engine.evaluate(s, TODAY)))
        for s in (first, later)
    ]
    assert "table_berth ||--o{ table_stay" in texts[0]
    assert "table_berth |o--o{ table_stay" in texts[1]
