"""How long reading a large schema takes: run `python benchmarks/schema.py [TABLES]`.

Prints, for a made-up dump of 1,000 tables (2 MB): cutting it into statements, reading it cold, reading
it again unchanged and after one edit, the statements parsed each time, and the memory that it holds.
"""

from __future__ import annotations

import resource
import sys
import time
import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.schema.queries import read_query, serving_indexes
from app.schema.read import SchemaReader, read_schema
from app.schema.split import split
from app.schema.statements import read_statement

T = TypeVar("T")
_KINDS = ["text", "integer", "numeric(12,2)", "timestamp with time zone", "jsonb", "uuid"]


def dump(tables: int) -> str:
    """A dump in the shape that pg_dump writes, about 2 kB a table."""
    parts = ["SET statement_timeout = 0;\nSELECT pg_catalog.set_config('search_path', '', false);\n"]
    for n in range(tables):
        parts.append(_table(n))
    for n in range(1, tables):
        parts.append(
            f"ALTER TABLE ONLY public.item_{n}\n    ADD CONSTRAINT item_{n}_parent_fkey FOREIGN KEY"
            f" (tenant_id, parent_id) REFERENCES public.item_{n // 2}(tenant_id, id) ON DELETE CASCADE;\n"
        )
    return "\n".join(parts)


def _table(n: int) -> str:
    columns = "".join(
        f"    attribute_{c} {kind} {'NOT NULL' if c % 2 else ''},\n"
        for c, kind in enumerate(
            ["text", "integer", "numeric(12,2)", "timestamp with time zone", "jsonb", "uuid"] * 2
        )
    )
    return f"""--
-- Name: item_{n}; Type: TABLE; Schema: public; Owner: keeper
--

CREATE TABLE public.item_{n} (
    id bigint NOT NULL,
    tenant_id uuid NOT NULL,
    parent_id bigint,
    state text DEFAULT 'new'::text NOT NULL,
{columns}    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT item_{n}_state_check CHECK ((state = ANY (ARRAY['new'::text, 'open'::text, 'done'::text])))
);

ALTER TABLE public.item_{n} OWNER TO keeper;
COMMENT ON TABLE public.item_{n} IS 'One item of kind {n}; größer';
COMMENT ON COLUMN public.item_{n}.state IS 'Where it stands';
CREATE SEQUENCE public.item_{n}_id_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;
ALTER TABLE ONLY public.item_{n} ALTER COLUMN id SET DEFAULT nextval('public.item_{n}_id_seq'::regclass);
ALTER TABLE ONLY public.item_{n}
    ADD CONSTRAINT item_{n}_pkey PRIMARY KEY (tenant_id, id);
CREATE INDEX item_{n}_parent_idx ON public.item_{n} USING btree (tenant_id, parent_id, created_at DESC);
CREATE UNIQUE INDEX item_{n}_open_key ON public.item_{n} USING btree (tenant_id, attribute_1)
    WHERE (state = 'open'::text);
CREATE POLICY own ON public.item_{n} USING ((tenant_id = (current_setting('app.tenant'::text))::uuid));
ALTER TABLE public.item_{n} ENABLE ROW LEVEL SECURITY;
"""


def timed(title: str, action: Callable[[], T]) -> T:
    parsed = read_statement.cache_info().misses
    start = time.perf_counter()
    result = action()
    elapsed = (time.perf_counter() - start) * 1_000
    print(f"{title:<42}{elapsed:>10.1f} ms{read_statement.cache_info().misses - parsed:>8} statements parsed")
    return result


def main() -> None:
    tables = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    text = dump(tables)
    print(f"{tables} tables, {len(text.encode()) / 1e6:.2f} MB, Python {sys.version.split()[0]}")
    timed("load the parser", lambda: read_schema("SELECT 1", "postgresql"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    timed("cut into statements", lambda: split(text))
    schema = timed("read, nothing cached", lambda: read_schema(text, "postgresql"))
    assert len(schema.tables) == tables
    assert not schema.unread
    timed("read again, unchanged", lambda: read_schema(text, "postgresql"))
    reader = SchemaReader()
    timed("first reading of a text that is edited", lambda: reader.read(text, "postgresql"))
    state = "state text DEFAULT 'new'::text NOT NULL,\n"
    edited = text
    for which, find in (("first", str.index), ("last", str.rindex)):
        place = find(edited, state)
        edited = f"{edited[:place]}added integer,\n    {edited[place:]}"
        timed(f"after an edit of the {which} table", partial(reader.read, edited, "postgresql"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"memory held and peak, above the parser's own: {(peak - before) / 1024:.0f} MB")
    table = schema.table("item_7")
    assert table is not None
    sql = "SELECT id FROM item_7 WHERE tenant_id = :t AND parent_id = :p ORDER BY created_at LIMIT {}"
    timed("read 200 queries", lambda: [read_query(sql.format(n), "postgresql") for n in range(200)])
    timed(
        "match 200 queries to indexes",
        lambda: [serving_indexes(read_query(sql.format(n), "postgresql"), table) for n in range(200)],
    )
    tracemalloc.start()
    again = read_schema(text, "postgresql")
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    print(
        f"the schema alone, beside the cached statements: {held / 1e6:.1f} MB for {len(again.tables)} tables"
    )


if __name__ == "__main__":
    main()
