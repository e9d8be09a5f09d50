"""What a review says about its things, as text of the present theme."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct
from rich.text import Text

from app.document.text import one_line
from app.readiness.model import Finding, ItemState, ItemVerdict
from app.review.agenda import Accepted, Checked, Entry, SectionVoices
from app.review.anchors import Place, Spot, words_of
from app.review.approval import Voice, section_name
from app.review.marks import MARK_WORDS, Marked, held_by_all, looked_at
from app.review.model import CheckMark, Suggestion, Verdict
from app.review.roles import role_title
from app.review.row_suggestions import ROW_WORDS, CellChange, cell_changes, gist
from app.review.state import ReviewState
from app.review.suggestions import Fate, Proposal
from app.review.threads import Talk, anchor_of
from app.review.verdicts import Standing
from screens.checklist.lines import ITEM_MARKS
from screens.found import finding_lines, head_of
from screens.plain import plain, plain_line
from screens.review.marks import FATES, HELD, OPEN, PLACES, RESOLVED, SAYS, WAITS, mark_of_voices
from screens.states import Mark, colour_of

MARKS_BESIDE_RULES = 60
"""From which width what people say about a cross-check stands beside what the rules say."""
FOUND_SHOWN = 6
"""How many findings stand above the two sides of a cross-check."""
VERBS = {"approve": "approved", "request_changes": "asked for changes in", "comment": "remarked on"}


class Painter(Struct, frozen=True):
    """Writes about one state of a review; `colours` are the theme's variables."""

    state: ReviewState
    colours: Mapping[str, str]

    # the list

    def line(self, entry: Entry, width: int) -> Text:
        """An entry on one line: whether it waits, glyph, title, word."""
        mark, title = self._mark(entry), self._title(entry)
        line = Text(WAITS.glyph if entry.waits else " ", style=self.style(WAITS), no_wrap=True)
        line.append(f"{mark.glyph} ", style=self.style(mark))
        tail = self._tail(entry, mark, width)
        line.append_text(plain_line(title, max(width - line.cell_len - tail.cell_len, 8)))
        line.append(" " * (width - line.cell_len - tail.cell_len)).append_text(tail)
        line.truncate(width, overflow="ellipsis")
        return line

    def _tail(self, entry: Entry, mark: Mark, width: int) -> Text:
        """The words of an entry: what the rules found, as far as there is room, and what people say of it."""
        word = Text(f" {mark.word}", style=self.style(mark)) if mark.word else Text()
        if not isinstance(entry.about, Checked) or not entry.about.marks:
            return word
        held = HELD[held_by_all(entry.about.marks)]
        said = Text(f" {held.glyph} {held.word}", style=self.style(held))
        return word.append_text(said) if width >= MARKS_BESIDE_RULES else said

    def looked_at(self, width: int) -> str:
        """Of the cross-checks, how many hold for the rules, and how many somebody has looked at."""
        checks = self.state.checks
        count = looked_at(checks, self.state.marks.values())
        seen = f"{count} of {len(checks)} looked at"
        met = sum(check.state == ItemState.MET for check in checks)
        return f"{met}/{len(checks)} met · {seen}" if width >= MARKS_BESIDE_RULES else seen

    def _mark(self, entry: Entry) -> Mark:
        match entry.about:
            case Checked(verdict=verdict):
                return ITEM_MARKS[verdict.state]
            case SectionVoices(voices=voices):
                return mark_of_voices(voices)
            case Finding() as finding:
                head = head_of(finding)
                return Mark(head.glyph, "", head.style)
            case Accepted(agreed=agreed):
                return Mark("–", f"{len(agreed)} agreed", "success" if agreed else "muted")
            case Verdict() | CheckMark():
                return Mark("±", "changed", "warning")

    def _title(self, entry: Entry) -> str:
        bank = self.state.bank
        match entry.about:
            case Checked(verdict=verdict):
                return f"{verdict.id} {verdict.title}"
            case CheckMark(check=check):
                return self.check_name(check)
            case SectionVoices(section=section) | Verdict(section=section):
                return section_name(bank, section)
            case Finding() as finding:
                number = self._number(finding.target.question)
                row = f" {finding.target.row}:" if finding.target.row else ""
                return f"{finding.code} {number}{row} {finding.message}"
            case Accepted(waiver=waiver):
                return f"{waiver.code} {waiver.target}: {waiver.reason}"

    def check_name(self, check: str) -> str:
        """A cross-check as people call it: `RVW03 invariants map to constraints`."""
        known = self.state.bank.cross_checks.get(check)
        return f"{known.id} {known.title}" if known else check

    def _number(self, question: str) -> str:
        found = self.state.bank.questions.get(question)
        return found.number if found else question

    # above the text

    def title(self, entry: Entry) -> Text:
        mark = self._mark(entry)
        text = plain_line(self._title(entry), 300, "bold")
        return text.append(f"  {mark.glyph} {mark.word}", style=self.style(mark)) if mark.word else text

    def about(self, entry: Entry) -> Text:
        """What there is to say about an entry besides the text of the document."""
        match entry.about:
            case Checked(verdict=verdict, marks=given):
                return _joined((*map(self.marked, given), *self._check(verdict)))
            case SectionVoices() as voices:
                return _joined(self._section(voices))
            case Finding() as finding:
                return _joined(self.finding(finding))
            case Accepted() as accepted:
                return _joined(self._waiver(accepted))
            case Verdict() as verdict:
                return _joined(self._changed(verdict))
            case CheckMark() as mark:
                yet = f"You said that this {MARK_WORDS[mark.mark]} on {mark.at[:10]}. Since then:"
                return plain(yet, "dim")

    def _check(self, verdict: ItemVerdict) -> Iterator[Text]:
        if verdict.reason:
            yield plain(verdict.reason, "dim")
        for finding in verdict.findings[:FOUND_SHOWN]:
            yield from self.finding(finding, placed=True)
        if len(verdict.findings) > FOUND_SHOWN:
            yield Text(f"  and {len(verdict.findings) - FOUND_SHOWN} more")
        if verdict.missing:
            names = (self._number(name) for name in verdict.missing)
            yield plain(f"◐ not answered yet: {', '.join(dict.fromkeys(names))}", self._colour("warning"))
        for blind in verdict.unchecked:
            yield plain(f"? {blind.code} not checked: {blind.reason}", "dim")
        if not (verdict.findings or verdict.missing or verdict.unchecked or verdict.reason):
            yield Text("The rules found nothing here.", style="dim")

    def marked(self, marked: Marked) -> Text:
        """What somebody says about a cross-check: `✓ holds (Ken, 2026-11-24): words`."""
        mark, said = HELD[marked.held], marked.mark
        word = f"{mark.word}: {MARK_WORDS[said.mark]}" if marked.is_stale else mark.word
        text = Text(f"{mark.glyph} {word}", style=self.style(mark))
        text.append_text(plain(f" ({self.name(said.person)}, {said.at[:10]})", "dim"))
        return text.append_text(plain(f": {one_line(said.text, 300)}")) if said.text else text

    def finding(self, finding: Finding, *, placed: bool = False) -> Iterator[Text]:
        """A finding and what to do about it; `placed` says where it is as well."""
        where = f" {self._number(finding.target.question)} {finding.target.row}".rstrip() if placed else ""
        yield from finding_lines(self.state.bank, finding, self.colours, where)

    def _section(self, about: SectionVoices) -> Iterator[Text]:
        line = Text()
        for voice in about.voices:
            line.append("   " if line else "").append_text(self.voice(voice))
        if line:
            yield line
        for voice in about.voices:
            if voice.verdict is not None and voice.verdict.text:
                yield plain(f"{self.name(voice.verdict.person)}: {one_line(voice.verdict.text, 300)}")
        if about.own is not None:
            yield self._own(about.own)

    def voice(self, voice: Voice) -> Text:
        """What a role says: `database ✓ approved (Maja, 2026-11-24)`."""
        mark = SAYS[voice.say]
        text = Text(f"{voice.role.title} ").append(f"{mark.glyph} {mark.word}", style=self.style(mark))
        if voice.verdict is not None:
            name = self.name(voice.verdict.person)
            text.append_text(plain(f" ({name}, {voice.verdict.at[:10]})", "dim"))
        elif voice.role.named:
            text.append_text(plain(f" for {', '.join(voice.role.named)}", "dim"))
        return text

    def _own(self, held: Standing) -> Text:
        since = "; it says something else by now" if held.is_stale else ""
        return plain(f"You {_verb(held.verdict)} this on {held.verdict.at[:10]}{since}.", "dim")

    def _waiver(self, about: Accepted) -> Iterator[Text]:
        waiver = about.waiver
        until = f" until {waiver.expires}" if waiver.expires else ""
        yield plain(f"Accepted by {waiver.owner}{until}: {waiver.reason}")
        agreed = ", ".join(map(self.name, about.agreed))
        yield plain(
            f"Agreed by {agreed}" if agreed else "Nobody has agreed: approving the section does.", "dim"
        )

    def _changed(self, verdict: Verdict) -> Iterator[Text]:
        role = f" for {role_title(self.state.bank, verdict.role)}" if verdict.role else ""
        yield plain(f"You {_verb(verdict)} this{role} on {verdict.at[:10]}. Since then:", "dim")

    # what was said

    def talk(self, talk: Talk, width: int) -> Text:
        """A thread with all that was said in it."""
        thread, mark = talk.thread, OPEN if talk.is_open else RESOLVED
        found = anchor_of(self.state.bank, self.state.answers, thread)
        text = Text(f"{mark.glyph} {mark.word} ", style=self.style(mark))
        text.append_text(
            plain_line(f"{thread.id} · {self.where(thread.question, thread.row, thread.column)}", width)
        )
        if found.place != Place.IN_PLACE:
            place = PLACES[found.place]
            text.append_text(plain(f"\n  {place.glyph} {found.why}", self.style(place)))
        if thread.quote:
            text.append_text(plain(f"\n  “{one_line(thread.quote, 200)}”", "italic"))
        words = [(thread.person, thread.text), *((reply.person, reply.text) for reply in talk.replies)]
        for person, said in words:
            text.append_text(plain(f"\n  {self.name(person)}: {_indented(said)}"))
        return text

    def proposal(self, proposal: Proposal, width: int) -> Text:
        """A suggestion: old and new, why, and what became of it."""
        said, mark = proposal.suggestion, FATES[proposal.fate]
        text = Text(f"{mark.glyph} {mark.word} ", style=self.style(mark))
        text.append_text(plain_line(f"{said.id} · {self.where(said.question, said.row, said.column)}", width))
        if proposal.why:
            text.append_text(plain(f"\n  {proposal.why}", self._colour("warning")))
        is_waiting = proposal.fate in (Fate.OPEN, Fate.OUTDATED)
        if said.change:
            text.append_text(plain(f"\n  {ROW_WORDS[said.change]}", "bold"))
            for cell in cell_changes(self.state.bank, said):
                text.append_text(self._cell(cell, said.change, with_old=is_waiting))
        else:
            text.append_text(self._old_and_new(said.old, words_of(said.new), with_old=is_waiting))
        text.append_text(plain(f"\n  {self.name(said.person)}: {_indented(said.text) or 'suggested'}"))
        if proposal.decided is not None and proposal.decided.text:
            by = self.name(proposal.decided.person)
            text.append_text(plain(f"\n  {by}: {_indented(proposal.decided.text)}"))
        return text

    def _cell(self, cell: CellChange, change: str, *, with_old: bool) -> Text:
        """A cell of a row that is suggested: `Grain`, and below what goes and what comes."""
        text = plain(f"\n  {one_line(cell.title)}")
        if change == "remove":
            return text.append_text(plain(f"\n  - {_indented(cell.old)}", self._colour("error")))
        return text.append_text(
            self._old_and_new(cell.old, cell.new, with_old=with_old and change == "change")
        )

    def _old_and_new(self, old: str, new: str, *, with_old: bool) -> Text:
        text = Text()
        if with_old:
            text.append_text(plain(f"\n  - {_indented(old) or 'nothing'}", self._colour("error")))
        return text.append_text(plain(f"\n  + {_indented(new) or 'nothing'}", self._colour("success")))

    def remark(self, verdict: Verdict) -> Text:
        """What was said with a verdict."""
        by = f"{self.name(verdict.person)}, {verdict.at[:10]}, {_verb(verdict)} the section"
        return plain(f"▪ {by}\n  {_indented(verdict.text)}")

    def where(self, question: str, row: str | None, column: str | None) -> str:
        """A place, short: `6.1 hold.grain`."""
        rest = Spot(row, column).address("").replace("[", "").replace("]", "")
        return f"{self._number(question)} {rest}".rstrip()

    def new(self, suggestion: Suggestion) -> str:
        """What is suggested, in words."""
        return gist(self.state.bank, suggestion)

    def difference(self, text: str) -> Text:
        """A unified diff without its heads, what is new and what is gone by their signs and colours."""
        styles = {"+": self._colour("success"), "-": self._colour("error"), "…": "dim"}
        lines = ["…" if line.startswith("@@ ") else line for line in text.splitlines()]
        at = lines.index("…") if "…" in lines else 0
        shown = [*(line for line in lines[:at] if not line.startswith(("--- ", "+++ "))), *lines[at + 1 :]]
        return Text("\n").join(plain(line, styles.get(line[:1], "")) for line in shown)

    def name(self, slug: str) -> str:
        return self.state.records.name_of(slug)

    def style(self, mark: Mark) -> str:
        return colour_of(mark, self.colours)

    def _colour(self, name: str) -> str:
        return self.colours.get(name, "")


def _joined(lines: Iterable[Text]) -> Text:
    return Text("\n").join(lines)


def _verb(verdict: Verdict) -> str:
    return VERBS[verdict.verdict]


def _indented(text: str) -> str:
    return text.strip().replace("\n", "\n    ")
