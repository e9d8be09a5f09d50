"""One writer to a document, whoever died while holding it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from app.document.lock import HeldError, Holder, LockError, take_lock, take_locks

HOLD = """
import sys
from pathlib import Path
from app.document.lock import take_lock
lock = take_lock(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "x.lock"


def holding(path: Path) -> subprocess.Popen[str]:
    """Another process that holds the lock until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_lock_is_refused_and_names_the_holder(path: Path) -> None:
    with holding(path) as process:
        with pytest.raises(HeldError, match=f"process {process.pid}, since ") as caught:
            take_lock(path)
        process.kill()
    assert caught.value.holder is not None
    assert caught.value.holder.host == socket.gethostname()


def test_two_sessions_of_one_process_exclude_each_other(path: Path) -> None:
    lock = take_lock(path)
    with pytest.raises(HeldError, match=f"process {os.getpid()}"):
        take_lock(path)
    lock.release()
    take_lock(path).release()


def test_the_lock_of_a_killed_process_is_free_and_says_who_left_it(path: Path) -> None:
    with holding(path) as process:
        process.kill()
    lock = take_lock(path)
    assert lock.left_by is not None
    assert lock.left_by.pid == process.pid
    assert lock.left_by.is_gone
    lock.release()


def test_a_lock_that_was_let_go_leaves_no_note(path: Path) -> None:
    take_lock(path).release()
    lock = take_lock(path)
    assert lock.left_by is None
    lock.release()
    lock.release()


@pytest.mark.parametrize("note", ["", "{", "[1]", '{"pid": "x", "host": "h", "since": "s"}', "[" * 9000])
def test_a_note_that_cannot_be_read_does_no_harm(path: Path, note: str) -> None:
    lock = take_lock(path)
    path.with_name("x.lock.holder").write_text(note)
    with pytest.raises(HeldError, match="another process"):
        take_lock(path)
    lock.release()


def test_a_holder_on_another_host_is_named_with_it_and_never_taken_for_gone(path: Path) -> None:
    lock = take_lock(path)
    holder = {"pid": 2**22 + 1, "host": "elsewhere", "since": "yesterday"}
    path.with_name("x.lock.holder").write_text(json.dumps(holder))
    with pytest.raises(HeldError, match="on elsewhere, since yesterday"):
        take_lock(path)
    assert not Holder(2**22 + 1, "elsewhere", "yesterday").is_gone
    lock.release()


def test_a_holder_that_is_gone_is_not_named(path: Path) -> None:
    """The note of a process that died says nothing of the one that has the lock by now."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    lock = take_lock(path)
    holder = {"pid": process.pid, "host": socket.gethostname(), "since": "yesterday"}
    path.with_name("x.lock.holder").write_text(json.dumps(holder))
    with pytest.raises(HeldError) as caught:
        take_lock(path)
    assert str(caught.value) == "it is open for writing elsewhere: another process"
    lock.release()


def test_several_locks_are_had_together_or_not_at_all(tmp_path: Path) -> None:
    first, second = tmp_path / "a.lock", tmp_path / "b.lock"
    held = take_lock(second)
    with pytest.raises(HeldError) as caught:
        take_locks((first, second))
    take_lock(first).release()
    assert caught.value.holder is not None
    held.release()
    both = take_locks((first, second))
    for path in (first, second):
        with pytest.raises(HeldError):
            take_lock(path)
    both.release()
    for path in (first, second):
        take_lock(path).release()


def test_a_further_lock_that_cannot_be_had_by_anybody_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "b.lock").mkdir()
    take_locks((tmp_path / "a.lock", tmp_path / "b.lock")).release()


def test_where_there_can_be_no_lock_it_says_why(tmp_path: Path) -> None:
    (tmp_path / "folder.lock").mkdir()
    with pytest.raises(LockError, match="cannot be locked"):
        take_lock(tmp_path / "folder.lock")
