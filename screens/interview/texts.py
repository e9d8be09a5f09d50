"""What the interview says about questions, as text of the present theme."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from msgspec import Struct
from rich.text import Text

from app.document.answers import NOT_APPLICABLE_REASONS, State, Value
from app.interview.applicability import QuestionView
from app.readiness.model import Evaluation, Finding
from app.session import Session
from screens.found import finding_line, finding_lines, fix_lines, head_of, misfit_line
from screens.plain import plain, plain_line
from screens.states import colour_of, mark_of
from screens.widgets.fields.line import line_of

MISFITS_SHOWN = 4
"""How many things that do not fit are listed under a field."""
IN_CODE_SHOWN = 5
"""How many findings are listed under SQL."""
CODES_NAMED = 4
"""How many rules are named that could not look at a line of SQL."""
UNREAD = "SQ12"
"""The rule that says of a line of SQL that nothing of it is checked."""
WAIVED_SHOWN = 2
"""How many waived findings are listed under a field."""

BEGINNING = 400
"""Characters of an answer, or items, that may matter to a line of the terminal."""


class Painter(Struct, frozen=True):
    """Writes about the questions of one session; `colours` are the theme's variables, `width` columns.

    `cursor_line` is the line of the answer with the cursor, 0 where there is none; `hint` what can be done
    with findings.
    """

    session: Session
    colours: Mapping[str, str]
    width: int
    evaluation: Evaluation | None = None
    cursor_line: int = 0
    hint: str = ""

    def group(self, number: str, current: str) -> list[str]:
        """The questions of a subsection that are asked, and the current one in any case."""
        survey = self.session.survey()
        return [
            name
            for name in self.session.bank.questions_in(number)
            if survey.questions[name].applies or name == current
        ]

    def subsection(self, number: str, *, titled: bool) -> Text:
        """The title of a subsection, where it does not stand elsewhere, and its introduction."""
        sub = self.session.bank.subsections[number]
        title = Text(f"{number} {sub.title}", style=f"bold {self._colour('primary')}")
        parts = [title] if titled else []
        return Text("\n").join([*parts, *([plain(flowed(sub.intro), "dim")] if sub.intro else [])])

    def line(self, question_id: str) -> Text:
        """A question that is not open: glyph, title, word, first words of the answer."""
        view = self._view(question_id)
        mark = mark_of(view)
        line = Text(f"{mark.glyph} ", style=colour_of(mark, self.colours), no_wrap=True)
        line.append_text(plain_line(view.question.title, 34))
        line.append(f"  {mark.word}", style=colour_of(mark, self.colours))
        answer = self._answer(view)
        if answer and self.width - line.cell_len > 12:
            line.append("  ")
            line.append_text(plain_line(answer, self.width - line.cell_len, "dim"))
        line.truncate(self.width, overflow="ellipsis")
        return line

    def _answer(self, view: QuestionView) -> str:
        """The answer on one line, options by their titles."""
        options = self.session.bank.options_of(view.question)
        value = self.session.answers.values.get(view.id)
        known = {} if options is None else options.by_id
        parts = value[:BEGINNING] if isinstance(value, tuple) else (value,)
        shown = [
            known[part].title if isinstance(part, str) and part in known else beginning_of(part)
            for part in parts
        ]
        return ", ".join(shown)

    def question(self, question_id: str) -> Text:
        """Title, prompt, why it is asked, help."""
        view = self._view(question_id)
        mark = mark_of(view)
        text = Text("▶ ", style=self._colour("primary"))
        text.append(view.question.title, style="bold")
        text.append(f"   {mark.glyph} {mark.word}", style=colour_of(mark, self.colours))
        text.append(f"\n{flowed(view.question.prompt)}")
        text.append(f"\n{_reasons(view)}", style=f"italic {self._colour('secondary')}")
        if view.question.help:
            text.append(f"\n{flowed(view.question.help)}", style="dim")
        return text

    def example(self, question_id: str) -> Text:
        """Why a reviewer asks, a good answer, a weak answer."""
        question = self.session.bank.questions[question_id]
        text = Text()
        for title, body, style in (
            ("Why a reviewer asks", flowed(question.why), "secondary"),
            ("✓ A good answer", question.good, "success"),
            ("✗ A weak answer", question.weak, "warning"),
        ):
            text.append(f"{title}\n", style=f"bold {self._colour(style)}")
            text.append(f"{body.strip()}\n")
        return text

    def under(self, question_id: str, *, misfits: bool = True) -> Text:
        """What stands below the field: what is wrong, what was said instead of an answer, the note.

        Without `misfits` what is wrong with values and with single rows is left to the field.
        """
        view = self._view(question_id)
        lines: list[Text] = []
        state = self.session.answers.states.get(question_id)
        if state is not None:
            lines.append(plain(state_words(state), self._colour("secondary")))
        if not view.applies and view.state == "parked":
            lines.append(Text("‖ The answer is kept and counts for nothing while this is not asked."))
        if misfits:
            lines += self._misfits(view)
        lines += self._findings(question_id, in_rows=misfits)
        note = self.session.answers.notes.get(question_id)
        if note:
            lines.append(plain(f"Note: {note}", "italic"))
        return Text("\n").join(lines)

    def _misfits(self, view: QuestionView) -> list[Text]:
        lines = [misfit_line(misfit, self.colours) for misfit in view.misfits[:MISFITS_SHOWN]]
        more = len(view.misfits) - MISFITS_SHOWN
        return lines + ([Text(f"  and {more} more")] if more > 0 else [])

    def _findings(self, question_id: str, *, in_rows: bool) -> list[Text]:
        if self.evaluation is None:
            return []
        if self.session.bank.questions[question_id].kind == "code":
            return self._in_code(question_id) + self._waived(question_id)
        bank, every = self.session.bank, self._open(question_id)
        found = every if in_rows else [f for f in every if not f.target.row]
        found.sort(key=lambda f: (f.target.line != self.cursor_line, f.target.line))
        shown = found[:MISFITS_SHOWN]
        lines = [line for finding in shown for line in finding_lines(bank, finding, self.colours)]
        more = len(found) - MISFITS_SHOWN
        lines += [Text(f"  and {more} more; F4 shows all")] if more > 0 else []
        hinted = self._hinted(found) if len(found) == len(every) else []
        return lines + hinted + self._waived(question_id)

    def _open(self, question_id: str) -> list[Finding]:
        """The open findings that nothing else says: gaps are marked, and listed among what does not fit."""
        found = self.evaluation.findings_at(question_id) if self.evaluation is not None else ()
        return [f for f in found if not (f.waived or f.gap)]

    def _hinted(self, found: list[Finding]) -> list[Text]:
        return [Text(f"  {self.hint}", style="dim")] if found and self.hint else []

    def _in_code(self, question_id: str) -> list[Text]:
        """What was found in SQL, line by line, and which lines rules could not look at.

        What is about the line with the cursor comes first, then what is about no line in particular, both
        with what to do about it.
        """
        found = self._open(question_id)
        entries: list[tuple[int, list[Text]]] = []
        for finding in found:
            line = finding.target.line
            head = head_of(finding)
            text = f"{head.glyph} {_line(line)}{head.word}: {finding.message}"
            lines = [plain(text, colour_of(head, self.colours))]
            here = line in (0, self.cursor_line)
            entries.append((line, [*lines, *fix_lines(self.session.bank, finding)] if here else lines))
        told = {finding.target.line for finding in found if finding.code == UNREAD}
        for line, codes, reason in self._not_checked(question_id, told):
            entries.append((line, [plain(f"? {_line(line)}{codes} not checked: {reason}", "dim")]))
        entries.sort(key=lambda entry: (entry[0] != self.cursor_line, entry[0]))
        more = len(entries) - IN_CODE_SHOWN
        rest = [Text(f"  and {more} more; F4 shows the findings")] if more > 0 else []
        shown = [text for _, lines in entries[:IN_CODE_SHOWN] for text in lines]
        return shown + rest + self._hinted(found)

    def _not_checked(self, question_id: str, told: Collection[int]) -> Iterator[tuple[int, str, str]]:
        """Lines of SQL that rules could not look at, which rules, and a reason; none of the lines `told`."""
        blind: dict[int, dict[str, str]] = {}
        for one in self.evaluation.unchecked if self.evaluation is not None else ():
            target = one.target
            if target is not None and target.question == question_id and target.line not in (0, *told):
                blind.setdefault(target.line, {})[one.code] = one.reason
        for line, reasons in blind.items():
            codes = list(reasons)
            more = f" and {len(codes) - CODES_NAMED} more" if len(codes) > CODES_NAMED else ""
            yield line, ", ".join(codes[:CODES_NAMED]) + more, reasons[codes[0]]

    def _waived(self, question_id: str) -> list[Text]:
        """The findings that were accepted on purpose."""
        found = self.evaluation.findings_at(question_id) if self.evaluation is not None else ()
        waived = [finding for finding in found if finding.waived]
        lines = [finding_line(finding, self.colours) for finding in waived[:WAIVED_SHOWN]]
        more = len(waived) - WAIVED_SHOWN
        return lines + ([Text(f"  and {more} more waived", style="dim")] if more > 0 else [])

    def _view(self, question_id: str) -> QuestionView:
        return self.session.survey().questions[question_id]

    def _colour(self, name: str) -> str:
        return self.colours.get(name, "")


def beginning_of(value: Value | None) -> str:
    """As much of a value as a line may show, without a look at all of a long text."""
    return value[:BEGINNING] if isinstance(value, str) else line_of(value)


def _line(number: int) -> str:
    return f"line {number}: " if number else ""


def flowed(text: str) -> str:
    """Prose of the bank without its line ends; blank lines between paragraphs stay."""
    return "\n".join(" ".join(part.split()) for part in text.strip().split("\n\n"))


def _reasons(view: QuestionView) -> str:
    if not view.applies:
        return f"Not asked because {view.because[0]}."
    if not view.required:
        return f"Not required: {view.because[0]}."
    more = f" And {len(view.because) - 1} more reasons." if len(view.because) > 2 else ""
    return f"Asked because {'; and because '.join(view.because[:2])}.{more}"


def state_words(state: State) -> str:
    """What was said instead of an answer, as a sentence."""
    if state.state == "not_applicable":
        return f"– Not applicable: {NOT_APPLICABLE_REASONS.get(state.reason, state.reason)}. {state.note}"
    return f"» Deferred: {state.owner} answers it by {state.until}." + (
        f" {state.note}" if state.note else ""
    )
