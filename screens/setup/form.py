"""The questions of the setup and what comes of them, live."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from msgspec import Struct
from msgspec.structs import replace
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, VerticalScroll
from textual.message import Message
from textual.widgets import Label, Static

from app.bank.model import Bank
from app.document.answers import Answers, Profile, Template
from app.interview.applicability import offered_options
from app.interview.starting import outlook, proposed_template
from screens.plain import plain, plain_line
from screens.tabbing import TAB_KEYS
from screens.widgets.picks import Pick, Picks


class Choices(Struct, frozen=True):
    """What was chosen in the setup; `template` is "" as long as the proposed one is taken."""

    change_types: tuple[str, ...] = ()
    risk: str = ""
    traits: tuple[str, ...] = ()
    template: str = ""
    engine: str = ""

    @classmethod
    def of(cls, bank: Bank, said: Mapping[str, str]) -> Choices:
        """The choices in what was said in a setup, without those that the bank does not have."""
        types = [part.strip() for part in said.get("change_types", "").split(",")]
        risk, template = said.get("risk", ""), said.get("template", "")
        return cls(
            change_types=tuple(name for name in types if name in bank.change_types),
            risk=risk if risk in [level.id for level in bank.file.risks] else "",
            traits=tuple(name for name in bank.traits if said.get(f"trait.{name}") == "yes"),
            template=template if template in ("full", "compact") else "",
            engine=said.get("engine", ""),
        )

    def said(self) -> dict[str, str]:
        """The choices as `of` takes them, those that were made."""
        said = {"change_types": ", ".join(self.change_types), "risk": self.risk}
        said |= {f"trait.{name}": "yes" for name in self.traits}
        said |= {"engine": self.engine, "template": self.template}
        return {name: text for name, text in said.items() if text}

    def profile(self, bank: Bank) -> Profile:
        template: Template = "compact" if self.chosen_template(bank) == "compact" else "full"
        return Profile(self.change_types, self.risk, self.traits, template)

    def chosen_template(self, bank: Bank) -> str:
        known = [name for name in self.change_types if name in bank.change_types]
        return self.template or (proposed_template(bank, known, self.risk) if known else "full")


class SetupForm(Container):
    """Change types, risk, traits, template and, for a new document, the engine; the outlook beside it."""

    BINDINGS: ClassVar[list[BindingType]] = TAB_KEYS

    @dataclass
    class Changed(Message):
        """Something else was chosen."""

        choices: Choices

    def __init__(self, bank: Bank, choices: Choices, *, engine: bool, enabled: bool = True) -> None:
        super().__init__(id="setup-form")
        self.bank = bank
        self.choices = choices
        self._engine = engine
        self._enabled = enabled

    def compose(self) -> ComposeResult:
        said, off = self.choices, not self._enabled
        with VerticalScroll(id="setup-questions", can_focus=False):
            yield from self.compose_head()
            yield Label("What kind of change is it? Several may apply.")
            types = [
                Pick(t.id, f"{t.title}  ({_pages(t.pages)})", t.help) for t in self.bank.file.change_types
            ]
            yield Picks(types, said.change_types, several=True, name="change_types", disabled=off)
            yield Label("How risky is it?")
            risks = [Pick(level.id, level.title, level.help) for level in self.bank.file.risks]
            yield Picks(risks, [said.risk] if said.risk else [], name="risk", disabled=off)
            yield Label("What is true of the data?")
            yield Picks(self._traits(), said.traits, several=True, name="traits", disabled=off)
            if self._engine:
                yield Label("Which database engine?")
                yield Picks(self._engines(), [said.engine] if said.engine else [], name="engine")
            yield Label("Which document?")
            yield Picks(self._templates(), [said.chosen_template(self.bank)], name="template", disabled=off)
        with VerticalScroll(id="setup-outlook", can_focus=False):
            yield Static(id="outlook", markup=False)
            yield Static(id="pick-help", markup=False)

    def compose_head(self) -> ComposeResult:
        """What stands above the questions about the profile."""
        yield from ()

    def on_mount(self) -> None:
        self._show()

    def _traits(self) -> list[Pick]:
        known = [c for c in self.choices.change_types if c in self.bank.change_types]
        implied = {trait for name in known for trait in self.bank.change_types[name].implies}
        return [Pick(t.id, t.question, t.title, fixed=t.id in implied) for t in self.bank.file.traits]

    def _engines(self) -> list[Pick]:
        question = self.bank.questions.get("physical.engine")
        options = self.bank.options_of(question) if question else None
        if options is None:
            return []
        return [Pick(o.id, o.title, o.help) for o in offered_options(self.bank, options.id, Answers())]

    def _templates(self) -> list[Pick]:
        proposed = self.choices.chosen_template(self.bank) if not self.choices.template else ""
        texts = {"full": "Full: every section", "compact": f"Compact: {len(self.bank.file.compact)} headings"}
        return [
            Pick(
                name, text + (" (proposed)" if name == proposed else ""), "It can be changed any time later."
            )
            for name, text in texts.items()
        ]

    def show(self, choices: Choices) -> None:
        """Show other choices."""
        self.choices = choices
        self.query_one("#change_types", Picks).show(choices.change_types)
        self.query_one("#risk", Picks).show([choices.risk] if choices.risk else [])
        self._show()

    def _show(self) -> None:
        self.query_one("#traits", Picks).show(self.choices.traits, self._traits())
        self.query_one("#template", Picks).show([self.choices.chosen_template(self.bank)], self._templates())
        answers = Answers(profile=self.choices.profile(self.bank))
        self.query_one("#outlook", Static).update(outlook_text(self.bank, answers, self.app.theme_variables))

    def on_picks_looked(self, event: Picks.Looked) -> None:
        event.stop()
        if event.picks.has_focus:
            self.query_one("#pick-help", Static).update(plain(event.pick.help, "italic"))

    def on_picks_changed(self, event: Picks.Changed) -> None:
        event.stop()
        self.choices = changed(self.choices, event.picks.id or "", [str(value) for value in event.chosen])
        self._show()
        self.post_message(self.Changed(self.choices))


def changed(choices: Choices, name: str, chosen: Sequence[str]) -> Choices:
    """`choices` with what was picked in the list called `name`."""
    several = name in ("change_types", "traits")
    picked: Any = tuple(chosen) if several else next(iter(chosen), "")
    return replace(choices, **{name: picked})


def _pages(pages: tuple[int, ...]) -> str:
    return f"{pages[0]} pages or more" if len(pages) == 1 else f"{pages[0]} to {pages[1]} pages"


def outlook_text(bank: Bank, answers: Answers, colours: Mapping[str, str]) -> Text:
    """What the interview will be: how long, which sections, and which not and why."""
    if not answers.profile.change_types:
        words = "Choose what kind of change it is: Tab goes on, space picks. Here you see what will be asked."
        return Text(words, style="dim")
    found = outlook(bank, answers)
    text = Text(f"About {found.questions} questions", style=f"bold {colours.get('primary', '')}")
    text.append(f", {found.parts} of {found.all_parts} subsections")
    if found.pages is not None:
        low, high = found.pages
        text.append(f", {_pages((low,) if high is None else (low, high))}")
    text.append("\n")
    for title in found.sections:
        text.append("✓ ", style=colours.get("success", "")).append_text(plain_line(title, 60)).append("\n")
    if found.not_required:
        text.append("\nNot required, and one key away:\n", style="bold")
        for title, reason in found.not_required:
            text.append("· ").append_text(plain_line(title, 60))
            text.append_text(plain(f": {reason}\n", "dim"))
    return text
