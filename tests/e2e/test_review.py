"""A review as people hold it from the command line: say, answer, suggest, accept, approve, check."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from tests.e2e.test_commands import Cli

EXAMPLE = Path(__file__).parents[2] / "examples" / "parcel-instructions.toml"
REVIEWERS = {"Piotr": "backend", "Maja": "database", "Samuel": "security", "Hanna": "SRE"}


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    run = Cli(tmp_path)
    run.environment["DBCHARTER_USER"] = "Nadia"
    (tmp_path / "x.toml").write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    lines = [f"{role}: {name}" for name, role in REVIEWERS.items()]
    run("set", "x.toml", "control.reviewers", *lines)
    return run


def overview(cli: Cli, code: int = 1) -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = json.loads(cli("review", "x.toml", "--json", code=code))
    return found


def approve_all(cli: Cli) -> None:
    for name, role in REVIEWERS.items():
        wanted = [str(v["section"]) for v in overview(cli)["sections"] if v["role"] == role.casefold()]
        cli("review", "approve", "x.toml", *wanted, "--as", name)


def test_a_thread_from_the_first_word_to_the_last(cli: Cli) -> None:
    cli("review", "comment", "x.toml", "control.owner", "Who at night?", "--quote", "Nadia", "--as", "Maja")
    cli("review", "reply", "x.toml", "maja-1", "The pager.")
    shown = cli("review", "x.toml", code=1)
    assert "maja-1  control.owner: in place" in shown
    assert "Nadia: The pager." in shown
    cli("review", "resolve", "x.toml", "maja-1", "--as", "Maja")
    assert "Threads: 0 open, 1 resolved" in cli("review", "x.toml", code=1)
    cli("review", "reopen", "x.toml", "maja-1")
    assert "Threads: 1 open, 0 resolved" in cli("review", "x.toml", code=1)
    cli("set", "x.toml", "control.owner", "Igor")
    assert "not there any more" in cli("review", "x.toml", code=1)


def test_a_suggestion_is_accepted_under_its_authors_name_and_undone(cli: Cli) -> None:
    before = cli.answers["control.owner"]
    cli("review", "suggest", "x.toml", "control.owner", "Igor (Platform)", "--as", "Maja")
    cli("review", "accept", "x.toml", "maja-1")
    assert cli.answers["control.owner"] == "Igor (Platform)"
    assert json.loads(cli("log", "x.toml", "--json"))[-1]["who"] == "Maja"
    assert "accepted by Maja" not in cli("review", "accept", "x.toml", "maja-1", code=1)
    cli("undo", "x.toml")
    assert cli.answers["control.owner"] == before
    assert cli("review", "x.toml", code=1).count("maja-1  control.owner, by Maja: accepted") == 1


def test_an_outdated_suggestion_changes_nothing(cli: Cli) -> None:
    cli("review", "suggest", "x.toml", "control.owner", "Igor", "--as", "Maja")
    cli("set", "x.toml", "control.owner", "Vera")
    assert "it says 'Vera'" in cli("review", "accept", "x.toml", "maja-1", code=1)
    assert cli.answers["control.owner"] == "Vera"
    assert "outdated" in cli("review", "x.toml", code=1)
    assert "kept" in cli("review", "reject", "x.toml", "maja-1", "Vera it is")


def test_rows_are_suggested_accepted_under_their_authors_name_and_undone(cli: Cli) -> None:
    before = cli.answers["rollout.sequence"]
    place = "rollout.sequence"
    cli("review", "suggest", "x.toml", place, "sequence=9", "change=Stop and look", "--as", "Maja")
    cli("review", "suggest", "x.toml", f"{place}[1]", "change=Look", "validation=It is there", "--as", "Maja")
    cli("review", "suggest", "x.toml", f"{place}[2]", "--remove", "--text", "Not needed", "--as", "Maja")
    shown = cli("review", "x.toml", code=1)
    assert "maja-1  rollout.sequence[9], by Maja: open\n      a row more\n" in shown
    assert " → It is there" in shown
    assert "the row goes away" in shown
    assert [s["change"] for s in overview(cli)["suggestions"]] == ["add", "change", "remove"]
    for number in (1, 2, 3):
        cli("review", "accept", "x.toml", f"maja-{number}")
    rows = {str(row["sequence"]): row for row in cli.answers["rollout.sequence"]}
    assert rows["9"] == {"sequence": "9", "change": "Stop and look"}
    assert (rows["1"]["change"], rows["1"]["validation"]) == ("Look", "It is there")
    assert "2" not in rows
    assert {step["who"] for step in json.loads(cli("log", "x.toml", "--json"))[-4:]} == {"Maja"}
    for _ in range(3):
        cli("undo", "x.toml")
    assert cli.answers["rollout.sequence"] == before


def test_the_status_and_the_check_wait_for_every_required_reviewer(cli: Cli) -> None:
    assert "waits for Hanna" in cli("set", "x.toml", "control.status", "approved", code=1)
    assert cli.answers["control.status"] == "in_review"
    assert cli("check", "x.toml")
    assert "waits for Hanna" in cli("check", "x.toml", "--require-approvals", code=1)
    assert "waits for Hanna" in cli("check", "x.toml", "--require-approvals", "--fail-on", "never", code=1)
    approve_all(cli)
    assert overview(cli, code=0)["reasons"] == []
    cli("check", "x.toml", "--require-approvals")
    cli("set", "x.toml", "control.status", "approved")
    cli("check", "x.toml", "--require-approvals")


def test_a_change_after_the_approval_makes_it_stale_and_shows_the_difference(cli: Cli) -> None:
    approve_all(cli)
    assert "nothing has changed" in cli("review", "changes", "x.toml", "--as", "Piotr")
    cli("add", "x.toml", "problem.goals", "One goal more")
    assert "+  - One goal more" in cli("review", "changes", "x.toml", "--as", "Piotr", code=1)
    assert "1 Problem Statement changed since the approval; waits for Piotr" in cli(
        "check", "x.toml", "--require-approvals", code=1
    )
    cli("render", "x.toml")
    assert "approved; the section has changed since" in (cli.folder / "x.md").read_text(encoding="utf-8")


def test_a_check_in_json_says_that_it_failed_and_for_whom(cli: Cli) -> None:
    report = json.loads(cli("check", "x.toml", "--require-approvals", "--format", "json", code=1))
    assert report["failed"]
    assert any("waits for Maja" in finding["message"] for finding in report["files"][0]["findings"])


def test_a_request_for_changes_names_who_asked(cli: Cli) -> None:
    cli("review", "request-changes", "x.toml", "security", "Who may read it?", "--as", "Samuel")
    cli("review", "comment", "x.toml", "12", "A remark", "--as", "Hanna")
    assert "Samuel asked for changes in 12" in cli("review", "x.toml", code=1)


def test_two_opinions_meet_only_when_both_are_given(cli: Cli) -> None:
    assert "Nadia 1" in cli("review", "rate", "x.toml", "risk", "1")
    assert "1 rating, shown once you have given yours" in cli("review", "rate", "x.toml", "--as", "Maja")
    assert "Maja 5, Nadia 1" in cli("review", "rate", "x.toml", "risk", "5", "--as", "Maja")
    assert "1 open question to add" in cli("review", "disagreements", "x.toml", code=1)
    assert "1 open question added" in cli("review", "disagreements", "x.toml", "--add")
    assert "How risky" in cli("show", "x.toml", "open_questions")
    cli("review", "disagreements", "x.toml")


def test_a_cross_check_is_marked_goes_stale_and_is_opened_again(cli: Cli) -> None:
    assert "○ RVW10 rollout plan has safe stop points: open" in cli("review", "check", "x.toml")
    said = cli("review", "check", "x.toml", "rvw10", "does-not-hold", "--text", "No stop.", "--as", "Maja")
    assert "RVW10: does not hold" in said
    assert "begin a thread on it" in said
    shown = cli("review", "x.toml", code=1)
    assert "Cross-checks: 1 of 5 looked at" in shown
    assert "does not hold: No stop." in shown
    (check,) = [c for c in overview(cli)["cross_checks"] if c["id"] == "RVW10"]
    assert check["state"] == "does not hold"
    (mark,) = check["marks"]  # type: ignore[misc]  # it is JSON
    assert (mark["by"], mark["mark"], mark["changed_since"]) == ("Maja", "does_not_hold", False)
    cli("add", "x.toml", "rollout.sequence", "sequence=9", "change=Stop and look")
    assert "and a place has changed since" in cli("review", "check", "x.toml")
    assert "Cross-checks: 0 of 5 looked at" in cli("review", "x.toml", code=1)
    assert "RVW10: open" in cli("review", "check", "x.toml", "RVW10", "open", "--as", "Maja")
    assert "No stop." not in cli("review", "x.toml", code=1)


def test_a_mark_begins_a_thread_where_it_is_told_to(cli: Cli) -> None:
    arguments = ("check", "x.toml", "RVW10", "does-not-hold", "--as", "Maja", "--thread")
    assert "say something" in cli("review", *arguments, "rollout.sequence", code=1)
    assert not (cli.folder / "x.review").exists()
    cli("review", *arguments, "rollout.sequence", "--text", "Where does one stop?")
    shown = cli("review", "x.toml", code=1)
    assert "maja-1  rollout.sequence: in place" in shown
    assert shown.count("Where does one stop?") == 2


def test_a_mark_says_for_which_role_it_is_by_the_id_of_the_role(cli: Cli) -> None:
    cli("review", "check", "x.toml", "RVW10", "holds", "--as", "Hanna", "--role", "SRE")
    kept = tomllib.loads((cli.folder / "x.review" / "hanna.toml").read_text(encoding="utf-8"))
    assert [mark["role"] for mark in kept["cross_check"]] == ["sre"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("check", "x.toml", "RVW10", "holds", "--role", "boss"), "backend, database, security, sre, data"),
        (("comment", "x.toml", "control.ownr", "x"), "did you mean 'control.owner'?"),
        (("comment", "x.toml", "control.owner", "x", "--quote", "nadia"), "letter for letter"),
        (("comment", "x.toml", "control.owner", " "), "say something"),
        (("comment", "x.toml", "rollout.sequence[nobody]", "x"), "has no row 'nobody'"),
        (("reply", "x.toml", "maja-1", "x"), "there is no thread 'maja-1'"),
        (("approve", "x.toml", "securty"), "did you mean 'security'?"),
        (("approve", "x.toml"), "say which section"),
        (("approve", "x.toml", "security", "--role", "boss"), "there is no role 'boss'"),
        (("suggest", "x.toml", "control.status", "aproved"), "did you mean 'approved'?"),
        (("suggest", "x.toml", "profile.risk", "high"), "is not a question"),
        (("accept", "x.toml", "maja-1"), "there is no suggestion 'maja-1'"),
        (("rate", "x.toml", "risk", "6"), "rate it from 1 to 5"),
        (("rate", "x.toml", "joy", "3"), "nothing to rate called 'joy'"),
        (("changes", "x.toml"), "has given no verdict yet"),
        (("suggest", "x.toml", "rollout.sequence[1]", "--remove", "x=1"), "only a row can be suggested"),
        (("suggest", "x.toml", "control.owner", "--remove"), "only a row can be suggested"),
        (("suggest", "x.toml", "rollout.sequence", "sequence=1"), "give the new one another Sequence"),
        (("suggest", "x.toml", "rollout.sequence[1]", "x=1"), "is not COLUMN=VALUE"),
        (("suggest", "x.toml", "rollout.sequence[8]", "--remove"), "has no row '8'"),
        (("check", "x.toml", "RVW1", "holds"), "there is no cross-check 'RVW1'"),
        (("check", "x.toml", "RVW01", "hold"), "did you mean 'holds'?"),
        (("check", "x.toml", "RVW01"), "holds, does-not-hold, open"),
    ],
)
def test_a_mistake_says_what_to_do_and_leaves_no_record(
    cli: Cli, arguments: tuple[str, ...], says: str
) -> None:
    assert says in cli("review", *arguments, code=1)
    assert not (cli.folder / "x.review").exists()


def test_hostile_files_are_told_and_harm_nothing(cli: Cli) -> None:
    folder = cli.folder / "x.review"
    folder.mkdir()
    (folder / "eve.toml").write_text(
        'format = 1\nperson = "\\u001b]0;x\\u0007Maja"\n[[thread]]\nid = "maja-1"\n'
    )
    (folder / "mallory.toml").write_bytes(b"\x00\xff")
    shown = cli("review", "x.toml", code=1)
    assert "eve.toml:2: person" in shown
    assert "is not an id of eve" in shown
    assert "mallory.toml" in shown
    assert "\x1b" not in shown


def test_a_reviewer_needs_no_right_to_write_the_document(cli: Cli) -> None:
    before = (cli.folder / "x.toml").read_bytes()
    cli("review", "approve", "x.toml", "security", "--as", "Samuel")
    cli("review", "suggest", "x.toml", "control.owner", "Igor", "--as", "Samuel")
    assert (cli.folder / "x.toml").read_bytes() == before
