"""Mermaid diagrams drawn from the tables, so that a diagram cannot disagree with its table.

People's text appears only in labels, with every character that Mermaid could read as syntax written
as a character code. Identifiers are made from the text, unique and free of reserved words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from msgspec import Struct

from app.bank.model import Bank, Diagram
from app.document.answers import Answers, Row, Value
from app.document.text import clean, one_line
from app.document.values import is_empty
from app.render.anchors import slug, unique

LABEL_LENGTH = 100
"""Labels are cut here, with an ellipsis; the table that a diagram is drawn from has the full text."""

SOURCES: Mapping[Diagram, tuple[str, ...]] = MappingProxyType(
    {
        "process": ("domain.commands",),
        "relationships": ("logical.cardinality", "logical.grain"),
        "lifecycle": ("logical.states", "logical.transitions"),
        "write_path": ("transactions.boundaries", "domain.commands"),
        "migration": ("migration.steps",),
    }
)
"""The questions that each diagram is drawn from, the one that it cannot do without first."""

_SYNTAX = re.compile(r"[^\w .,/()→-]|(?<=-)-|-(?=-)")
_LIST_MARK = re.compile(r"^(\d+[.)]|-) ")
_ARROW = re.compile(r"→|->|=>")


class Drawing(Struct, frozen=True):
    """One diagram: what it shows, where there are several in one place, and its Mermaid source."""

    caption: str
    source: str


def draw(diagram: Diagram, bank: Bank, answers: Answers) -> tuple[Drawing, ...]:
    """The drawings for one place of the document; none when its tables say too little to draw."""
    return tuple(_DRAWERS[diagram](bank, answers))


def label(text: str) -> str:
    """`text` on one line, such that Mermaid takes none of it for syntax."""
    line = one_line(clean(text), LABEL_LENGTH)
    return _LIST_MARK.sub("\\1\u00a0", _SYNTAX.sub(lambda found: f"#{ord(found[0])};", line))


@dataclass
class _Names:
    """Identifiers by the text that they stand for, which is compared without case and blanks."""

    prefix: str
    _given: dict[str, str] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)

    def __contains__(self, text: str) -> bool:
        return _folded(text) in self._given

    def of(self, text: str) -> str:
        key = _folded(text)
        if key not in self._given:
            self._given[key] = identifier(self.prefix, text, self._taken)
        return self._given[key]

    def spellings(self, texts: Iterable[str]) -> dict[str, str]:
        """Identifiers with the first spelling of what each stands for, in order; no empty texts."""
        found: dict[str, str] = {}
        for text in filter(None, texts):
            found.setdefault(self.of(text), text)
        return found


def _process(_bank: Bank, answers: Answers) -> Iterator[Drawing]:
    """Actor, command, events: a flowchart of who asks for what and what has then happened."""
    rows = [row for row in answers.rows("domain.commands") if _text(row, "command")]
    actors, commands, events = _Names("actor"), _Names("command"), _Names("event")
    lines = ["flowchart LR"]
    for row in rows:
        command, actor, change = _text(row, "command"), _text(row, "actor"), _text(row, "state_change")
        if command in commands:
            continue
        words = label(command) + (f"<br/>{label(change)}" if change else "")
        if actor and actor not in actors:
            lines.append(f'  {actors.of(actor)}(["{label(actor)}"])')
        lines.append(f'  {commands.of(command)}["{words}"]')
        if actor:
            lines.append(f"  {actors.of(actor)} --> {commands.of(command)}")
        for event in dict.fromkeys(_texts(row.get("events"))):
            if event not in events:
                lines.append(f'  {events.of(event)}{{{{"{label(event)}"}}}}')
            lines.append(f"  {commands.of(command)} --> {events.of(event)}")
    if rows:
        yield Drawing("", mermaid(lines))


_CROWS_FEET = {"one_to_one": ("||", "|"), "one_to_many": ("||", "{"), "many_to_many": ("}o", "{")}


def _relationships(bank: Bank, answers: Answers) -> Iterator[Drawing]:
    """Entities and how many of one belong to one of the other."""
    names = _Names("entity")
    entities: list[str] = []
    edges: list[str] = []
    for row in answers.rows("logical.cardinality"):
        parent, *others = _ends(_text(row, "relationship"))
        for child in others:
            left, right = _CROWS_FEET.get(_text(row, "cardinality"), ("||", "{"))
            least = "|" if row.get("optional") is False else "o"
            ends = f"{left}--{least}{right}"
            words = _title(bank, "cardinality", _text(row, "cardinality"))
            entities += [parent, child]
            edges.append(f'  {names.of(parent)} {ends} {names.of(child)} : "{label(words)}"')
    if not edges:
        return
    entities += [_text(row, "entity") for row in answers.rows("logical.grain")]
    lines = [f'  {name}["{label(entity)}"]' for name, entity in names.spellings(entities).items()]
    yield Drawing("", mermaid(["erDiagram", *lines, *edges]))


def _lifecycle(_bank: Bank, answers: Answers) -> Iterator[Drawing]:
    """One state machine for each entity, in the order in which they are first named."""
    states, transitions = answers.rows("logical.states"), answers.rows("logical.transitions")
    entities: dict[str, str] = {}
    for row in (*states, *transitions):
        entities.setdefault(_folded(_text(row, "entity")), _text(row, "entity"))
    for folded, entity in entities.items():
        source = _state_machine(_of_entity(states, folded), _of_entity(transitions, folded))
        if source:
            yield Drawing(entity, source)


def _of_entity(rows: tuple[Row, ...], folded: str) -> list[Row]:
    return [row for row in rows if _folded(_text(row, "entity")) == folded]


def _state_machine(states: list[Row], transitions: list[Row]) -> str:
    names = _Names("state")
    moves = [row for row in transitions if _text(row, "from_state") and _text(row, "to_state")]
    named = [_text(row, "state") for row in states]
    named += [_text(row, end) for row in moves for end in ("from_state", "to_state")]
    known = names.spellings(named)
    lines = [f'  state "{label(state)}" as {name}' for name, state in known.items()]
    lines += [f"  [*] --> {names.of(_text(r, 'state'))}" for r in states if _is_state(r, "initial")]
    for row in moves:
        command = _text(row, "command")
        arrow = f"  {names.of(_text(row, 'from_state'))} --> {names.of(_text(row, 'to_state'))}"
        lines.append(f"{arrow} : {label(command)}" if command else arrow)
    lines += [f"  {names.of(_text(r, 'state'))} --> [*]" for r in states if _is_state(r, "terminal")]
    return mermaid(["stateDiagram-v2", *dict.fromkeys(lines)]) if known else ""


def _is_state(row: Row, flag: str) -> bool:
    return row.get(flag) is True and bool(_text(row, "state"))


def _write_path(_bank: Bank, answers: Answers) -> Iterator[Drawing]:
    """What one operation after the other does between caller, service, database and outbox."""
    rows = [row for row in answers.rows("transactions.boundaries") if _text(row, "operation")]
    if not rows:
        return
    actors = {_folded(_text(r, "command")): _text(r, "actor") for r in answers.rows("domain.commands")}
    lines = ["sequenceDiagram", "  participant caller as Caller", "  participant service as Service"]
    lines.append("  participant database as Database")
    if any(row.get("outbox") is True for row in rows):
        lines.append("  participant outbox as Outbox")
    for row in rows:
        lines += _operation(row, actors.get(_folded(_text(row, "operation")), ""))
    yield Drawing("", mermaid(lines))


def _operation(row: Row, actor: str) -> Iterator[str]:
    words = {name: label(_text(row, name)) for name in ("operation", "isolation", "locks", "retry")}
    tables = label(", ".join(_texts(row.get("tables"))))
    yield "  rect rgba(128, 128, 128, 0.15)"
    if actor:
        yield f"    Note over caller: {label(actor)}"
    yield f"    caller->>service: {words['operation']}"
    yield f"    service->>database: begin{': ' * bool(words['isolation'])}{words['isolation']}"
    if words["locks"]:
        yield f"    service->>database: lock: {words['locks']}"
    if tables:
        yield f"    service->>database: write: {tables}"
    if row.get("outbox") is True:
        yield "    service->>outbox: append the event in the same transaction"
    yield "    service->>database: commit"
    if words["retry"]:
        yield f"    Note over service,database: retry: {words['retry']}"
    yield "    service-->>caller: done"
    yield "  end"


def _migration(bank: Bank, answers: Answers) -> Iterator[Drawing]:
    """The steps in order, with a way back to the step before wherever a rollback is described."""
    rows = [row for row in answers.rows("migration.steps") if not is_empty(row)]
    if not rows:
        return
    taken: set[str] = set()
    lines = ["stateDiagram-v2", '  state "before the change" as before', "  [*] --> before"]
    last = "before"
    for position, row in enumerate(rows, 1):
        step = _text(row, "step") or str(position)
        name = identifier("step", step, taken)
        kind = _title(bank, "step_kind", _text(row, "kind"))
        what = ": ".join(words for words in (kind, _text(row, "action")) if words)
        lines.append(f'  state "{label(" ".join(words for words in (step, what) if words))}" as {name}')
        lines.append(f"  {last} --> {name}")
        if _text(row, "rollback"):
            lines.append(f"  {name} --> {last} : roll back")
        last = name
    yield Drawing("", mermaid([*lines, f"  {last} --> [*]"]))


_DRAWERS: Mapping[Diagram, Callable[[Bank, Answers], Iterable[Drawing]]] = MappingProxyType(
    {
        "process": _process,
        "relationships": _relationships,
        "lifecycle": _lifecycle,
        "write_path": _write_path,
        "migration": _migration,
    }
)


def identifier(prefix: str, text: str, taken: set[str]) -> str:
    """A name that no other thing in the drawing has, and that is none of Mermaid's words."""
    return unique(f"{prefix}-{slug(text)}", taken).replace("-", "_")


def mermaid(lines: Iterable[str]) -> str:
    """The source of a drawing."""
    return "\n".join(lines) + "\n"


def _ends(relationship: str) -> list[str]:
    """The entities between the arrows of "parent → child"."""
    ends = [end.strip() for end in _ARROW.split(relationship)]
    return ends if all(ends) else ends[:1]


def _title(bank: Bank, enumeration: str, value: str) -> str:
    options = bank.enumerations.get(enumeration)
    option = options.by_id.get(value) if options else None
    return option.title if option else value


def _text(row: Row, column: str) -> str:
    cell = row.get(column)
    return "" if cell is None or isinstance(cell, bool | tuple | Mapping) else str(cell).strip()


def _texts(cell: Value | None) -> list[str]:
    items = cell if isinstance(cell, tuple) else (cell,)
    return [item.strip() for item in items if isinstance(item, str) and item.strip()]


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
