"""What an erasure reaches."""

from __future__ import annotations

from tests.readiness.findings import messages, table

PROFILE = "[profile]\ntraits = ['personal_data', 'derived_stores', 'history']\n"
STORES = (
    "\n[[authority.source_of_truth]]\ndata = 'guests'\nowner = 'desk'\nrebuildable = true\n"
    "derived_stores = ['guest search', 'loyalty warehouse']\n"
)


def told(**answers: str) -> str:
    return table("[security]", **answers)


def test_every_store_that_is_left_out_is_named_once() -> None:
    record = table("[[integration.derived_stores]]", store="guest search", source="guest")
    (found,) = messages("SC03", PROFILE + STORES + record + told(erasure="The row is emptied."))
    assert found == "security.erasure: the erasure does not reach guest search, loyalty warehouse"


def test_a_record_that_says_how_it_deletes_is_enough_for_its_store() -> None:
    record = table(
        "[[integration.derived_stores]]", store="Guest search", source="guest", deletion="in a minute"
    )
    (found,) = messages("SC03", PROFILE + STORES + record + told(erasure="The row is emptied."))
    assert found.endswith("does not reach loyalty warehouse")


def test_backups_logs_and_archives_count_where_the_document_has_them() -> None:
    toml = PROFILE + told(erasure="The row is emptied.", backup_access="two operators")
    toml += table(
        "[[security.retention]]", entity="guest", period="10 years", disposal="to the archive bucket"
    )
    toml += "\n[operations]\nlog_fields = ['request_id', 'actor_id_if_safe']\n"
    (found,) = messages("SC03", toml)
    assert found.endswith("does not reach the backups of 15.1, the logs of 14.2, the archive of 12.4")
    gaps = toml + "log_gaps = 'Staff ids are pseudonyms.'\n"
    assert "14.2" not in messages("SC03", gaps)[0]
    every = "Backups expire; logs hold a hash; the archive is rewritten."
    assert messages("SC03", toml.replace("The row is emptied.", every)) == []


def test_data_that_is_about_nobody_and_answers_that_are_missing_say_nothing() -> None:
    assert (
        messages("SC03", PROFILE.replace("'personal_data', ", "") + STORES + told(propagation="nightly"))
        == []
    )
    assert messages("SC03", PROFILE + STORES) == []
