"""Columns that look like references, in whatever style and type an engine's people write them."""

from __future__ import annotations

import pytest

from app.schema.names import words_of
from tests.readiness.findings import ddl, messages, reasons, table

TENANTS = '[profile]\ntraits = ["multi_tenant"]\n'
WINERY = "CREATE TABLE dbo.Winery (WineryId bigint PRIMARY KEY, TenantId bigint NOT NULL);\n"
CLASSES = "".join(
    table("[[security.classification]]", object=name, classification="internal")
    for name in ("Winery", "Grower")
)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("TenantId", "tenant_id"), ("tenantID", "tenant_id"), ("TENANT_ID", "tenant_id"),
        ("Tenant_Id", "tenant_id"), ("tenant id", "tenant_id"), ("tenantid", "tenantid"),
        ("HTTPServerId", "http_server_id"), ("IDs", "ids"), ("UUID", "uuid"),
        ("dbo.GrowerLot", "dbo.grower_lot"),
        ("_x", "_x"), ("", ""),
    ],
)  # fmt: skip
def test_a_name_has_the_same_words_in_every_style(name: str, words: str) -> None:
    assert words_of(name) == words


@pytest.mark.parametrize(
    ("code", "column", "told"),
    [
        ("SQ03", "WineryId bigint NOT NULL", "Grower.WineryId is the key of Winery"),
        ("SQ03", "RegionId bigint NOT NULL", "nothing says what Grower.RegionId refers to"),
        ("SQ02", "Code varchar(9) UNIQUE", "TenantId is not in it"),
        ("SQ09", "GrowerStatus varchar(20) NOT NULL", "Grower.GrowerStatus takes any text"),
        ("NM02", "IsActive bit NOT NULL, IsArchived bit NOT NULL", "IsActive and IsArchived of Grower"),
        ("NM03", "CreatedDate datetime2 NOT NULL", "Grower.CreatedDate does not say"),
        ("SC02", "PhoneNumber varchar(20)", "Grower.PhoneNumber: personal by name"),
        ("SC02", "EmailAddress varchar(90)", "Grower.EmailAddress: personal by name"),
    ],
)
@pytest.mark.parametrize("said", ["", '[security]\ntenant_key = "Every table carries TenantId."\n'])
def test_names_in_camel_case_mean_what_those_with_underscores_mean(
    code: str, column: str, told: str, said: str
) -> None:
    sql = (
        f"{WINERY}CREATE TABLE dbo.Grower (GrowerId bigint PRIMARY KEY, TenantId bigint NOT NULL, {column});"
    )
    found = messages(code, TENANTS + ddl(sql, "SQL Server") + said + CLASSES)
    assert [message for message in found if told in message]


def test_the_key_of_a_table_is_its_own_in_every_style() -> None:
    sql = (
        "CREATE TABLE Grower (Grower_Id bigint PRIMARY KEY);\n"
        "CREATE TABLE GrowerLot (Id bigint PRIMARY KEY, GrowerLotId bigint, Grower_Id bigint NOT NULL);\n"
        "CREATE TABLE Weighing (WeighingId bigint PRIMARY KEY, GrowerLotId bigint NOT NULL);"
    )
    found = messages("SQ03", ddl(sql, "SQL Server"))
    assert [message.partition(": ")[2] for message in found] == [
        "GrowerLot.Grower_Id is the key of Grower, without a foreign key to it",
        "Weighing.GrowerLotId is the key of GrowerLot, without a foreign key to it",
    ]


def test_a_number_without_decimals_may_refer_to_a_row() -> None:
    sql = "CREATE TABLE grower (grower_id NUMBER(19) PRIMARY KEY); CREATE TABLE lot (n int, grower_id {});"
    kinds = ("NUMBER(19)", "NUMBER", "NUMBER(19,0)", "NUMBER(10,2)", "VARCHAR2(40)")
    found = [len(messages("SQ03", ddl(sql.format(kind), "Oracle"))) for kind in kinds]
    assert found == [1, 1, 1, 0, 0]


@pytest.mark.parametrize("name", ["idempotency_key", "dedup_key", "etag", "share_token"])
def test_a_value_that_is_a_uuid_and_called_no_reference_is_none(name: str) -> None:
    assert messages("SQ03", ddl(f"CREATE TABLE lot (lot_id bigint PRIMARY KEY, {name} uuid NOT NULL);")) == []


@pytest.mark.parametrize("name", ["grower", "api_key_id", "payment_uuid"])
def test_a_uuid_that_is_called_like_a_reference_is_one(name: str) -> None:
    assert messages("SQ03", ddl(f"CREATE TABLE lot (lot_id bigint PRIMARY KEY, {name} uuid NOT NULL);"))


@pytest.mark.parametrize("head", ["", "CONSTRAINT fk_lot_grower "])
def test_an_inline_foreign_key_of_sql_server_is_read(head: str) -> None:
    sql = (
        "CREATE TABLE dbo.grower (grower_id bigint PRIMARY KEY);\n"
        f"CREATE TABLE dbo.lot (lot_id bigint PRIMARY KEY, "
        f"grower_id bigint NOT NULL {head}FOREIGN KEY REFERENCES dbo.grower ({{}}));"
    )
    right, wrong = (ddl(sql.format(column), "SQL Server") for column in ("grower_id", "code"))
    assert messages("SQ03", right) == []
    assert len(messages("SQ04", right)) == 1
    assert (messages("SQ01", right), len(messages("SQ01", wrong))) == ([], 1)


@pytest.mark.parametrize(
    ("child", "parent", "refused"),
    [
        ("VARCHAR2(20)", "NUMBER(19)", True),
        ("NUMBER(9)", "NUMBER(19)", False),
        ("INTEGER", "NUMBER(19)", False),
        ("DATE", "TIMESTAMP", False),
        ("CHAR(8)", "VARCHAR2(8)", False),
    ],
)
def test_on_oracle_numbers_go_with_numbers_only(child: str, parent: str, refused: bool) -> None:
    sql = f"CREATE TABLE grower (code {parent} PRIMARY KEY);\n"
    sql += f"CREATE TABLE lot (a {child} REFERENCES grower (code));"
    assert bool(messages("SQ01", ddl(sql, "Oracle"))) == refused


EARLY = "CREATE TABLE lot (lot_id bigint PRIMARY KEY, grower_id bigint REFERENCES grower);\n"
GROWER = "CREATE TABLE grower (grower_id bigint PRIMARY KEY, lot_id bigint);\n"


@pytest.mark.parametrize(
    ("sql", "engine", "found"),
    [
        (EARLY + GROWER, "postgresql", 1),
        (GROWER + EARLY, "postgresql", 0),
        (f"{GROWER}{EARLY}ALTER TABLE grower ADD FOREIGN KEY (lot_id) REFERENCES lot;", "postgresql", 0),
        ("CREATE TABLE lot (lot_id bigint PRIMARY KEY, next_id bigint REFERENCES lot);", "postgresql", 0),
        (EARLY + GROWER, "sqlite", 0),
    ],
)
def test_a_table_is_made_before_a_foreign_key_refers_to_it(sql: str, engine: str, found: int) -> None:
    assert len([m for m in messages("SQ01", ddl(sql, engine)) if "made only later" in m]) == found


def test_in_which_order_files_are_run_is_not_known() -> None:
    assert messages("SQ01", ddl(EARLY + GROWER) + 'ddl_files = ["more.sql"]\n') == []


SECURED = """CREATE TABLE dbo.loan (library_id bigint NOT NULL, loan_id bigint PRIMARY KEY);
CREATE SECURITY POLICY sec.p ADD FILTER PREDICATE sec.f(library_id) ON dbo.loan{} WITH (STATE = {});"""
CLAIM = table("[security]", row_policies="RLS on loan and shelf.")


@pytest.mark.parametrize(
    ("sql", "engine", "told"),
    [
        (SECURED.format("", "ON"), "SQL Server", []),
        (
            SECURED.format(", ADD BLOCK PREDICATE sec.f(library_id) ON dbo.loan AFTER INSERT", "ON"),
            "SQL Server",
            [],
        ),
        (SECURED.format("", "OFF"), "SQL Server", ["filters nothing"]),
        ("CREATE TABLE loan (loan_id bigint PRIMARY KEY);", "SQL Server", ["no table of the DDL has it"]),
        ("CREATE TABLE loan (loan_id NUMBER(19) PRIMARY KEY);", "Oracle", []),
    ],
)
def test_row_security_of_other_engines(sql: str, engine: str, told: list[str]) -> None:
    found = [m for m in messages("SQ08", ddl(sql, engine) + CLAIM) if "no test" not in m]
    assert [words for words, message in zip(told, found, strict=True) if words in message] == told
    assert bool(reasons("SQ08", ddl(sql, engine) + CLAIM)) == (engine == "Oracle")


@pytest.mark.parametrize(
    ("words", "tables"),
    [
        ("RLS on loan and shelf", ["shelf"]),
        ("Row level security is on for loan, shelf and desk.", ["shelf", "desk"]),
        ("loan, shelf: library_id = current_setting('app.l')", ["shelf"]),
        ("RLS on loan; the row of a shelf is open to all.", []),
        ("RLS on loan. There are no policies on shelf.", []),
        ("RLS on loan, not on shelf", []),
    ],
)
def test_every_table_that_a_claim_names_has_row_security(words: str, tables: list[str]) -> None:
    sql = (
        "CREATE TABLE loan (a bigint PRIMARY KEY); CREATE TABLE shelf (a bigint PRIMARY KEY);"
        "CREATE TABLE desk (a bigint PRIMARY KEY); ALTER TABLE loan ENABLE ROW LEVEL SECURITY;"
        "ALTER TABLE loan FORCE ROW LEVEL SECURITY; CREATE POLICY p ON loan USING (a = 1);"
    )
    found = messages("SQ08", ddl(sql) + table("[security]", row_policies=words))
    assert [name for name in ("shelf", "desk") if any(f"claimed for {name} " in m for m in found)] == tables
