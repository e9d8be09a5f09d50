"""Whenever the power fails, every acknowledged edit is there again and the file is whole.

`DBCHARTER_POWERCUT_SEEDS` sets how many random runs are made (2000). What is simulated and what is
taken for granted is said in `simulated.py`.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.bank.model import Bank
from app.document.answers import Answers, same
from app.document.changes import difference
from app.document.codec import decode, encode
from app.document.history import reverted, stacks
from app.document.journal import Checkpoint, JournalError
from app.document.keeper import Keeper
from app.document.operations import (
    AddRow,
    Clear,
    MoveRow,
    Operation,
    RemoveRow,
    Set,
    SetCell,
    SetNote,
    apply,
)
from app.document.saving import Save
from app.document.store import text_of
from app.document.values import row_addresses
from app.problems import DbcharterError
from app.session import Session
from tests.document.simulated import (
    Fuse,
    Journals,
    PowerCutError,
    SimulatedDisk,
    SimulatedJournal,
    machine,
    small_bank,
)

SEEDS = int(os.environ.get("DBCHARTER_POWERCUT_SEEDS", "2000"))
PARTS = 4
PATH = Path("/simulated/parcel.toml")
START = b"""# kept
format = 1

[bank]
id = "small"
version = "1.0.0"

[parcel]
crate = "C1" # beside it

[[parcel.sizes]]
name = "a"
"""


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    return small_bank(tmp_path_factory.mktemp("bank"))


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short runs see both ways to note a save."""
    monkeypatch.setattr("app.document.keeper.SETTLE_AFTER", 4)


class LostError(AssertionError):
    """Something that was acknowledged is not there, or the file is neither old nor new."""


@dataclass
class World:
    """One document on one simulated machine, and what its author was told is safe."""

    bank: Bank
    rng: random.Random
    disk_kind: type[SimulatedDisk] = SimulatedDisk
    session_kind: type[Session] = Session
    fuse: Fuse = field(default_factory=Fuse)

    def __post_init__(self) -> None:
        self.disk = self.disk_kind(self.fuse)
        self.disk.put(PATH, START)
        self.journals = Journals(SimulatedJournal(self.fuse))
        self.acknowledged: Answers = decode(self.bank, START.decode()).answers
        self.in_flight: Answers | None = None

    def open(self) -> Session:
        """Start the program. Raises LostError when what it shows is not what its author was told."""
        data = self.disk.read_bytes(PATH)
        if data not in self.disk.written:
            raise LostError(f"the file is neither old nor new: {data!r}")
        try:
            session = self.session_kind.open(self.bank, PATH, machine=machine(self.disk, self.journals))
        except DbcharterError as error:
            raise LostError(f"the file cannot be opened: {error}") from None
        allowed = [self.acknowledged] + ([] if self.in_flight is None else [self.in_flight])
        if not any(_same(session.answers, answers) for answers in allowed):
            raise LostError(f"{session.answers} is none of {allowed}")
        self.acknowledge(session.answers)
        return session

    def try_without_journal(self) -> None:
        """Start the program while the journal cannot be opened: nothing can be said, and that is tried."""
        self.journals.stuck = True
        try:
            session = self.session_kind.open(self.bank, PATH, machine=machine(self.disk, self.journals))
            self.journals.stuck = False
            with contextlib.suppress(DbcharterError):
                session.apply(SetNote(question="parcel.note", note="refused"))
            with contextlib.suppress(DbcharterError):
                session.save()
        finally:
            self.journals.stuck = False

    def acknowledge(self, answers: Answers) -> None:
        """The author was told that this is safe."""
        self.acknowledged, self.in_flight = answers, None

    def expect(self, answers: Answers) -> None:
        """The author has asked for this and was not told yet that it is safe."""
        self.in_flight = answers

    def work(self, session: Session, actions: int) -> None:
        """Edit, undo and save at random; each return is an acknowledgement."""
        for _ in range(actions):
            match self.rng.choice(
                ["edit", "edit", "edit", "type", "undo", "redo", "save", "save", "type while saving"]
            ):
                case "save":
                    session.save()
                case "type while saving":
                    self.save_and_type(session)
                case "undo" | "redo" as which:
                    self.turn(session, session.undo if which == "undo" else session.redo)
                case "type":
                    self.type(session)
                case _:
                    self.edit(session, self.operation(session.answers), "")

    def type(self, session: Session) -> None:
        self.edit(session, Set(question="parcel.note", value=f"typed {self.rng.random()}"), "typing")

    def save_and_type(self, session: Session) -> None:
        """Type after a save has begun, and say something while the file is written."""
        self.type(session)
        save = session.begin_save()
        self.type(session)
        self.disk.meanwhile = lambda: self.edit(session, self.operation(session.answers), "")
        try:
            save.run()
        finally:
            self.disk.meanwhile = lambda: None
        session.end_save(save)

    def edit(self, session: Session, operation: Operation, group: str) -> None:
        self.expect(apply(self.bank, session.answers, operation))
        session.apply(operation, group)
        self.acknowledge(session.answers)

    def turn(self, session: Session, action: Callable[[], str]) -> None:
        steps = session.history
        try:
            self.expect(_turned(self.bank, session, action == session.undo))
            action()
        except DbcharterError:
            assert len(session.history) == len(steps)
        self.acknowledge(session.answers)

    def operation(self, answers: Answers) -> Operation:
        rng, names = (
            self.rng,
            row_addresses(self.bank.questions["parcel.sizes"], answers.rows("parcel.sizes")),
        )
        choices: list[Operation] = [
            Set(question="parcel.crate", value=f"C{rng.randrange(9)}"),
            Set(question="parcel.note", value=f"line\n\n'''{rng.random()}\"\"\""),
            SetNote(question="parcel.size", note=f"{rng.randrange(9)}"),
            Clear(question="parcel.crate"),
            AddRow(question="parcel.sizes", row={"name": f"{rng.randrange(99)}", "size": "large"}),
        ]
        if names:
            row, other = rng.choice(names), rng.choice(names)
            choices += [
                SetCell(question="parcel.sizes", row=row, column="size", value=rng.choice(["small", None])),
                RemoveRow(question="parcel.sizes", row=row),
                MoveRow(question="parcel.sizes", row=row, before=other),
            ]
        return rng.choice(choices)

    def fail(self, *, power: bool) -> None:
        """The power fails, or only the program ends; the fuse is out afterwards."""
        self.fuse.left = None
        if power:
            self.disk.cut(self.rng)


class SharedWorld(World):
    """Somebody else edits one answer in the file, now and then, and the author all others."""

    others = 0

    def work(self, session: Session, actions: int) -> None:
        for _ in range(actions):
            if self.rng.random() < 0.2:
                self.edit_outside()
            super().work(session, 1)
            if self.rng.random() < 0.2:
                session.check_outside()

    def edit_outside(self) -> None:
        """Durably, and on top of whatever the file holds."""
        self.others += 1
        document = decode(self.bank, self.disk.read_bytes(PATH).decode())
        theirs = document.answers.with_value("parcel.crate", f"theirs {self.others}")
        self.disk.put(PATH, encode(self.bank, document, theirs).text.encode())
        self.acknowledged = self._with_theirs(self.acknowledged)
        self.in_flight = None if self.in_flight is None else self._with_theirs(self.in_flight)

    def _with_theirs(self, answers: Answers) -> Answers:
        return answers.with_value("parcel.crate", f"theirs {self.others}")

    def acknowledge(self, answers: Answers) -> None:
        """What the session shows may lack what it has not looked at yet."""
        super().acknowledge(self._with_theirs(answers) if self.others else answers)

    def operation(self, answers: Answers) -> Operation:
        operation = super().operation(answers)
        while getattr(operation, "question", "") == "parcel.crate":
            operation = super().operation(answers)
        return operation

    def expect(self, answers: Answers) -> None:
        super().expect(self._with_theirs(answers) if self.others else answers)


class RevertingWorld(World):
    """Somebody takes back what was saved, now and then, as `git checkout` does."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.texts = [START]

    def work(self, session: Session, actions: int) -> None:
        for _ in range(actions):
            super().work(session, 1)
            if self.rng.random() < 0.3:
                session.save()
                self.texts.append(self.disk.read_bytes(PATH))
                self.take_back()
                if self.rng.random() < 0.5:
                    break
                session.check_outside()
                if not _same(session.answers, self.acknowledged):
                    raise LostError(f"{session.answers} is not {self.acknowledged}")

    def take_back(self) -> None:
        text = self.rng.choice(self.texts)
        self.disk.put(PATH, text)
        self.acknowledge(decode(self.bank, text.decode()).answers)


def _turned(bank: Bank, session: Session, back: bool) -> Answers:
    both = stacks(session.history)
    groups = both.undo if back else both.redo
    answers = session.answers
    for step in reversed(groups[-1] if groups else []):
        answers = reverted(bank, answers, step)
    return answers


def _same(left: Answers, right: Answers) -> bool:
    return not difference(left, right)


def live_and_die(world: World, actions: int, lives: int = 3) -> None:
    """Work, lose the power at a random step, start again, lose it again while recovering, and check."""
    for _ in range(lives):
        world.fuse.left = world.rng.randrange(45)
        try:
            if world.rng.random() < 0.2:
                world.try_without_journal()
            session = world.open()
            world.work(session, actions)
        except PowerCutError:
            pass
        world.fail(power=world.rng.random() < 0.7)
    session = world.open()
    session.save()
    world.fail(power=True)
    _check_saved(world)


def _check_saved(world: World) -> None:
    """After a save the file itself says everything, also when the journal is lost."""
    said = decode(world.bank, text_of(PATH, world.disk.read_bytes(PATH))).answers
    if not _same(said, world.acknowledged):
        raise LostError("the saved file does not say what its author was told")


@pytest.mark.parametrize("part", range(PARTS))
def test_no_acknowledged_edit_is_lost_in_random_runs(bank: Bank, part: int) -> None:
    for seed in range(part, SEEDS, PARTS):
        try:
            live_and_die(World(bank, random.Random(seed)), actions=8)
        except LostError as error:
            pytest.fail(f"seed {seed}: {error}")


@pytest.mark.parametrize("part", range(2))
def test_nothing_is_lost_either_when_somebody_else_edits_the_file(bank: Bank, part: int) -> None:
    """Neither what the author was told is safe, nor what the other one wrote; and no conflict is made up."""
    for seed in range(part, SEEDS // 4, 2):
        try:
            live_and_die(SharedWorld(bank, random.Random(seed)), actions=8)
        except LostError as error:
            pytest.fail(f"seed {seed}: {error}")


@pytest.mark.parametrize("part", range(2))
def test_what_somebody_takes_back_is_not_brought_back(bank: Bank, part: int) -> None:
    for seed in range(part, SEEDS // 4, 2):
        try:
            live_and_die(RevertingWorld(bank, random.Random(seed)), actions=4)
        except LostError as error:
            pytest.fail(f"seed {seed}: {error}")


def scenario(world: World) -> None:
    """One of everything that touches the disk."""
    session = world.open()
    world.edit(session, Set(question="parcel.crate", value="C2"), "")
    session.save()
    world.edit(session, AddRow(question="parcel.sizes", row={"name": "b"}), "")
    world.edit(session, Set(question="parcel.note", value="one"), "typing")
    world.edit(session, Set(question="parcel.note", value="two"), "typing")
    session.save()
    world.turn(session, session.undo)
    session.save()


@pytest.mark.parametrize("power", [True, False], ids=["power cut", "killed"])
def test_no_acknowledged_edit_is_lost_at_any_step(bank: Bank, power: bool) -> None:
    """Also when a second failure comes at any step of the recovery."""
    whole = World(bank, random.Random(0))
    scenario(whole)
    recovery = 8
    for first, second in itertools.product(range(whole.fuse.steps), range(recovery)):
        world = World(bank, random.Random(first * 100 + second))
        for left, work in ((first, scenario), (second, lambda world: world.open().save())):
            world.fuse.left = left
            with contextlib.suppress(PowerCutError):
                work(world)
            world.fail(power=power)
        world.open().save()
        _check_saved(world)


# Broken code that these tests must catch.


class NoFileSync(SimulatedDisk):
    """Renames a file whose content was never synced."""

    def sync(self, inode: int) -> None:
        pass


class NoFolderSync(SimulatedDisk):
    """Takes a rename for durable."""

    def fsync_folder(self, folder: Path) -> None:
        del folder
        self.fuse.step()


class RenamesFirst(SimulatedDisk):
    """Gives the file its name before it has its content."""

    def write_temporary(self, target: Path, data: bytes) -> Path:
        self.written.add(data)
        self._link(target, self._new(b""))
        self.fuse.step()
        self.content[self.names[target]] = data
        self.sync(self.names[target])
        self._link(target.with_name("temporary"), self.names[target])
        return target.with_name("temporary")


class SettlesFirst(Session):
    """Notes the save in the journal before the file is there."""

    def begin_save(self) -> Save:
        if not self.saved:
            text = encode(self.bank, self._document, self._answers).text
            self._keeper.settle(hashlib.sha256(text.encode()).hexdigest(), text)
        return super().begin_save()


class AmendsWhatIsSaved(Session):
    """Takes what is typed while a file is written for a part of the step that this file holds."""

    def begin_save(self) -> Save:
        save = super().begin_save()
        self._keeper._promised = 0
        return save


class PassesOver(Session):
    """Goes on without a journal that cannot be opened, and begins another when that works."""

    def _catch_up(self, known: bytes) -> None:
        with contextlib.suppress(JournalError):
            super()._catch_up(known)


class RecordsLate(Session):
    """Says that an edit is safe before it is in the journal."""

    def apply(self, operation: Operation, group: str = "", who: str = "") -> None:
        record = self._keeper.record
        self._keeper.record = id  # type: ignore[assignment,method-assign] # the fault under test
        try:
            super().apply(operation, group, who)
        finally:
            self._keeper.record = record  # type: ignore[method-assign] # put back


@pytest.mark.parametrize("disk", [NoFileSync, NoFolderSync, RenamesFirst])
def test_a_disk_that_is_used_wrongly_is_caught(bank: Bank, disk: type[SimulatedDisk]) -> None:
    assert _first_loss(bank, disk_kind=disk) is not None


@pytest.mark.parametrize("session", [SettlesFirst, RecordsLate, AmendsWhatIsSaved, PassesOver])
def test_a_journal_that_is_used_wrongly_is_caught(bank: Bank, session: type[Session]) -> None:
    assert _first_loss(bank, session_kind=session) is not None


def test_a_file_that_a_killed_process_renamed_is_not_taken_for_durable(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next session must sync the folder itself before it counts on the file."""
    monkeypatch.setattr("app.session.sync_name", lambda *_: None)
    assert _first_loss(bank, seeds=1500) is not None


def test_a_journal_that_knows_a_file_by_any_text_it_ever_had_is_caught(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What somebody took back would be said again."""

    def by_any(self: Keeper, sha256: str) -> Checkpoint | None:
        return next((mark for mark in self.checkpoints if mark.sha256 == sha256), None)

    monkeypatch.setattr(Keeper, "mark", by_any)
    assert _first_loss(bank, world_kind=RevertingWorld) is not None


def _first_loss(
    bank: Bank,
    disk_kind: type[SimulatedDisk] = SimulatedDisk,
    session_kind: type[Session] = Session,
    seeds: int = 300,
    world_kind: type[World] = World,
) -> int | None:
    for seed in range(seeds):
        try:
            live_and_die(world_kind(bank, random.Random(seed), disk_kind, session_kind), actions=8)
        except LostError:
            return seed
    return None


def test_answers_that_differ_in_type_only_are_told_apart() -> None:
    """The check itself: 1 and true are not the same answer."""
    left, right = Answers().with_value("q", 1), Answers().with_value("q", True)
    assert not same(1, True)
    assert not _same(left, right)
