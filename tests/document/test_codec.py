"""Reading and writing answer files: what the bank does not know is kept and reported."""

from __future__ import annotations

from datetime import date

import pytest

from app.document.answers import Answers, Profile, State, Waiver
from app.document.codec import Document, decode, encode, new_document, value_problems
from app.document.operations import (
    AddRow,
    Clear,
    Operation,
    Set,
    SetCell,
    SetNote,
    SetProfile,
    SetState,
    Waive,
    apply,
)
from app.problems import DocumentError, Problem
from tests.document.strategies import BANK

HEAD = '#:schema x.schema.json\nformat = 1\n\n[bank]\nid = "database-design"\nversion = "1.0.0"\n'


def after(document: Document, *operations: Operation) -> str:
    """The text of the file after these operations; it can always be read again."""
    answers = document.answers
    for operation in operations:
        answers = apply(BANK, answers, operation)
    encoded = encode(BANK, document, answers)
    again = decode(BANK, encoded.text)
    assert again.answers == answers
    return encoded.text


def only_problem(text: str) -> Problem:
    (problem,) = decode(BANK, text, "x.toml").problems
    return problem


def test_a_new_document_says_only_what_was_said() -> None:
    document = new_document(BANK, "payouts", Answers())
    text = after(
        document,
        SetProfile(change_types=("add_table",), risk="high"),
        Set(question="problem.goals", value=["fast"]),
        AddRow(question="logical.grain", row={"entity": "payout", "grain": "one per order"}),
        SetState(question="logical.keys", state="deferred", owner="Ada", until=date(2026, 3, 1)),
        SetNote(question="problem.goals", note="ask Bo"),
        Waive(code="R-1", target="logical.grain", reason="known", owner="Ada"),
    )
    assert text == (
        '#:schema payouts.schema.json\nformat = 1\n\n[bank]\nid = "database-design"\nversion = "1.0.0"\n\n'
        '[profile]\nchange_types = [\n    "add_table",\n]\nrisk = "high"\n\n'
        '[problem]\ngoals = [\n    "fast",\n]\n\n'
        '[[logical.grain]]\nentity = "payout"\ngrain = "one per order"\n\n'
        '[status]\n"logical.keys" = { state = "deferred", owner = "Ada", until = 2026-03-01 }\n\n'
        '[notes]\n"problem.goals" = "ask Bo"\n\n'
        '[[waivers]]\ncode = "R-1"\ntarget = "logical.grain"\nreason = "known"\nowner = "Ada"\n'
    )


def test_a_file_name_that_cannot_stand_in_a_comment_is_quoted() -> None:
    text = encode(BANK, new_document(BANK, "a\nb = 1\udcff", Answers()), Answers()).text
    assert text.startswith("#:schema a%0Ab%20%3D%201%FF.schema.json\nformat = 1\n")


UNKNOWN = {
    "section": ("\n[logicall]\ngrain = [ 1 ] # why\n", 8, "logicall", "did you mean 'logical'?"),
    "empty section": ("\n# why\n[extra]\n", 9, "extra", ""),
    "array of sections": ("\n[[extra]] # why\na.b=1\n", 8, "extra", ""),
    "question": ("\n[problem]\n# why\ngoal = 'x'\n", 10, "problem.goal", "did you mean 'goals'?"),
    "table": ("\n[problem.extra]\n a = { b = 1 } # why\n", 8, "problem.extra", ""),
    "rows": ("\n[[logical.extra]]\na = 1\n\n[[logical.extra]] # why\n", 8, "logical.extra", ""),
    "profile key": ("\n[profile]\nrisks='high' # why\n", 9, "profile.risks", "did you mean 'risk'?"),
    "risk": ("\n[profile]\n  risk = 'hihg' # why\n", 9, "profile.risk", "did you mean 'high'?"),
    "risk of a wrong type": ("\n[profile]\nrisk = 3 # why\n", 9, "profile.risk", ""),
    "template": ("\n[profile]\ntemplate = 'ful' # why\n", 9, "profile.template", "did you mean 'full'?"),
    "change types": ("\n[profile]\nchange_types = 'add_table'\n", 9, "profile.change_types", ""),
    "change type": (
        "\n[profile]\nchange_types = [ 'add_tabel' ]\n",
        9,
        "profile.change_types",
        "did you mean 'add_table'?",
    ),
    "traits": ("\n[profile]\ntraits = [1, 'existing_data']\n", 9, "profile.traits", ""),
    "state of no question": (
        "\n[status]\n'logical.grian' = 1\n",
        9,
        "status.logical.grian",
        "did you mean 'logical.grain'?",
    ),
    "state without quotes": (
        "\n[status.logical]\ngrain = {state='deferred'}\n",
        8,
        "status.logical",
        'write the id in quotes: "logical.grain"',
    ),
    "state": ("\n[status]\n'logical.grain' = 'n/a' # why\n", 9, "status.logical.grain", ""),
    "state without a reason": (
        "\n[status]\n'logical.grain' = {state='not_applicable', note='x'}\n",
        9,
        "status.logical.grain",
        "",
    ),
    "state without a note": (
        "\n[status]\n'logical.grain' = {state='not_applicable', reason='unchanged'}\n",
        9,
        "status.logical.grain",
        "",
    ),
    "deferred without an owner": (
        "\n[status]\n'logical.grain' = {state='deferred', until=2026-01-02}\n",
        9,
        "status.logical.grain",
        "",
    ),
    "deferred to a time": (
        "\n[status]\n'logical.grain' = {state='deferred', owner='a', until=2026-01-02T03:04:05}\n",
        9,
        "status.logical.grain",
        "",
    ),
    "other state": ("\n[status]\n'logical.grain' = {state='later'}\n", 9, "status.logical.grain", ""),
    "state with more keys": (
        "\n[status]\n'logical.grain' = {state='deferred', owner='a', until=2026-01-02, x=1}\n",
        9,
        "status.logical.grain",
        "",
    ),
    "note": ("\n[notes]\n'logical.grain' = [1]\n", 9, "notes.logical.grain", "did you mean 'logical.grain'?"),
    "note on nothing": ("\n[notes]\nx = 'y' # why\n", 9, "notes.x", ""),
    "waiver": ("\n[[waivers]]\ncode = 'A1'\n", 8, "waivers", ""),
    "waiver until a time": (
        "\n[[waivers]]\ncode='A'\ntarget='t'\nreason='r'\nowner='o'\nexpires=2026-01-01T00:00:00\n",
        8,
        "waivers",
        "",
    ),
    "waivers that are one table": ("\n[waivers] # why\ncode = 'A1'\n", 8, "waivers", ""),
    "bank key": ("name='x' # why\n", 7, "bank.name", ""),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_the_bank_does_not_know_is_reported_and_kept_byte_for_byte(name: str) -> None:
    added, line, where, hint = UNKNOWN[name]
    text = HEAD + added
    problem = only_problem(text)
    assert (problem.file, problem.line, problem.where) == ("x.toml", line, where)
    assert problem.hint == hint
    changed = after(decode(BANK, text), Set(question="control.title", value="T"))
    assert added in changed
    assert changed.replace('\n[control]\ntitle = "T"\n', "") == text


ROOT = {
    "format of a wrong type": ("format = 'one' # why\n", "format"),
    "format below one": ("format = 0\n", "format"),
    "bank that is no table": ("format = 1\nbank = 'x' # why\n", "bank"),
    "profile that is no table": ("format = 1\nprofile = [ 'x' ]\n", "profile"),
    "status that is no table": ("format = 1\nstatus = 5\n", "status"),
    "notes that are no table": ("format = 1\nnotes = 'x'\n", "notes"),
    "waivers that are no list": ("format = 1\nwaivers = 5 # why\n", "waivers"),
    "waivers that are no tables": ("format = 1\nwaivers = [ 5, {code = 'A1'} ]\n", "waivers"),
    "section that is no table": ("format = 1\nlogical = 5 # why\n", "logical"),
    "key": ("format = 1\nmine = ''' x '''\n", "mine"),
}


@pytest.mark.parametrize("name", ROOT)
def test_keys_of_the_whole_file_are_reported_and_kept(name: str) -> None:
    head, where = ROOT[name]
    text = head + ("" if "bank" in name else '[bank]\nid = "database-design"\nversion = "1.0.0"\n')
    document = decode(BANK, text, "x.toml")
    assert {(problem.where, problem.line) for problem in document.problems} == {(where, head.count("\n"))}
    assert after(document, Set(question="control.title", value="T")) == text + '\n[control]\ntitle = "T"\n'


def test_answers_of_a_wrong_type_are_kept_and_reported_with_line_row_and_column() -> None:
    text = HEAD + (
        "\n[problem]\ngoals = 'not a list' # why\n\n[[logical.grain]]\nentity = 'a'\n\n"
        "[[logical.grain]]\nentity = 'b'\nextra = 1\ngrain = [ 2 ]\n"
    )
    document = decode(BANK, text, "x.toml")
    found = value_problems(BANK, document, "x.toml")
    assert [(problem.line, problem.where) for problem in found] == [
        (9, "problem.goals"),
        (17, "logical.grain[b].grain"),
        (16, "logical.grain[b].extra"),
    ]
    assert "must be a list of lines, not text" in str(found[0])
    changed = after(document, Set(question="control.title", value="T"))
    assert changed.replace('\n[control]\ntitle = "T"\n', "") == text


def test_thousands_of_wrong_answers_are_all_named_with_their_lines() -> None:
    rows = "".join(f"\n[[logical.grain]]\nentity = 'e{n}'\ngrain = {n}\n" for n in range(3000))
    found = value_problems(BANK, decode(BANK, HEAD + rows), "x.toml")
    assert [problem.line for problem in found] == [10 + 4 * n for n in range(3000)]


def test_an_answer_that_no_longer_fits_gives_way_to_the_new_one_at_its_place() -> None:
    text = HEAD + "\n[profile]\n# why\nrisk = 'hihg' # typo\ntraits = 5\n"
    changed = after(decode(BANK, text), SetProfile(risk="high", traits=("replicas",)))
    assert changed == HEAD + '\n[profile]\n# why\n# typo\nrisk = "high"\ntraits = [\n    "replicas",\n]\n'


@pytest.mark.parametrize(
    ("old", "operation", "kept"),
    [
        ("logical = 5 # a\n", AddRow(question="logical.grain", row={"entity": "a"}), "logical = 5 # a"),
        (
            "status = [\n  5 ]\n",
            SetState(question="logical.grain", state="deferred", owner="A", until=date(2026, 1, 1)),
            "5 ]",
        ),
        ("profile = 'x'\n", SetProfile(risk="low"), "profile = 'x'"),
        ("waivers = 5\n", Waive(code="A", target="t", reason="r", owner="o"), "waivers = 5"),
    ],
)
def test_a_value_that_stands_where_an_answer_must_go_becomes_a_comment(
    old: str, operation: Operation, kept: str
) -> None:
    changed = after(decode(BANK, "format = 1\n" + old), operation)
    assert f"# {kept}\n" in changed


def test_a_table_where_a_list_of_waivers_must_go_becomes_a_comment() -> None:
    document = decode(BANK, HEAD + "\n# mine\n[waivers]\ncode = 'A1' # why\n")
    changed = after(document, Waive(code="B2", target="t", reason="r", owner="o"))
    assert "# mine\n# code = 'A1' # why\n" in changed


def test_states_and_waivers_keep_their_wording_and_place() -> None:
    text = HEAD + (
        "\n[status]\n'logical.grain' = { note = 'n', state = 'not_applicable', reason = 'unchanged' }\n"
        "\n[status.'logical.keys']\nuntil = 2026-01-02 # soon\nstate = 'deferred'\nowner = 'Ada'\n"
        "\n[[waivers]]\ncode = 5\n\n[[waivers]]\nowner = 'o'\ncode = 'A1'\ntarget = 't'\nreason = 'r'\n"
    )
    document = decode(BANK, text)
    assert document.answers.states["logical.keys"] == State("deferred", owner="Ada", until=date(2026, 1, 2))
    assert document.answers.waivers == (Waiver("A1", "t", "r", "o"),)
    changed = after(document, Set(question="control.title", value="T"))
    assert changed.replace('\n[control]\ntitle = "T"\n', "") == text


def test_defaults_that_are_written_out_stay() -> None:
    text = HEAD + "\n[profile]\nchange_types = [ ]\ntraits = []\ntemplate = 'full'\n\n[problem]\n"
    document = decode(BANK, text)
    assert document.problems == ()
    assert document.answers.profile == Profile()
    assert encode(BANK, document, document.answers).text == text


@pytest.mark.parametrize(
    ("heading", "reason"),
    [
        (
            'format = 2\n[bank]\nid = "database-design"\n',
            "the file has format 2; this dbcharter knows format 1",
        ),
        ('[bank]\nid = "database-design"\nversion = "1.0.1"\n', "written for database-design 1.0.1"),
        ('[bank]\nid = "database-design"\nversion = "12.0"\n', "written for database-design 12.0"),
    ],
)
def test_a_newer_file_says_why_it_must_not_be_written(heading: str, reason: str) -> None:
    assert reason in decode(BANK, heading).newer


@pytest.mark.parametrize("version", ["0.9.9", "1.0.0", "1.0.²", "x", "", "9" * 5000])
def test_an_older_or_unreadable_version_can_be_written(version: str) -> None:
    document = decode(BANK, f'format = 1\n[bank]\nid = "database-design"\nversion = "{version}"\n')
    assert document.newer == ""
    assert f'version = "{version}"' in after(document, Set(question="control.title", value="T"))


def test_a_file_of_another_bank_is_reported_and_keeps_its_heading() -> None:
    text = 'format = 1\n[bank]\nid = "mine"\nversion = "7.0.0"\n\n[section]\nanswer = 1\n'
    document = decode(BANK, text, "x.toml")
    assert ("bank.id", 3) in [(problem.where, problem.line) for problem in document.problems]
    assert text in after(document, Set(question="control.title", value="T")).replace(
        '\n[control]\ntitle = "T"\n', ""
    )


UNUSUAL = {
    "dotted key": ("[logical]\nkeys.x = 1 # why\n", "logical.keys"),
    "inline section": ("logical = { grain = [{ entity = 'a' }] } # why\n", "logical.grain"),
    "root dotted key": ("problem.goals = ['a'] # why\n", "problem.goals"),
    "nested table": ("[logical.grain.x.y] # why\nz = 1\n", "logical.grain"),
    "rows apart from their tables": (
        "[[logical.grain]]\nentity='a'\n[control]\ntitle = 'T' # why\n[logical.grain.x]\nz=1\n",
        "logical.grain",
    ),
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_a_layout_that_cannot_be_taken_apart_is_written_anew_with_all_values_and_comments(name: str) -> None:
    added, question_id = UNUSUAL[name]
    text = "# mine\nformat = 1\n" + added
    document = decode(BANK, text, "x.toml")
    assert document.rewritten_layout
    assert any("writes the file anew" in problem.message for problem in document.problems)
    assert question_id in document.answers.values
    changed = after(document, Set(question="control.owner", value="Ada"))
    assert changed.startswith("# mine\n# why\nformat = 1\n")
    assert not decode(BANK, changed).rewritten_layout


def test_rows_keep_comments_and_places_among_other_tables() -> None:
    """Blocks of two tables in turns stay in turns when a row of one changes, goes or comes."""
    blocks = [
        "\n# first\n[[logical.grain]]\nentity = 'a' # the a\n",
        "\n[[logical.keys]]\nentity = 'k'\n",
        "\n[[logical.grain]]\nentity = 'b' # the b\n",
        "\n[[logical.keys]]\nentity = 'l'\n",
        "\n[[logical.grain]]\nentity = 'c' # the c\n",
    ]
    document = decode(BANK, HEAD + "".join(blocks))
    changed = after(document, SetCell(question="logical.grain", row="b", column="grain", value="one"))
    new_b = '\n# the b\n[[logical.grain]]\nentity = "b"\ngrain = "one"\n'
    assert changed == HEAD + "".join([*blocks[:2], new_b, *blocks[3:]])
    changed = after(document, AddRow(question="logical.grain", row={"entity": "n"}, before="b"))
    assert changed == HEAD + "".join([blocks[0], '\n[[logical.grain]]\nentity = "n"\n', *blocks[1:]])


def test_comments_of_a_removed_answer_stay() -> None:
    text = HEAD + "\n[problem]\n# keep me\ngoals = [ 'a', # and me\n]\n\n[control]\ntitle = 'T'\n"
    changed = after(decode(BANK, text), Clear(question="problem.goals"))
    assert "# keep me\n# and me\n" in changed
    assert "goals" not in changed


def test_rows_written_as_one_list_become_blocks_only_when_they_change() -> None:
    """The keys after the list stay keys of their section."""
    text = HEAD + "\n[logical]\ngrain = [{entity = 'a'}, {entity = 'b'}] # why\nmine = 'x'\n"
    document = decode(BANK, text)
    assert encode(BANK, document, document.answers).text == text
    changed = after(document, SetCell(question="logical.grain", row="b", column="grain", value="one"))
    assert changed == HEAD + (
        "\n[logical]\nmine = 'x'\n\n# why\n[[logical.grain]]\nentity = \"a\"\n"
        '\n[[logical.grain]]\nentity = "b"\ngrain = "one"\n'
    )


def test_an_answer_that_stops_being_rows_moves_to_the_keys_of_its_section() -> None:
    text = HEAD + "\n[[logical.keys]]\nentity = 'k'\n\n# why\n[[logical.grain]]\nentity = 'a'\n"
    changed = after(decode(BANK, text), Set(question="logical.grain", value="none"))
    assert changed == HEAD + "\n[logical]\n# why\ngrain = \"none\"\n\n[[logical.keys]]\nentity = 'k'\n"


def test_the_directive_for_editors_stays_the_first_line() -> None:
    document = decode(BANK, "#:schema x.schema.json\n# mine\n[problem]\ngoals = ['a']\n")
    text = after(document, Set(question="control.title", value="T"))
    assert text.startswith("#:schema x.schema.json\nformat = 1\n")
    assert "# mine\n[problem]\ngoals = ['a']\n" in text


def test_a_file_without_a_last_newline_can_be_added_to() -> None:
    text = "format = 1\n[problem]\ngoals = ['a'] # end"
    assert "goals = ['a'] # end\n" in after(
        decode(BANK, text), Set(question="problem.non_goals", value=["b"])
    )
    assert after(decode(BANK, "# only a comment"), Set(question="control.title", value="T")).startswith(
        "# only a comment\nformat = 1\n"
    )


def test_an_odd_character_in_a_comment_does_not_cut_it() -> None:
    text = HEAD + "\n[problem]\n# one\u2028two\x85three\ngoals = ['a']\n".replace("\x85", "\u2029")
    changed = after(decode(BANK, text), Set(question="problem.goals", value=["b"]))
    assert "# one\u2028two\u2029three\n" in changed


def test_removed_characters_are_reported_where_they_stood() -> None:
    problem = only_problem(HEAD + '\n[control]\ntitle = "a\\u001bb\\u202e"\n')
    assert problem.line == 9
    assert problem.where == "control.title"
    assert "U+001B" in problem.message
    assert "U+202E" in problem.message


def test_a_hostile_key_reaches_no_terminal() -> None:
    problem = only_problem(HEAD + '\n["a\\u001b[2Jb"]\nx = 1\n')
    assert "\x1b" not in str(problem)


HOSTILE = {
    "not TOML": ("format = 1\n\n[bank\n", "x.toml:3: not TOML"),
    "conflict marks": ("format = 1\n<<<<<<< ours\nx = 1\n=======\n>>>>>>> theirs\n", "x.toml:2: not TOML"),
    "half a file": ('format = 1\n[problem]\ngoals = ["a', "x.toml:3: not TOML"),
    "half a text": ('format = 1\n[problem]\nx = """a\nb', "x.toml:4: not TOML"),
    "key said twice": ("format = 1\nformat = 1\n", "x.toml:2: not TOML"),
    "NUL": ("format = 1\nx = '\0'\n", "x.toml:2: not TOML"),
    "deep lists": ("x = " + "[" * 5000, "nested too deeply"),
    "deep closed lists": ("x = " + "[" * 200 + "]" * 200, "nested too deeply"),
    "deep tables": ("[" + "a." * 300 + "a]", "nested too deeply"),
    "deep dotted key": ("a." * 5000 + "a = 1", "nested too deeply"),
    "long integer": ("x = " + "1" * 5000, "a number that is too long"),
    "large integer": ("\nx = [1, 9223372036854775808]", "x.toml:2: an integer has at most 64 bits"),
    "large hexadecimal": ("x = 0x" + "f" * 5000, "x.toml:1: an integer has at most 64 bits"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_cannot_be_read_is_refused_with_its_line(name: str) -> None:
    text, message = HOSTILE[name]
    with pytest.raises(DocumentError) as caught:
        decode(BANK, text, "x.toml")
    assert message in caught.value.message


def test_conflict_marks_are_named() -> None:
    with pytest.raises(DocumentError) as caught:
        decode(BANK, HOSTILE["conflict marks"][0], "x.toml")
    assert "conflict marks of git" in caught.value.hint


def test_the_smallest_integer_is_read() -> None:
    assert decode(BANK, "x = -9223372036854775808\n").unread == {("x",): -(2**63)}


def test_a_file_of_very_many_unknown_keys_is_read_and_kept() -> None:
    keys = "".join(f"key{number} = {number}\n" for number in range(30_000))
    text = HEAD + "\n[problem]\n" + keys
    document = decode(BANK, text, "x.toml")
    assert len(document.unread) == len(document.problems) == 30_000
    assert document.problems[-1].line == 30_008
    changed = encode(BANK, document, apply(BANK, document.answers, Set(question="control.title", value="T")))
    assert changed.text.replace('\n[control]\ntitle = "T"\n', "") == text
