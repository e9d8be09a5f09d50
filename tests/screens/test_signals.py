"""A signal to end is taken once, by what was to be done, and only as long as that is asked for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from screens.application import DbcharterApp
from screens.signals import ends_when_told
from tests.screens.driving import go, idle

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are others there")


def test_a_signal_is_taken_once_and_not_afterwards() -> None:
    called = threading.Event()
    calls: list[str] = []

    def leave() -> None:
        calls.append(threading.current_thread().name)
        called.set()

    with ends_when_told(leave):
        os.kill(os.getpid(), signal.SIGTERM)
        assert called.wait(10)
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGHUP)
    assert len(calls) == 1
    assert calls != [threading.main_thread().name]
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_DFL


def test_what_is_ignored_stays_ignored() -> None:
    """As `nohup` begins a program."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with ends_when_told(lambda: None):
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


def test_a_program_that_is_held_up_by_a_closed_terminal_ends() -> None:
    """One that waits for ever in the thread that handles signals, and cannot leave."""
    program = (
        "import os, queue, signal\n"
        "from screens import signals\n"
        "signals.PATIENCE = 0.1\n"
        "with signals.ends_when_told(lambda: print('asked to leave', flush=True)):\n"
        "    os.kill(os.getpid(), signal.SIGHUP)\n"
        "    queue.Queue().get()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.returncode, done.stdout) == (1, "asked to leave\n"), done.stderr


async def test_the_application_ends_with_what_was_typed_last(app: DbcharterApp, path: Path) -> None:
    async with app.run_test() as pilot:
        await idle(pilot, app)
        await go(pilot, app, "control.owner")
        await pilot.press(*"Ana")
        thread = threading.Thread(target=app.end)
        thread.start()
        thread.join()
        await idle(pilot, app)
        assert app.session is None
        assert app.return_code == 0
    assert 'owner = "Ana"' in path.read_text(encoding="utf-8")


async def test_it_ends_as_well_when_nothing_can_be_kept(
    app: DbcharterApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where ctrl+q would have to be pressed twice."""
    async with app.run_test() as pilot:
        await idle(pilot, app)
        session = app.session
        assert session is not None
        asked: list[bool] = []

        def close() -> bool:
            asked.append(len(asked) == 1)
            if asked[-1]:
                app.session = None
            return asked[-1]

        monkeypatch.setattr(app, "close_document", close)
        app.end()
        await idle(pilot, app)
        assert asked == [False, True]
        session.close()
