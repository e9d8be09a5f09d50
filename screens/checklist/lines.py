"""The final review in lines that lead to where things stand, for the pane and for the whole screen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from msgspec import Struct
from rich.text import Text

from app.bank.model import Bank
from app.document.text import one_line
from app.readiness.model import Evaluation, Finding, ItemState, ItemVerdict, Target
from app.readiness.reports.model import counts_text, gain_text, percent
from app.readiness.reports.verdicts import GLYPHS, WORDS, Cause, Group, causes, evidence, groups
from screens.found import head_of
from screens.naming import named
from screens.plain import plain
from screens.states import Mark, colour_of

_STYLES = {ItemState.MET: "success", ItemState.PARTLY: "warning", ItemState.UNMET: "error"}
ITEM_MARKS = {s: Mark(GLYPHS[s], WORDS[s], _STYLES.get(s, "muted")) for s in ItemState}
SHOWN = 3
"""How many causes of an item, or reasons of a fall, the pane shows."""
_LONGEST = 160


class Line(Struct, frozen=True):
    """A line of a list; `target` is where it leads, `opens` the place that it opens instead.

    `is_open`: it is an item that is not met.
    """

    text: Text
    target: Target | None = None
    finding: Finding | None = None
    opens: str = ""
    is_open: bool = False


_GAP = Line(Text(""))


class Fall(Struct, frozen=True):
    """The readiness (0 to 1) has become lower, and why."""

    before: float
    after: float
    reasons: tuple[str, ...]

    def words(self, bank: Bank, count: int = SHOWN) -> tuple[str, ...]:
        """From what to what, then the reasons, of which no more than `count` are named."""
        named_ = [named(bank, one_line(reason, _LONGEST)) for reason in self.reasons[:count]]
        more = len(self.reasons) - count
        head = f"Readiness fell from {self.before * 100:.1f} % to {self.after * 100:.1f} %"
        return (head, *named_, *([f"and {more} more"] if more > 0 else []))


def fall_of(before: Evaluation | None, after: Evaluation | None) -> Fall | None:
    """The fall between two evaluations; None where there was none."""
    if before is None or after is None or before is after or after.readiness >= before.readiness:
        return None
    from app.readiness.baseline import drops

    reasons = drops(before, after)
    return Fall(before.readiness, after.readiness, reasons) if reasons else None


def pane_lines(
    bank: Bank, evaluation: Evaluation, here: str, fall: Fall | None, colours: Mapping[str, str]
) -> Iterator[Line]:
    """What concerns the question `here`, what to do next, and in short what is not met yet."""
    found = evaluation.findings_at(here)
    if found:
        yield Line(Text("At this question", style="bold"))
        yield from (_finding(finding, colours) for finding in found)
        yield _GAP
    yield from _fall(bank, fall, colours)
    yield from _steps(bank, evaluation)
    yield Line(Text("▸ the whole final review", style="bold"), opens="checklist")
    for group in groups(evaluation):
        if not group.graded and group.items:
            yield _GAP
            yield Line(plain(f"{group.title}: {group.summary()}", "bold"))
        for item in group.items:
            if group.graded or item.is_open:
                yield from item_lines(bank, group, item, colours, SHOWN)


def review_lines(
    bank: Bank, evaluation: Evaluation, fall: Fall | None, colours: Mapping[str, str]
) -> Iterator[Line]:
    """Everything: readiness, what to do next, and all items of every kind."""
    head = f"Readiness {percent(evaluation.readiness)} %: {counts_text(evaluation)}"
    yield Line(Text(head, style="bold"))
    yield _GAP
    yield from _fall(bank, fall, colours)
    yield from _steps(bank, evaluation)
    for number, group in enumerate(group for group in groups(evaluation) if group.items):
        if number:
            yield _GAP
        yield Line(plain(f"{group.title}: {group.summary()}", "bold"))
        for item in group.items:
            yield from item_lines(bank, group, item, colours)


def item_lines(
    bank: Bank, group: Group, item: ItemVerdict, colours: Mapping[str, str], shown: int | None = None
) -> Iterator[Line]:
    """An item and its causes, and unless only so many of those are `shown`, what it rests on."""
    mark, found = ITEM_MARKS[item.state], list(causes(bank, item))
    style = colour_of(mark, colours)
    text = Text(f"{mark.glyph} ", style=style).append_text(plain(item.title))
    text.append(f"  {group.state(item)}", style=style)
    rests_on = evidence(bank, item) if shown is None else ()
    if rests_on:
        text.append_text(plain(f"\n    rests on {', '.join(rests_on)}", "dim"))
    yield Line(text, _leads_to(item, found), is_open=item.is_open)
    for cause in islice(found, shown):
        yield _cause(bank, group, cause, colours)
    if shown is not None and len(found) > shown:
        yield Line(Text(f"    and {len(found) - shown} more", style="dim"), opens="checklist")


def _leads_to(item: ItemVerdict, found: Sequence[Cause]) -> Target | None:
    """Where there is something to do about an item, else where it is answered."""
    to_do = next((cause.target for cause in found if cause.target is not None), None)
    return to_do or (Target(item.rests_on[0]) if item.rests_on else None)


def _cause(bank: Bank, group: Group, cause: Cause, colours: Mapping[str, str]) -> Line:
    finding = cause.finding
    head = None if finding is None else head_of(finding)
    glyph = f"{head.glyph} " if head else ""
    style = colour_of(head, colours) if head and group.hinders(cause) else "dim"
    return Line(plain(f"    {glyph}{named(bank, cause.text)}", style), cause.target, finding)


def _finding(finding: Finding, colours: Mapping[str, str]) -> Line:
    head = head_of(finding)
    text = Text(f"{head.glyph} {head.word} ", style=colour_of(head, colours))
    text.append_text(plain(finding.message, "dim" if finding.waived else ""))
    return Line(text, finding.target, finding)


def _fall(bank: Bank, fall: Fall | None, colours: Mapping[str, str]) -> Iterator[Line]:
    if fall is None:
        return
    head, *reasons = fall.words(bank)
    yield Line(Text(f"▼ {head}", style=colours.get("warning", "")))
    yield from (Line(plain(f"  {reason}")) for reason in reasons)
    yield _GAP


def _steps(bank: Bank, evaluation: Evaluation) -> Iterator[Line]:
    """The next best steps, with by how much each raises the readiness."""
    if not evaluation.next_steps:
        return
    yield Line(Text("Next best steps", style="bold"))
    for step in evaluation.next_steps:
        text = Text(f"▲ {gain_text(step)}  ").append_text(plain(named(bank, step.question)))
        reason = named(bank, one_line(step.reason, _LONGEST))
        yield Line(text.append_text(plain(f": {reason}", "dim")), Target(step.question))
    yield _GAP
