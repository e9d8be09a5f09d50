"""SQL-backed rule about row level security: what is claimed must be switched on, and tested."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app import patterns
from app.bank.model import Bank
from app.document.answers import Value
from app.readiness.facts.ddl import Changed, in_ddl, unless_obscured, unread_like
from app.readiness.facts.keys import sql_family
from app.readiness.facts.objects import identifiers
from app.readiness.facts.tables import addressed, bare_key, cell, name_key, rows, text
from app.readiness.facts.tenancy import tenant_column
from app.readiness.facts.texts import SENTENCE, is_bare
from app.readiness.model import NotChecked, Severity, Target
from app.readiness.registry import Yield, at, rule
from app.schema.model import Schema, Table

_RLS = patterns.compile(r"(?i)\brow[- ]?(?:level )?(?:security|polic(?:y|ies))\b|\bRLS\b|\bpol_\w+")
_DENIED = patterns.compile(
    r"(?i)^\s*(?:none\b|no\b|not\b|there (?:is|are) no\b|we do not\b|\w+ has (?:none|no)\b|n/?a\b)"
)
_OWNER = patterns.compile(r"(?i)\bowner\b|\bowns\b|\bforced?\b|\bbypassrls\b")
_ALL_TABLES = patterns.compile(r"(?i)\b(?:all|every|each) (?:\w+ ){0,2}tables?\b")
_ABOUT = r"\bpolicy\b|\brow\s+level\s+security\b"
_NAMED = patterns.compile(
    r"(?i)(?:\b(?:on|for|of)\s+)+(?P<names>(?:the\s+)?[\w.]+(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s*&\s*)(?:the\s+)?[\w.]+)*)"
)
_LEFT_OUT = patterns.compile(r"(?i)\bexcept\b|\bnot\b|\bno\b|\bwithout\b")
_TESTED = patterns.compile(
    r"(?i)\bRLS\b|\brow[- ]?(?:level )?(?:security|polic\w+)\b|\bpolic(?:y|ies)\b|"
    r"\b(?:an)?other (?:\w+ )?tenants?\b|tenant[_ -]?(?:wall|isolation|leak)|\bforeign (?:tenant|rows?)\b"
)
_POLICY = patterns.compile(r"^(?:pol|policy|rls)_\w+$|_(?:policy|pol)$")


@rule(
    "SQ08",
    "rls-claim-without-policy",
    "A",
    sections=("8", "12.2", "12.3", "18.1"),
    checklist=("CHK13",),
    cross_checks=("RVW07",),
    what="Row level security is claimed, and the DDL does not enable it, has no policy, leaves the owner out "
    "of it without a word, or no test tries to get past it.",
    why="A policy that is not enabled filters nothing, and one that the owner is exempt from filters nothing "
    "for the service that logs in as the owner. Both look right in a review of the prose.",
    fix="Enable and force it on each table that is meant, write the policies, and add a test that connects "
    "as the service and tries to read another tenant's row.",
    wrong_when="The policies are managed elsewhere: say so in 12.2 and waive this.",
    fires="""
[security]
row_policies = "loan: library_id = current_setting('app.library_id')::bigint; the owner cannot log in."

[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE loan (library_id bigint NOT NULL, loan_id bigint PRIMARY KEY);
CREATE POLICY pol_loan_library ON loan USING (library_id = current_setting('app.library_id')::bigint);
\"\"\"
""",
    silent=(
        """
[security]
row_policies = "None; the service compares library_id in every statement."

[physical]
engine = "postgresql"
ddl = "CREATE TABLE loan (library_id bigint NOT NULL, loan_id bigint PRIMARY KEY);"
""",
        """
[security]
row_policies = "loan: library_id = current_setting('app.library_id')::bigint, forced: it binds the owner too."

[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE shelf (shelf_id bigint PRIMARY KEY);
CREATE TABLE loan (library_id bigint NOT NULL, loan_id bigint PRIMARY KEY);
ALTER TABLE loan ENABLE ROW LEVEL SECURITY;
ALTER TABLE loan FORCE ROW LEVEL SECURITY;
CREATE POLICY pol_loan_library ON loan USING (library_id = current_setting('app.library_id')::bigint);
\"\"\"

[[testing.matrix]]
type = "integration"
proves = "a session of library 1 reads, changes and inserts no loan of another tenant"
example = "test_walls with the login of lending-api"
""",
    ),
)
def rls_claim_without_policy(
    bank: Bank,
    engine: str,
    schema: Schema | None,
    changed_tables: tuple[Changed, ...],
    tenant_columns: frozenset[str],
    security_row_policies: Value | None,
    security_database_roles: Value | None,
    security_policies_tested: Value | None,
    physical_namespace: Value | None,
    invariants_matrix: Value | None,
    workload_queries: Value | None,
    testing_matrix: Value | None,
) -> Iterator[Yield]:
    if schema is None:
        return
    claims = list(_claims(bank, text(security_row_policies), invariants_matrix))
    secured = [c.table for c in changed_tables if c.table.policies or c.table.row_security]
    family = sql_family(engine)
    if not claims and not secured:
        return
    if family in ("mysql", "sqlite"):
        for question, row, column, _ in claims:
            message = f"row level security is claimed, and {schema.dialect} has none"
            yield at(
                question,
                message,
                row=row,
                column=column,
                fix="say what decides instead which rows a login sees",
            )
        return
    yield from _half_done(schema, secured)
    unread = next(unread_like(schema.unread, _ABOUT), None)
    if unread is not None:
        yield unread
    policies = {name_key(policy.name) for table in secured for policy in table.policies}
    for question, row, column, words in claims:
        if not secured:
            if unread is not None:
                yield NotChecked(unread.reason, Target(question, row, column))
            elif family not in ("postgresql", "sqlserver"):
                reason = f"how {schema.dialect} does this is not read"
                yield NotChecked(reason, Target(question, row, column))
            elif any(not changed.whole for changed in changed_tables) and not _named(changed_tables, words):
                yield NotChecked("the tables meant are not in the DDL", Target(question, row, column))
            else:
                message = "row level security is claimed, and no table of the DDL has it"
                fix = "ENABLE ROW LEVEL SECURITY and CREATE POLICY"
                fix = "CREATE SECURITY POLICY" if family == "sqlserver" else fix
                yield at(question, message, row=row, column=column, fix=fix)
            continue
        for table in _meant(changed_tables, words, tenant_columns):
            if table not in secured and unread is None:
                named = f"{table.name} (DDL line {table.span.line})"
                message = f"row level security is claimed for {named}, which has none"
                yield at(question, message, row=row, column=column, fix="enable it and write its policy")
    if secured:
        notes = " ".join(map(text, (security_row_policies, security_database_roles, physical_namespace)))
        yield from _unforced(schema, secured, notes)
        yield from _unknown_policies(bank, workload_queries, policies, bool(schema.unread))
        if rows(testing_matrix) and not _is_tested(
            testing_matrix, invariants_matrix, text(security_policies_tested)
        ):
            message = "no test tries to read or write past the row policies"
            fix = "add one that connects as the service and takes another tenant's row"
            yield at("testing.matrix", message, fix=fix)


def _claims(bank: Bank, said: str, matrix: Value | None) -> Iterator[tuple[str, str, str, str]]:
    """Question, row, column and words of every place that claims row level security."""
    if said and not is_bare(said) and not _DENIED.search(said):
        yield "security.row_policies", "", "", said
    for address, row in addressed(bank, "invariants.matrix", matrix):
        words = f"{cell(row, 'constraint')} {cell(row, 'mechanism')}"
        if cell(row, "enforcement") == "database_constraint" and _RLS.search(words):
            yield "invariants.matrix", address, "mechanism", f"{words} {cell(row, 'invariant')}"


def _named(changed: tuple[Changed, ...], words: str) -> list[Table]:
    said = f" {name_key(words)} "
    return [c.table for c in changed if c.whole and f" {name_key(c.table.name.rsplit('.', 1)[-1])} " in said]


def _meant(changed: tuple[Changed, ...], words: str, tenant: frozenset[str]) -> list[Table]:
    """The tables that a claim is about: those with a tenant where it says all, else the listed ones."""
    if _ALL_TABLES.search(words) and tenant:
        return [c.table for c in changed if c.whole and tenant_column(c.table, tenant)]
    listed = [words.partition(":")[0]] if ":" in words else []
    if not listed:
        said = [s for s in SENTENCE.split(words) if _RLS.search(s) and not _DENIED.search(s)]
        listed = [sentence for sentence in said if not _LEFT_OUT.search(sentence)]
        listed = [match["names"] for sentence in listed for match in _NAMED.finditer(sentence)]
    return [t for names in listed if not _LEFT_OUT.search(names) for t in _named(changed, names)]


def _half_done(schema: Schema, secured: list[Table]) -> Iterator[Yield]:
    for table in secured:
        if table.policies and not table.row_security:
            policy = table.policies[0]
            message = f"{policy.name} filters nothing: row level security of {table.name} is not enabled"
            found = in_ddl(policy.span, message, f"ALTER TABLE {table.name} ENABLE ROW LEVEL SECURITY")
            yield unless_obscured(schema.unread, _ABOUT, found, table.name)
        elif table.row_security and not table.policies:
            message = (
                f"row level security of {table.name} is enabled without a policy, so only its owner sees rows"
            )
            found = in_ddl(table.span, message, "write its policy")
            yield unless_obscured(schema.unread, _ABOUT, found, table.name)


def _unforced(schema: Schema, secured: list[Table], notes: str) -> Iterator[Yield]:
    bare = [table for table in secured if table.row_security and not table.force_row_security]
    if bare and not _OWNER.search(notes):
        names = ", ".join(table.name for table in bare)
        message = (
            f"the owner of {names} is not subject to the policies, and nothing says who logs in as the owner"
        )
        fix = "FORCE ROW LEVEL SECURITY, or say in 12.2 that the owner cannot log in"
        found = in_ddl(bare[0].span, message, fix)
        yield unless_obscured(schema.unread, _ABOUT, found, *(table.name for table in bare))


def _unknown_policies(bank: Bank, queries: Value | None, known: set[str], unread: bool) -> Iterator[Yield]:
    for address, row in addressed(bank, "workload.queries", queries):
        for name in identifiers(cell(row, "row_policy")):
            if not _POLICY.search(name) or bare_key(name) in known:
                continue
            if unread:
                reason = f"{name} may be in a statement that could not be read"
                yield NotChecked(reason, Target("workload.queries", address, "row_policy"))
            else:
                message = f"the DDL has no policy {name}"
                yield at(
                    "workload.queries", message, row=address, column="row_policy", severity=Severity.WARNING
                )


def _is_tested(tests: Value | None, matrix: Value | None, said: str) -> bool:
    for row in rows(tests):
        if cell(row, "type").casefold() == "rls" or any(_TESTED.search(cell(row, column)) for column in row):
            return True
    by_invariant = any(
        cell(row, "test") and _RLS.search(f"{cell(row, 'constraint')} {cell(row, 'mechanism')}")
        for row in rows(matrix)
    )
    return by_invariant or bool(said and re.search(r"\w*test\w*_\w+|\w+_test\b", said))
