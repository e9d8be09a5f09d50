"""The real files: what is refused, and what is not waited for."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from app.bank.model import Bank
from app.document.files import DISK
from app.document.operations import Set
from app.problems import DocumentError
from app.session import Session
from tests.document.simulated import small_bank


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    return small_bank(tmp_path_factory.mktemp("bank"))


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    if not hasattr(os, "mkfifo"):
        pytest.skip("there are no named pipes here")
    path = tmp_path / "pipe.toml"
    os.mkfifo(path)
    return path


def test_a_pipe_to_which_nobody_writes_is_not_waited_for(bank: Bank, pipe: Path) -> None:
    with pytest.raises(DocumentError, match="it is a pipe, and nobody writes to it"):
        Session.open(bank, pipe, write=False)


def test_what_somebody_writes_to_a_pipe_is_read_whole(pipe: Path) -> None:
    content = b"x" * 300_000
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)  # so that the writer is there before anybody reads
    writer = os.open(pipe, os.O_WRONLY)

    def write() -> None:
        with os.fdopen(writer, "wb") as file:
            file.write(content)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        assert DISK.read_bytes(pipe) == content
    finally:
        os.close(reader)
        thread.join()


def test_a_file_that_is_protected_is_not_replaced(bank: Bank, tmp_path: Path) -> None:
    """A rename would put another one in its place without asking."""
    path = tmp_path / "parcel.toml"
    Session.create(bank, path).close()
    text = path.read_text()
    with Session.open(bank, path) as session:
        session.apply(Set(question="parcel.note", value="said"))
        path.chmod(0o444)
        with pytest.raises(DocumentError, match="protected from writing"):
            session.save()
        assert session.save_state == "not saved: the file is protected from writing"
    with Session.open(bank, path) as session:
        assert session.read_only_reason == "the file is protected from writing"
    assert path.read_text() == text
    path.chmod(0o644)
    with Session.open(bank, path) as session:
        assert session.recovered == ("set parcel.note",)
        session.save()
        assert session.save_state == "saved"
    assert "said" in path.read_text()
