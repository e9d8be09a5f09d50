"""A review at one terminal, by keys alone: a reviewer and the author change seats until it is approved."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app.bank.load import default_bank
from app.document.operations import Set
from app.document.store import read_document
from app.review.model import Decide, Records, Resolve, Suggestion, Thread, Verdict
from app.review.names import review_folder
from app.review.reading import read_records
from app.session import Session
from tests.e2e.terminal import Terminal

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pty")

BANK = default_bank()
EXAMPLE = Path(__file__).parents[2] / "examples" / "parcel-instructions.toml"
ENTER, ESCAPE, DOWN, HOME, SPACE = "\r", "\x1b", "\x1b[B", "\x1b[H", " "
ALL, JUMP, QUIT, KEEP, SEAT, REVIEW = "\x01", "\x0f", "\x11", "\x13", "\x14", "\x1b[21~"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DBCHARTER_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("DBCHARTER_USER", "mika")
    monkeypatch.delenv("NO_COLOR", raising=False)
    folder = tmp_path / "desk"
    folder.mkdir()
    return folder


@pytest.fixture
def path(folder: Path) -> Path:
    """A complete document without an open error, in review by Ada for every role."""
    path = folder / "parcels.toml"
    path.write_bytes(EXAMPLE.read_bytes())
    roles = ("backend", "database", "security", "SRE", "data")
    with Session.open(BANK, path) as session:
        session.apply(Set(question="control.reviewers", value=[f"{role}: Ada" for role in roles]))
        session.apply(Set(question="control.status", value="in_review"))
        session.save()
    return path


def records(path: Path) -> Records:
    return read_records(review_folder(path))


def wait_until(terminal: Terminal, holds: Callable[[], bool]) -> None:
    """Read output until something holds that is not on the screen."""
    for _ in range(100):
        if holds():
            return
        terminal._read(0.1)
    raise AssertionError(terminal.text())


def choose_approved(terminal: Terminal) -> None:
    """Open the status in the interview and choose the third option, from wherever the cursor is."""
    while "f7 next" not in terminal.text():
        terminal.press(ESCAPE)
    terminal.press(JUMP, *"control.status", ENTER)
    terminal.wait_for("▶ Status")
    terminal.press(HOME, DOWN, DOWN, SPACE)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=str)
def test_from_the_first_comment_to_approved(path: Path, size: tuple[int, int]) -> None:
    terminal = Terminal(["review", path.name, "--as", "Ada"], path.parent, size=size)
    terminal.wait_for("Reviewer Ada")
    terminal.wait_for("RVW01")

    # Ada comments on the title, suggests another one, and asks for changes in the section.
    terminal.press("n")
    terminal.wait_for("0 Document Control")
    terminal.press("c", *"0 Title", ENTER)
    terminal.wait_for("Comment on 0 Title")
    terminal.press(*"Which parcels?", KEEP)
    wait_until(terminal, lambda: len(list(records(path).of(Thread))) == 1)
    terminal.press("s", *"0 Title", ENTER)
    terminal.wait_for("Suggest for 0 Title")
    terminal.press(*" again", KEEP)
    wait_until(terminal, lambda: len(list(records(path).of(Suggestion))) == 1)
    terminal.press("x")
    terminal.wait_for("Request changes as it is now")
    terminal.press(*"Say which parcels", KEEP)
    wait_until(terminal, lambda: len(list(records(path).of(Verdict))) == 1)

    # Back to the author, who accepts, resolves, and is refused the status.
    terminal.press(SEAT, SEAT)
    terminal.wait_for("Author mika")
    terminal.press(REVIEW)
    terminal.wait_for("Suggestions to decide")
    terminal.press("a")
    wait_until(terminal, lambda: len(list(records(path).of(Decide))) == 1)
    terminal.wait_for("Open threads")
    terminal.press("d")
    wait_until(terminal, lambda: len(list(records(path).of(Resolve))) == 1)
    choose_approved(terminal)
    terminal.wait_for("it is not approved")
    assert read_document(BANK, path).answers.values["control.status"] == "in_review"

    # Ada approves everything, and then it is.
    terminal.press(SEAT, SEAT)
    terminal.wait_for("Reviewer Ada")
    terminal.press(REVIEW)
    terminal.wait_for("Changed since my verdict")
    terminal.press("a")
    terminal.wait_for("Approve as it is now")
    terminal.press(ALL, KEEP)
    wait_until(terminal, lambda: len(list(records(path).of(Verdict))) > 10)
    terminal.press(SEAT, SEAT)
    terminal.wait_for("Author mika")
    choose_approved(terminal)
    terminal.wait_for(r"◉ Approved")
    terminal.type(QUIT)
    assert terminal.finish() == 0
    answers = read_document(BANK, path).answers
    assert answers.values["control.status"] == "approved"
    assert str(answers.values["control.title"]).endswith(" again")
    assert {record.person for record in records(path).records} == {"ada", "mika"}
