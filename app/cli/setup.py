"""The first questions of a new document: what is it called, what kind of change is it.

What is said is text by the name of its step, as typed and found right, so that it can be proposed when the
author comes back to the step, and kept when the author leaves in the middle.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from msgspec import Struct

from app.bank.model import Bank, Trait
from app.cli.output import pages, say, wrap
from app.cli.prompter import Prompter
from app.cli.words import Back, Quit, ask_line, numbered, show_words, walk
from app.document import unfinished
from app.document.machine import environment_name, proposed_person
from app.document.naming import answer_file, file_name
from app.document.typed import FALSE_WORDS, TRUE_WORDS, parse_text
from app.document.who import as_name
from app.interview.starting import proposed_template
from app.review.names import slug_of

WORDS_HERE: Mapping[str, str] = {
    "back": "go back to what was asked before",
    "quit": "stop; what was typed is kept for the next time",
    "help": "these words",
}
TEMPLATES = ("full", "compact")

Said = dict[str, str]


class Step(Struct, frozen=True):
    """One thing that is asked: `ask` returns what was said, in a form that it would take again."""

    name: str
    ask: Callable[[Prompter, Said], str]
    applies: Callable[[Said], bool] = lambda _: True


class Spoken:
    """A prompter that understands the words of the setup."""

    def __init__(self, prompter: Prompter) -> None:
        self._prompter = prompter

    def ask(self, label: str, completions: Sequence[str] = (), default: str = "") -> str:
        return ask_line(self._prompter, _obey, label, completions, default)


def _obey(word: str) -> None:
    if word == "back":
        raise Back
    if word == "quit":
        raise Quit
    if word not in WORDS_HERE:
        say(f"  {word} is a word of the interview, which begins behind these questions.")
    show_words(WORDS_HERE, "take what is proposed")


def ask_rest(bank: Bank, prompter: Prompter, given: Said) -> Said | None:
    """Ask for what is not `given`; None when the author left before the end.

    What was said then is kept, and proposed the next time.
    """
    said: Said = {}
    try:
        say(f"Words here: {', '.join(WORDS_HERE)}.")
        said = _taken_up(bank, Spoken(prompter))
        _ask_steps(bank, Spoken(prompter), said, given)
    except (Quit, KeyboardInterrupt, EOFError):
        typed = {name: text for name, text in said.items() if name not in given}
        if not typed:
            say("\nNothing was written.")
        elif unfinished.keep(bank.id, typed):
            say("\nStopped. No document is written yet.\n`dbcharter new` goes on with what was typed.")
        else:
            say("\nStopped. What was typed cannot be kept here; no document is written.")
        return None
    return said


def _taken_up(bank: Bank, prompter: Prompter) -> Said:
    """What was said before and not brought to its end, if the author wants it."""
    before = unfinished.kept(bank.id)
    if not before:
        return {}
    if "file" in before and Path(before["file"]).exists():
        del before["file"]
    title = f" “{before['title']}”" if before.get("title") else ""
    try:
        if yes_or_no(prompter, f"A new document{title} was begun before. Go on with it", "yes") == "yes":
            return before
    except Back:
        return before
    unfinished.forget()
    return {}


def _ask_steps(bank: Bank, prompter: Prompter, said: Said, given: Said) -> None:
    """Take the steps from the first one that is not said; each adds to `said`."""
    asked = [step for step in steps(bank) if step.name not in given]
    start = next((at for at, step in enumerate(asked) if step.applies(said) and step.name not in said), 0)
    said.update(given)

    def ask(step: Step) -> None:
        said[step.name] = step.ask(prompter, said)

    while True:
        try:
            walk(asked, ask, lambda step: step.applies(said), start)
        except Back:
            say("  This is the first question.")
            start = 0
        else:
            return


def steps(bank: Bank) -> list[Step]:
    """Everything that is asked of a new document, in its order."""
    traits = [
        Step(f"trait.{trait.id}", partial(ask_trait, bank, trait), partial(_is_open, bank, trait))
        for trait in bank.file.traits
    ]
    return [
        Step("title", ask_title),
        Step("file", ask_file),
        Step("you", ask_person, lambda _: not environment_name()),
        Step("owner", ask_owner),
        Step("change_types", partial(ask_change_types, bank)),
        Step("risk", partial(ask_risk, bank)),
        *traits,
        Step("engine", partial(ask_engine, bank)),
        Step("template", partial(ask_template, bank)),
    ]


def ask_title(prompter: Prompter, said: Said) -> str:
    before = said.get("title", "")
    title = prompter.ask("Title of the change", default=before).strip()
    if said.get("file") == file_name(before, Path()):
        del said["file"]  # it was proposed for the title before
    return title


def ask_file(prompter: Prompter, said: Said) -> str:
    """The answer file, called after the title unless somebody says otherwise; one that is not there yet."""
    proposed = said.get("file") or file_name(said.get("title", ""), Path())
    while True:
        path = answer_file(prompter.ask("Answer file", default=proposed).strip() or proposed)
        if not path.exists():
            return str(path)
        say(f"  {path} is already there")
        proposed = file_name(said.get("title", ""), Path())


def ask_person(prompter: Prompter, said: Said) -> str:
    """Who answers, to be named in the history and in reviews."""
    proposed = said.get("you") or proposed_person(Path())
    while True:
        name = as_name(prompter.ask("Your name", default=proposed)) or proposed
        if slug_of(name):
            return name
        say("  a name needs a letter or a digit")


def ask_owner(prompter: Prompter, said: Said) -> str:
    proposed = said.get("owner") or said.get("you") or environment_name()
    return prompter.ask("Owner of the document", default=proposed).strip()


def ask_change_types(bank: Bank, prompter: Prompter, said: Said) -> str:
    """The change types; a change may be several at once."""
    say("\nWhat kind of change is it? Several may apply; separate them with commas.")
    for number, change in enumerate(bank.file.change_types, 1):
        low, *high = change.pages
        length = pages((low, high[0] if high else None))
        say(wrap(f"{change.title} ({length}). {change.help}", "     ", f"  {number}) "))
    ids = [change.id for change in bank.file.change_types]
    while True:
        text = _choose(prompter, "Change types", ids, said.get("change_types", ""))
        names = [named(part, ids) for part in parts_of(text)]
        unknown = [name for name in names if name not in ids]
        if names and not unknown:
            return ", ".join(names)
        say(f"  {unknown[0]!r} is none of them" if unknown else "  name at least one")


def ask_risk(bank: Bank, prompter: Prompter, said: Said) -> str:
    say("\nHow risky is it?")
    for number, level in enumerate(bank.file.risks, 1):
        say(wrap(f"{level.title}: {level.help}", "     ", f"  {number}) "))
    ids = [level.id for level in bank.file.risks]
    while True:
        name = named(_choose(prompter, "Risk", ids, said.get("risk", "")), ids)
        if name in ids:
            return name
        say(f"  {name!r} is none of {', '.join(ids)}")


def _is_open(bank: Bank, trait: Trait, said: Said) -> bool:
    """Whether no change type implies the trait."""
    return not any(trait.id in bank.change_types[name].implies for name in _types(bank, said))


def _types(bank: Bank, said: Said) -> list[str]:
    return [name for name in parts_of(said.get("change_types", "")) if name in bank.change_types]


def ask_trait(bank: Bank, trait: Trait, prompter: Prompter, said: Said) -> str:
    if trait is next(other for other in bank.file.traits if _is_open(bank, other, said)):
        say("\nWhat is true of the data?")
    return yes_or_no(prompter, trait.question, said.get(f"trait.{trait.id}", ""))


def ask_engine(bank: Bank, prompter: Prompter, said: Said) -> str:
    question = bank.questions.get("physical.engine")
    options = bank.options_of(question) if question else None
    if question is None or options is None:
        return ""
    titles = [option.title for option in options.options]
    label = f"\nDatabase engine ({', '.join(titles)})"
    while True:
        text = _choose(prompter, label, titles, said.get("engine", ""))
        try:
            return text and str(parse_text(question, options, text))
        except ValueError as error:
            say(f"  {error}")


def ask_template(bank: Bank, prompter: Prompter, said: Said) -> str:
    proposed = said.get("template") or proposed_template(bank, _types(bank, said), said.get("risk", ""))
    while True:
        text = _choose(prompter, "Full or compact document", TEMPLATES, proposed)
        if text.casefold() in TEMPLATES:
            return text.casefold()
        say(f"  {text!r} is neither full nor compact")


def yes_or_no(prompter: Prompter, question: str, default: str) -> str:
    """`yes` or `no`; Enter means the default, and no when there is none."""
    while True:
        text = _choose(prompter, f"{question} (yes/no)", ("yes", "no"), default).casefold()
        if text in TRUE_WORDS:
            return "yes"
        if text in FALSE_WORDS or not text:
            return "no"
        say("  answer yes or no; Enter means " + (default or "no"))


def _choose(prompter: Prompter, label: str, names: Sequence[str], default: str) -> str:
    """What is typed, or the default; that is not put into the line, where it would have to be deleted."""
    shown = f"{label} (Enter for {default})" if default else label
    return prompter.ask(shown, names).strip() or default


def parts_of(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def named(text: str, ids: Sequence[str]) -> str:
    """The id that a number of the list, or a name in any case of letters, means."""
    return numbered(text.strip().casefold(), ids)
