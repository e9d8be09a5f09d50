"""Loading a bank: what a broken or hostile one is told, and where."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.bank.load import MAX_BYTES, MAX_FILES, MAX_PROBLEMS, default_bank, load_bank, read_bank
from app.problems import BankError, Problem

from .small import BANK, PARCEL, changed, line_with, write


def problems_in(folder: Path, **files: str) -> list[Problem]:
    return read_bank(write(folder, **files))[1]


def only_problem(folder: Path, **files: str) -> Problem:
    found = problems_in(folder, **files)
    assert len(found) == 1, [str(problem) for problem in found]
    return found[0]


def test_the_bank_that_ships_loads() -> None:
    """It is whole, and its sections are numbered without a gap."""
    bank = default_bank()
    assert [section.number for section in bank.sections] == list(range(23))


def test_the_small_bank_loads(tmp_path: Path) -> None:
    bank = load_bank(write(tmp_path))
    assert list(bank.questions) == ["parcel.size", "parcel.sizes", "parcel.crate"]


# One mistake each: which text of which file becomes what; the line that is blamed is the one that then
# holds `blamed`; the message, and the hint.
MISTAKES = {
    "an unknown key in a question": (
        PARCEL, 'why = "It must fit."', 'whi = "It must fit."', "whi =",
        "there is no key whi", "did you mean 'why'?",
    ),
    "an unknown key in a column": (
        PARCEL, 'title = "Name", required = true', 'title = "Name", requird = true', "requird",
        "there is no key requird", "did you mean 'required'?",
    ),
    "a wrong kind": (
        PARCEL, 'kind = "table"', 'kind = "tabel"', "tabel",
        "'tabel' is not one of text, prose", "did you mean 'table'?",
    ),
    "a wrong kind of a column": (
        PARCEL, 'kind = "choice", options', 'kind = "chioce", options', "chioce",
        "'chioce' is not one of text, prose", "did you mean 'choice'?",
    ),
    "a wrong due": (
        PARCEL, 'good = "C4"', 'good = "C4"\ndue = "reviews"', "reviews",
        "'reviews' is not one of draft, review, approval", "did you mean 'review'?",
    ),
    "a column with the name of the mark of drafts": (
        PARCEL, '{ id = "name", title = "Name", required = true },',
        '{ id = "name", title = "Name", required = true }, { id = "draft", title = "Draft" },', "draft",
        "no column may be called 'draft'", "",
    ),
    "an unknown question that stands in": (
        PARCEL, 'good = "C4"', 'good = "C4"\nor_else = "parcel.siz"', "or_else",
        "answered by the unknown question 'parcel.siz'", "did you mean 'parcel.size'?",
    ),
    "a question that stands in for itself": (
        PARCEL, 'good = "C4"', 'good = "C4"\nor_else = "parcel.crate"', "or_else",
        "is answered by itself", "",
    ),
    "a question that is asked after an unknown part": (
        PARCEL, 'good = "C4"', 'good = "C4"\nask_after = "parcel.siz"', "ask_after",
        "is asked after 'parcel.siz', in which there is no question", "did you mean 'parcel.size'?",
    ),
    "a question that is asked after itself": (
        PARCEL, 'good = "C4"', 'good = "C4"\nask_after = "parcel"', "ask_after",
        "is asked after itself", "",
    ),
    "a missing key": (PARCEL, 'why = "Parcels get lost."\n', "", 'id = "parcel"', "is missing", ""),
    "a wrong type": (PARCEL, 'prompt = "Which?"', "prompt = 7", "prompt = 7", "valid string", ""),
    "a key that is no id": (
        PARCEL, 'key = "name"', 'key = "The Name"', "The Name", "'The Name' does not match", "",
    ),
    "an unknown list of options": (
        PARCEL, 'kind = "choice"\noptions = "size"', 'kind = "choice"\noptions = "sise"', "sise",
        "there is no enumeration 'sise'", "did you mean 'size'?",
    ),
    "an unknown list of options in a column": (
        PARCEL, 'kind = "choice", options = "size"', 'kind = "choice", options = "sise"', "sise",
        "there is no enumeration 'sise'", "did you mean 'size'?",
    ),
    "a reference to an unknown column": (
        PARCEL, 'title = "Name",', 'title = "Name", refers_to = "parcel.sizes.nam",', "refers_to",
        "refers to the unknown column 'parcel.sizes.nam'", "did you mean 'parcel.sizes.name'?",
    ),
    "an unknown key column": (
        PARCEL, 'key = "name"', 'key = "nam"', "key =",
        "the key 'nam' is not a column", "did you mean 'name'?",
    ),
    "a question id twice": (
        PARCEL, 'id = "crate"', 'id = "size" # again', "again", "this id is there twice", "",
    ),
    "a column id twice": (
        PARCEL, '{ id = "size"', '{ id = "name"', 'title = "Size", kind',
        "the column 'name' is there twice", "",
    ),
    "a number without a subsection": (
        PARCEL, 'number = "1.1"\ntitle = "Crate"', 'number = "1.2"\ntitle = "Crate"', '"1.2"',
        "no subsection has the number 1.2", "did you mean '1.1'?",
    ),
    "a subsection of another section": (
        PARCEL, 'number = "1.1"\ntitle = "Parcel"', 'number = "2.1"\ntitle = "Parcel"', '"2.1"',
        "does not belong to section 1", "",
    ),
    "a condition without because": (
        PARCEL, 'because = "it is large"\n', "", "ask_when", "needs because and because_not", "",
    ),
    "a condition that reads an unknown question": (
        PARCEL, "parcel.size ==", "parcel.siz ==", "ask_when",
        "names the unknown 'parcel.siz'", "did you mean 'parcel.size'?",
    ),
    "a condition that compares with a misspelt option": (
        PARCEL, "== 'large'", "== 'larg'", "ask_when", "names the unknown 'larg'", "did you mean 'large'?",
    ),
    "a condition with a misspelt rank": (
        PARCEL, "parcel.size == 'large'", "risk >= HIHG", "ask_when",
        "reads the unknown name 'HIHG'", "did you mean 'HIGH'?",
    ),
    "a condition that compares with an unknown option": (
        PARCEL, "== 'large'", "== 'huge'", "ask_when", "names the unknown 'huge'", "",
    ),
    "a condition with an unknown trait": (
        PARCEL, "parcel.size == 'large'", "'abroat' in traits", "ask_when",
        "names the unknown 'abroat'", "did you mean 'abroad'?",
    ),
    "a condition with an unknown name": (
        PARCEL, "parcel.size == 'large'", "trait == 'abroad'", "ask_when", "unknown name 'trait'",
        "did you mean 'traits'?",
    ),
    "a condition that calls": (
        PARCEL, "parcel.size == 'large'", "parcel.size.upper()", "ask_when", "may not use call", "",
    ),
    "a condition that depends on itself": (
        PARCEL, "parcel.size ==", "parcel.crate ==", "ask_when", "depends on its own answer", "",
    ),
    "a reserved section": (PARCEL, 'id = "parcel"', 'id = "traits"', 'id = "traits"', "is reserved", ""),
    "an unknown part": (
        BANK, 'parts = ["parcel.sizes"]', 'parts = ["parcel.crat"]', "parcel.crat",
        "names the unknown part 'parcel.crat'", "did you mean 'parcel.crate'?",
    ),
    "an unknown implied trait": (
        BANK, 'implies = ["abroad"]', 'implies = ["abrod"]', "implies",
        "implies the unknown trait 'abrod'", "did you mean 'abroad'?",
    ),
    "an option twice": (
        BANK, 'id = "large"', 'id = "small"', '"Large"', "the option 'small' is there twice", "",
    ),
    "a trait twice": (
        BANK, "[[enumeration]]",
        '[[trait]]\nid = "abroad" # again\ntitle = "x"\nquestion = "x"\n\n[[enumeration]]', "# again",
        "the trait 'abroad' is there twice", "",
    ),
    "a risk twice": (
        BANK, 'id = "medium"', 'id = "low" # again', "# again", "the risk 'low' is there twice", "",
    ),
    "a cross-check twice": (
        BANK, "[[enumeration]]",
        '[[cross_check]]\nid = "Q1"\ntitle = "x"\nleft = ["parcel.size"]\nright = ["parcel.sizes"]\n'
        '[[cross_check]]\nid = "Q1" # again\ntitle = "x"\nleft = ["parcel.size"]\nright = ["parcel.sizes"]\n'
        "\n[[enumeration]]", "# again",
        "the cross_check 'Q1' is there twice", "",
    ),
    "a wrong risk": (
        BANK, 'id = "critical"', 'id = "critcal"', "critcal",
        "'critcal' is not one of low, medium, high, critical", "did you mean 'critical'?",
    ),
    "pages backwards": (BANK, "pages = [1, 2]", "pages = [2, 1]", "pages", "the smaller number first", ""),
    "a newer format": (BANK, "format = 1", "format = 2", "format", "2 is not one of 1", ""),
    "a bad version": (BANK, '"1.0.0"', '"one"', "version", "'one' does not match", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_with_its_line_and_the_nearest_name(name: str, tmp_path: Path) -> None:
    text, old, new, blamed, message, hint = MISTAKES[name]
    broken = changed(text, old, new)
    bank, parcel = (broken, PARCEL) if text is BANK else (BANK, broken)
    found = [
        problem for problem in problems_in(tmp_path, bank=bank, parcel=parcel) if message in problem.message
    ]
    assert found, f"nobody says {message!r}"
    assert found[0].file == ("bank.toml" if text is BANK else "parcel.toml")
    assert found[0].line == line_with(broken, blamed)
    assert found[0].hint == hint


COMPACT = """
[[compact]]
id = "sizes"
title = "Sizes"
prompt = "Which?"
parts = [{ question = "parcel.sizes" }]
also = ["1.1"]
"""
AGAIN = """
[[compact]]
id = "more"
title = "More"
prompt = "x"
parts = [{ question = "parcel.sizes" }]
also = ["parcel.crate"] # again
"""
HEADING_MISTAKES = {
    "an unknown part": (
        COMPACT.replace('"1.1"', '"1.7"'), "1.7", "names the unknown part '1.7'", "did you mean '1.1'?",
    ),
    "a question under two headings": (
        COMPACT + AGAIN, "again", "parcel.crate stands under the heading 'sizes' already", "",
    ),
    "a column that no heading shows": (
        COMPACT.replace('sizes" }', 'sizes", columns = ["name"] }'), 'columns = ["name"]',
        "no heading shows the column 'size' of parcel.sizes", "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HEADING_MISTAKES)
def test_a_compact_heading_that_would_lose_something_is_a_mistake(name: str, tmp_path: Path) -> None:
    headings, blamed, message, hint = HEADING_MISTAKES[name]
    problem = only_problem(tmp_path, bank=BANK + headings)
    assert (problem.message, problem.hint) == (message, hint)
    assert (problem.file, problem.line) == ("bank.toml", line_with(BANK + headings, blamed))


def test_headings_may_share_the_columns_of_a_table(tmp_path: Path) -> None:
    first = COMPACT.replace('sizes" }', 'sizes", columns = ["name"] }')
    second = AGAIN.replace('sizes" }', 'sizes", columns = ["name", "size"] }')
    bank = BANK + first + second.replace('also = ["parcel.crate"] # again\n', "")
    assert problems_in(tmp_path, bank=bank) == []


def test_the_key_is_named_with_ids_instead_of_positions(tmp_path: Path) -> None:
    problem = only_problem(
        tmp_path, parcel=changed(PARCEL, 'kind = "choice", options', 'kind = "x", options')
    )
    assert problem.where == "question[sizes].columns[size].kind"
    assert str(problem).startswith("parcel.toml:")


def test_steps_that_only_say_which_type_was_tried_are_left_out(tmp_path: Path) -> None:
    found = problems_in(tmp_path, parcel=changed(PARCEL, 'key = "name"', 'key = ["name", "Bad Id"]'))
    assert {problem.where for problem in found} == {"question[sizes].key", "question[sizes].key[2]"}


def test_all_problems_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    bank = changed(BANK, "format = 1", "format = 1\ncolour = 1")
    parcel = changed(changed(PARCEL, 'kind = "text"', 'kind = "txt"'), 'good = "C4"', 'goods = "C4"')
    with pytest.raises(BankError) as caught:
        load_bank(write(tmp_path, bank=bank, parcel=parcel))
    assert [problem.where for problem in caught.value.problems] == [
        "colour", "question[crate].kind", "question[crate].good", "question[crate].goods",
    ]  # fmt: skip


def test_a_question_that_others_wait_for_waits_for_none(tmp_path: Path) -> None:
    parcel = changed(PARCEL, 'good = "C4"', 'good = "C4"\nask_after = "parcel.size"')
    parcel = changed(parcel, 'good = "Large"', 'good = "Large"\nask_after = "parcel.sizes"')
    problem = only_problem(tmp_path, parcel=parcel)
    assert problem.where == "parcel.crate"
    assert problem.message == "is asked after parcel.size, which is asked after another one itself"


def test_two_files_with_one_section_id(tmp_path: Path) -> None:
    problem = only_problem(tmp_path, parcel=PARCEL, twin=PARCEL)
    assert (problem.file, problem.line) == ("twin.toml", 1)
    assert "also that of parcel.toml" in problem.message


def test_two_sections_with_one_number(tmp_path: Path) -> None:
    found = problems_in(tmp_path, parcel=PARCEL, twin=changed(PARCEL, 'id = "parcel"', 'id = "twin"'))
    assert {(p.file, p.line) for p in found if "the number 1" in p.message} == {
        ("parcel.toml", 2),
        ("twin.toml", 2),
    }


def test_a_circle_of_conditions_names_every_question_in_it(tmp_path: Path) -> None:
    condition = "ask_when = \"parcel.crate == 'x'\"\nbecause = 'x'\nbecause_not = 'x'\n"
    parcel = changed(PARCEL, 'options = "size"\nprompt', f'options = "size"\n{condition}prompt')
    problem = only_problem(tmp_path, parcel=parcel)
    named = {problem.where, *problem.message.rpartition("by way of ")[2].split(", ")}
    assert named == {"parcel.size", "parcel.crate"}


def test_a_bank_without_bank_toml(tmp_path: Path) -> None:
    (tmp_path / "parcel.toml").write_text(PARCEL, encoding="utf-8")
    bank, problems = read_bank(tmp_path)
    assert bank is None
    assert "no bank.toml" in problems[0].message


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BankError, match="cannot read the bank"):
        load_bank(tmp_path / "nowhere")


def test_text_that_is_not_toml(tmp_path: Path) -> None:
    problem = only_problem(tmp_path, parcel='id = "parcel"\nnumber = = 1\n')
    assert (problem.file, problem.line) == ("parcel.toml", 2)
    assert "is not TOML" in problem.message


def test_bytes_that_are_not_utf8(tmp_path: Path) -> None:
    (write(tmp_path) / "parcel.toml").write_bytes(PARCEL.encode() + b"# first\n# caf\xe9\n")
    problem = read_bank(tmp_path)[1][0]
    assert (problem.message, problem.file) == ("is not UTF-8", "parcel.toml")
    assert problem.line == PARCEL.count("\n") + 2


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    assert "is larger than" in only_problem(tmp_path, parcel=PARCEL + "#" * MAX_BYTES).message


def test_a_huge_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    """A terabyte of holes costs no disk, and could not be read into memory."""
    with (write(tmp_path) / "huge.toml").open("wb") as stream:
        try:
            stream.truncate(2**40)
        except OSError:
            pytest.skip("the file system has no files with holes")
    (problem,) = read_bank(tmp_path)[1]
    assert (problem.file, "is larger than" in problem.message) == ("huge.toml", True)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_what_is_not_a_file_is_refused_unopened(tmp_path: Path) -> None:
    """Opening a named pipe would wait for ever."""
    os.mkfifo(write(tmp_path) / "pipe.toml")
    (tmp_path / "folder.toml").mkdir()
    assert [(p.file, p.message) for p in read_bank(tmp_path)[1]] == [
        ("folder.toml", "is not a file"),
        ("pipe.toml", "is not a file"),
    ]


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    for number in range(MAX_FILES):
        (tmp_path / f"{number}.toml").touch()
    with pytest.raises(BankError, match="at most"):
        read_bank(write(tmp_path))


@pytest.mark.parametrize("deep", ["x = " + "[" * 20_000, "x = " + "{a=" * 20_000, "x." * 20_000 + "x = 1"])
def test_deep_nesting_is_a_problem_and_no_crash(deep: str, tmp_path: Path) -> None:
    found = problems_in(tmp_path, parcel=f"{deep}\n")
    assert found
    assert {problem.file for problem in found} == {"parcel.toml"}


def test_an_endless_number_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    assert only_problem(tmp_path, parcel=f"number = {'9' * 50_000}\n").file == "parcel.toml"


def test_a_file_of_nothing_but_mistakes_is_told_in_part(tmp_path: Path) -> None:
    wrong = "".join(f"wrong_{number} = 1\n" for number in range(30_000))
    found = problems_in(tmp_path, parcel=wrong + PARCEL)
    assert len(found) == MAX_PROBLEMS + 1
    assert found[-1].message == f"has {30_000 - MAX_PROBLEMS} more problems"


@pytest.mark.parametrize("text", ["\\u001b[2J", "\\u009b31m", "\\u202eevil"])
def test_control_characters_never_come_in(text: str, tmp_path: Path) -> None:
    """A bank's text is shown on a terminal, which would obey them; so is the name of a wrong key."""
    value = problems_in(tmp_path / "value", parcel=changed(PARCEL, "How large?", f"How large?{text}"))
    assert [(p.where, p.line) for p in value] == [("question[size].prompt", line_with(PARCEL, "How large?"))]
    key = problems_in(tmp_path / "key", parcel=f'"{text}" = 1\n{PARCEL}')
    assert key
    assert all(str(problem).isprintable() for problem in key)


def test_a_mistake_in_the_bank_names_no_python(tmp_path: Path) -> None:
    """People who write banks do not know the validator's words for types."""
    found = problems_in(tmp_path, parcel=changed(PARCEL, 'kind = "table"', 'kind = "tabel"'))
    assert not any("literal" in str(problem).casefold() for problem in found)
