"""Which parser reads the SQL of an engine that people name in their own way."""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct


class Dialect(Struct, frozen=True):
    """How an engine's SQL is read.

    `name` is for people; `lexis` cuts statements; `postgres` says that libpg_query reads them;
    `generic` is the dialect of sqlglot that reads them, or reads what libpg_query could not; None
    means that no parser does. `schemas` are those an unqualified name may mean.
    """

    name: str
    lexis: str
    postgres: bool = False
    generic: str | None = None
    schemas: tuple[str, ...] = ()
    case_sensitive: bool = False

    @property
    def readable(self) -> bool:
        return self.postgres or self.generic is not None


_POSTGRES = Dialect("PostgreSQL", "postgresql", postgres=True, schemas=("public",), case_sensitive=True)
_MYSQL = Dialect("MySQL", "mysql", generic="mysql")
_SQLITE = Dialect("SQLite", "sqlite", generic="sqlite", schemas=("main",))
_TSQL = Dialect("SQL Server", "tsql", generic="tsql", schemas=("dbo",))
_ORACLE = Dialect("Oracle", "oracle", generic="oracle")
_UNKNOWN = Dialect("generic SQL", "other", postgres=True, generic="", schemas=("public",))

_NOT_SQL = (
    "mongo", "cassandra", "scylla", "dynamo", "redis", "valkey", "neo4j", "elastic", "opensearch", "couch",
    "firestore", "documentdb", "hbase", "bigtable", "cosmos", "etcd",
)  # fmt: skip
_BY_WORD = {
    "postgre": _POSTGRES, "timescale": _POSTGRES, "cockroach": _POSTGRES, "yugabyte": _POSTGRES,
    "alloydb": _POSTGRES, "citus": _POSTGRES, "neon": _POSTGRES, "supabase": _POSTGRES,
    "greenplum": _POSTGRES, "mysql": _MYSQL, "mariadb": _MYSQL, "percona": _MYSQL, "tidb": _MYSQL,
    "vitess": _MYSQL, "planetscale": _MYSQL, "sqlite": _SQLITE, "libsql": _SQLITE, "turso": _SQLITE,
    "sqlserver": _TSQL, "mssql": _TSQL, "azuresql": _TSQL, "tsql": _TSQL, "oracle": _ORACLE,
}  # fmt: skip
_WHOLE = {"pg": _POSTGRES, "d1": _SQLITE}
_GENERIC = {
    "snowflake": "Snowflake", "bigquery": "BigQuery", "duckdb": "DuckDB", "clickhouse": "ClickHouse",
    "redshift": "Redshift", "databricks": "Databricks", "spark": "Spark", "trino": "Trino", "hive": "Hive",
    "teradata": "Teradata",
}  # fmt: skip


@lru_cache(maxsize=64)
def dialect_of(engine: str) -> Dialect:
    """The dialect of an engine as people write it, such as `postgresql`, `SQL Server 2022`, `MariaDB`."""
    name = "".join(c for c in engine.casefold() if c.isalnum())
    if any(word in name for word in _NOT_SQL):
        return Dialect(engine.strip(), "other")
    if name in _WHOLE:
        return _WHOLE[name]
    for word, dialect in _BY_WORD.items():
        if word in name:
            return dialect
    for word, title in _GENERIC.items():
        if word in name:
            return Dialect(title, "other", generic=word)
    return _UNKNOWN
