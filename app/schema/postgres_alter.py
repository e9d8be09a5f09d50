"""PostgreSQL ALTER TABLE and ALTER DOMAIN: one effect per command of the statement."""

from __future__ import annotations

from collections.abc import Iterator

from postgast import pg_query_pb2 as pb

from app.schema.alter_details import alter_details
from app.schema.effects import (
    AddColumn,
    AddConstraint,
    ChangeColumn,
    ChangeConstraint,
    DropColumn,
    DropConstraint,
    Effect,
    Inherit,
    Noted,
    NotUnderstood,
    Partition,
    RowSecurity,
)
from app.schema.model import StatementKind
from app.schema.postgres_source import Source
from app.schema.postgres_table import read_column, read_constraint
from app.schema.postgres_text import Node, expression_text, range_name, type_text


def alter_table(statement: Node, source: Source) -> Iterator[Effect]:
    """The effects of ALTER TABLE; those of ALTER VIEW, INDEX and SEQUENCE are none."""
    if statement.objtype not in (pb.OBJECT_TABLE, pb.OBJECT_FOREIGN_TABLE):
        return
    table = range_name(statement.relation)
    details: list[str] = []
    for item in statement.cmds:
        for effect in _command(item.alter_table_cmd, table, source):
            yield effect
            details.extend(alter_details(effect))
    yield Noted(StatementKind("alter_table", table, source.whole, tuple(details)))


def _command(command: Node, table: str, source: Source) -> Iterator[Effect]:
    definition = getattr(command, "def")
    match command.subtype:
        case pb.AT_AddColumn:
            found = read_column(definition.column_def, table, source)
            yield AddColumn(table, found.column)
            yield from (AddConstraint(table, constraint) for constraint in found.constraints)
        case pb.AT_DropColumn:
            yield DropColumn(table, command.name)
        case pb.AT_AddConstraint:
            yield from _add_constraint(definition.constraint, table, source)
        case pb.AT_DropConstraint:
            yield DropConstraint(table, command.name)
        case pb.AT_ValidateConstraint:
            yield ChangeConstraint(table, command.name, validated=True)
        case pb.AT_AlterConstraint:
            changed = definition.atalter_constraint
            if changed.alter_deferrability:
                yield ChangeConstraint(table, changed.conname, deferrable=changed.deferrable)
        case pb.AT_EnableRowSecurity | pb.AT_DisableRowSecurity:
            yield RowSecurity(table, enabled=command.subtype == pb.AT_EnableRowSecurity)
        case pb.AT_ForceRowSecurity | pb.AT_NoForceRowSecurity:
            yield RowSecurity(table, forced=command.subtype == pb.AT_ForceRowSecurity)
        case pb.AT_AttachPartition | pb.AT_DetachPartition:
            child = range_name(definition.partition_cmd.name)
            yield Partition(table, child, attached=command.subtype == pb.AT_AttachPartition)
        case pb.AT_AddInherit | pb.AT_DropInherit:
            parent = range_name(definition.range_var)
            yield Inherit(parent, table, inherited=command.subtype == pb.AT_AddInherit)
        case pb.AT_AddOf:
            yield NotUnderstood(source.whole, "the columns of a table OF a type are not read")
        case _:
            yield from _change(command, definition, table)


def _change(command: Node, definition: Node, table: str) -> Iterator[Effect]:
    """A new property of a column; nothing for owners, storage, statistics and the like."""
    name = command.name
    match command.subtype:
        case pb.AT_AlterColumnType:
            kind = type_text(definition.column_def.type_name)
            yield ChangeColumn(table, name, type=kind, written_type=kind)
        case pb.AT_ColumnDefault:
            has_default = definition.WhichOneof("node") is not None
            yield ChangeColumn(table, name, default=expression_text(definition) if has_default else "")
        case pb.AT_SetNotNull:
            yield ChangeColumn(table, name, nullable=False)
        case pb.AT_DropNotNull:
            yield ChangeColumn(table, name, nullable=True)
        case pb.AT_AddIdentity:
            yield ChangeColumn(table, name, identity=True, nullable=False)
        case pb.AT_DropIdentity:
            yield ChangeColumn(table, name, identity=False)
        case pb.AT_SetExpression:
            yield ChangeColumn(table, name, generated=True, default=expression_text(definition))
        case pb.AT_DropExpression:
            yield ChangeColumn(table, name, generated=False, default="")


def _add_constraint(node: Node, table: str, source: Source) -> Iterator[Effect]:
    if node.contype == pb.CONSTR_NOTNULL:
        yield from (ChangeColumn(table, key.string.sval, nullable=False) for key in node.keys)
        return
    constraint = read_constraint(node, table, source)
    if constraint:
        yield AddConstraint(table, constraint, node.indexname)


def alter_domain(statement: Node, source: Source) -> Iterator[Effect]:
    """ALTER DOMAIN is listed among the statements; its constraints are not followed."""
    name = ".".join(part.string.sval for part in statement.type_name)
    yield NotUnderstood(source.whole, f"changes of the domain {name} are not followed")
