"""A PostgreSQL server of the tests' own, and its catalog in the shape in which the model is compared."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.schema.model import Schema, Table
from app.schema.normal import normalise_predicate, normalise_type

QUERY = """
SELECT coalesce(json_object_agg(CASE n.nspname WHEN 'public' THEN '' ELSE n.nspname || '.' END || c.relname,
 json_build_object(
  'columns', (SELECT coalesce(json_agg(json_build_array(a.attname, format_type(a.atttypid, a.atttypmod),
      NOT (a.attnotnull OR (t.typtype = 'd' AND t.typnotnull)), a.attidentity <> '', a.attgenerated <> '',
      coalesce(pg_get_expr(d.adbin, d.adrelid), ''), coalesce(col_description(c.oid, a.attnum), ''))
      ORDER BY a.attnum), '[]')
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
  'keys', (SELECT coalesce(json_agg(json_build_array(k.contype, k.conname, k.condeferrable,
      (SELECT json_agg(a.attname ORDER BY o.n) FROM unnest(k.conkey) WITH ORDINALITY o(num, n)
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = o.num))), '[]')
    FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype IN ('p', 'u')),
  'foreign', (SELECT coalesce(json_agg(json_build_array(k.conname,
      (SELECT json_agg(a.attname ORDER BY o.n) FROM unnest(k.conkey) WITH ORDINALITY o(num, n)
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = o.num),
      (SELECT CASE tn.nspname WHEN 'public' THEN '' ELSE tn.nspname || '.' END || t.relname
       FROM pg_class t JOIN pg_namespace tn ON tn.oid = t.relnamespace WHERE t.oid = k.confrelid),
      (SELECT json_agg(a.attname ORDER BY o.n) FROM unnest(k.confkey) WITH ORDINALITY o(num, n)
       JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = o.num),
      k.confdeltype, k.confupdtype, k.condeferrable, NOT k.convalidated)), '[]')
    FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'f'),
  'checks', (SELECT coalesce(json_agg(json_build_array(k.conname, pg_get_expr(k.conbin, c.oid),
      NOT k.convalidated)), '[]')
    FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c'),
  'exclusions', (SELECT coalesce(json_agg(k.conname), '[]')
    FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'x'),
  'indexes', (SELECT coalesce(json_agg(json_build_array(ic.relname, i.indisunique, am.amname,
      (SELECT json_agg(coalesce((SELECT a.attname FROM pg_attribute a
         WHERE a.attrelid = c.oid AND a.attnum = o.num), '')
       ORDER BY o.n) FROM unnest(i.indkey) WITH ORDINALITY o(num, n) WHERE o.n <= i.indnkeyatts),
      (SELECT coalesce(json_agg(a.attname ORDER BY o.n), '[]') FROM unnest(i.indkey) WITH ORDINALITY o(num, n)
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = o.num WHERE o.n > i.indnkeyatts),
      (SELECT json_agg(o.opt & 1 = 1 ORDER BY o.n) FROM unnest(i.indoption) WITH ORDINALITY o(opt, n)),
      coalesce(pg_get_expr(i.indpred, c.oid), ''))), '[]')
    FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid JOIN pg_am am ON am.oid = ic.relam
    WHERE i.indrelid = c.oid AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid
      AND k.contype IN ('p', 'u', 'x'))),
  'policies', (SELECT coalesce(json_agg(json_build_array(p.polname, p.polcmd,
      coalesce(pg_get_expr(p.polqual, c.oid), ''),
      coalesce(pg_get_expr(p.polwithcheck, c.oid), ''))), '[]') FROM pg_policy p WHERE p.polrelid = c.oid),
  'triggers', (SELECT coalesce(json_agg(t.tgname), '[]') FROM pg_trigger t
    WHERE t.tgrelid = c.oid AND NOT t.tgisinternal),
  'security', json_build_array(c.relrowsecurity, c.relforcerowsecurity),
  'parent', (SELECT coalesce(json_agg(
      CASE pn.nspname WHEN 'public' THEN '' ELSE pn.nspname || '.' END || p.relname
      ORDER BY i.inhseqno), '[]') FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent
      JOIN pg_namespace pn ON pn.oid = p.relnamespace WHERE i.inhrelid = c.oid),
  'partitioned', c.relkind = 'p',
  'comment', coalesce(obj_description(c.oid, 'pg_class'), '')
 )), '{}')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^(pg_|information_schema)'
"""
_ACTIONS = {"a": "", "c": "cascade", "n": "set null", "d": "set default", "r": "restrict"}
_COMMANDS = {"*": "all", "r": "select", "a": "insert", "w": "update", "d": "delete"}


def binaries() -> Path | None:
    """The folder with initdb and pg_ctl, where PostgreSQL is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


def account() -> str | None:
    """Who runs the server: PostgreSQL refuses to run as root. None for oneself."""
    return "postgres" if os.geteuid() == 0 else None


def available() -> bool:
    if binaries() is None or shutil.which("psql") is None:
        return False
    if os.geteuid() == 0:
        return any(entry.pw_name == "postgres" for entry in pwd.getpwall())
    return True


class Server:
    """A server that listens on a socket in a folder only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    def catalog(self, sql: str) -> dict[str, Any]:
        """What the catalog of a new database says after `sql` ran in it without an error."""
        self._count += 1
        name = f"case{self._count}"
        self._psql("postgres", f"CREATE DATABASE {name}")
        self._psql(name, sql)
        found: dict[str, Any] = json.loads(self._psql(name, QUERY))
        return {table: catalog_table(item) for table, item in found.items()}

    def _psql(self, database: str, sql: str) -> str:
        command = ["psql", "-h", str(self._folder), "-U", "tester", "-d", database]
        options = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
        done = subprocess.run([*command, *options], input=sql, text=True, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextmanager
def server(folder: Path) -> Iterator[Server]:
    programs, user = binaries(), account()
    assert programs is not None
    folder.chmod(0o777)
    data = folder / "data"
    options = f"-k {folder} -c listen_addresses='' -c fsync=off"

    def run(program: str, *arguments: str) -> None:
        command = [str(programs / program), "-D", str(data), *arguments]
        subprocess.run(command, check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL)

    run("initdb", "-U", "tester", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
    run("pg_ctl", "-w", "-o", options, "-l", str(folder / "log"), "start")
    try:
        yield Server(folder)
    finally:
        run("pg_ctl", "-m", "immediate", "stop")


def _expression(text: str) -> str:
    """A text of the catalog as the model spells it; the catalog leaves schemas out by its search path."""
    return normalise_predicate(text, "postgresql") or text if text else ""


def catalog_table(item: dict[str, Any]) -> dict[str, Any]:
    """The catalog's answer in the comparable shape."""
    return {
        "columns": [
            (
                name,
                normalise_type(kind, "postgresql"),
                nullable,
                identity,
                generated,
                _expression(default),
                comment,
            )
            for name, kind, nullable, identity, generated, default, comment in item["columns"]
        ],
        "keys": sorted(
            (kind, name, deferrable, tuple(columns)) for kind, name, deferrable, columns in item["keys"]
        ),
        "foreign": sorted(
            (name, tuple(own), target, tuple(other), _ACTIONS[delete], _ACTIONS[update], deferrable, late)
            for name, own, target, other, delete, update, deferrable, late in item["foreign"]
        ),
        "checks": sorted((name, _expression(text), late) for name, text, late in item["checks"]),
        "exclusions": sorted(item["exclusions"]),
        "indexes": sorted(
            (name, unique, method, tuple(columns), tuple(include), tuple(down), _expression(where))
            for name, unique, method, columns, include, down, where in item["indexes"]
        ),
        "policies": sorted(
            (name, _COMMANDS[command], _expression(using), _expression(check))
            for name, command, using, check in item["policies"]
        ),
        "triggers": sorted(item["triggers"]),
        "security": tuple(item["security"]),
        "parent": tuple(item["parent"]),
        "partitioned": item["partitioned"],
        "comment": item["comment"],
    }


def model_tables(schema: Schema) -> dict[str, Any]:
    """The model in the comparable shape."""
    return {name: _model_table(schema, table) for name, table in schema.tables.items()}


def _model_table(schema: Schema, table: Table) -> dict[str, Any]:
    return {
        "columns": [
            (c.name, c.type, c.nullable, c.identity, c.generated, c.default.replace("public.", ""), c.comment)
            for c in table.columns
        ],
        "keys": sorted(
            (key.kind[0], key.name, key.deferrable, key.columns)
            for key in table.keys
            if key.kind != "unique_index"
        ),
        "foreign": sorted(
            (
                key.name,
                key.columns,
                key.target,
                key.target_columns or _primary(schema, key.target),
                key.on_delete,
                key.on_update,
                key.deferrable,
                key.not_valid,
            )
            for key in table.foreign_keys
        ),
        "checks": sorted((check.name, check.expression, check.not_valid) for check in table.checks),
        "exclusions": sorted(exclusion.name for exclusion in table.exclusions),
        "indexes": sorted(
            (i.name, i.unique, i.method, i.columns, i.include, i.descending, i.where) for i in table.indexes
        ),
        "policies": sorted((p.name, p.command, p.using, p.check) for p in table.policies),
        "triggers": sorted(trigger.name for trigger in table.triggers),
        "security": (table.row_security, table.force_row_security),
        "parent": (table.partition_of,) if table.partition_of else table.inherits,
        "partitioned": bool(table.partition_by),
        "comment": table.comment,
    }


def _primary(schema: Schema, name: str) -> tuple[str, ...]:
    table = schema.table(name)
    return table.primary_key.columns if table and table.primary_key else ()
