"""The first questions of a new document: what is it called, what kind of change is it."""

from __future__ import annotations

from collections.abc import Sequence

from app.bank.model import Bank
from app.cli.output import pages, say, wrap
from app.cli.prompter import Prompter


def ask_title(prompter: Prompter) -> str:
    return prompter.ask("Title of the change").strip()


def ask_change_types(bank: Bank, prompter: Prompter) -> list[str]:
    """The change types; a change may be several at once."""
    say("\nWhat kind of change is it? Several may apply; separate them with commas.")
    for number, change in enumerate(bank.file.change_types, 1):
        low, *high = change.pages
        length = pages((low, high[0] if high else None))
        say(wrap(f"{change.title} ({length}). {change.help}", "     ", f"  {number}) "))
    ids = [change.id for change in bank.file.change_types]
    while True:
        parts = [part.strip() for part in prompter.ask("Change types", ids).split(",") if part.strip()]
        names = [ids[int(p) - 1] if p.isdigit() and 0 < int(p) <= len(ids) else p.casefold() for p in parts]
        unknown = [name for name in names if name not in ids]
        if names and not unknown:
            return names
        say(f"  {unknown[0]!r} is none of them" if unknown else "  name at least one")


def ask_risk(bank: Bank, prompter: Prompter) -> str:
    say("\nHow risky is it?")
    for number, level in enumerate(bank.file.risks, 1):
        say(wrap(f"{level.title}: {level.help}", "     ", f"  {number}) "))
    ids = [level.id for level in bank.file.risks]
    while True:
        text = prompter.ask("Risk", ids).strip().casefold()
        name = ids[int(text) - 1] if text.isdigit() and 0 < int(text) <= len(ids) else text
        if name in ids:
            return name
        say(f"  {text!r} is none of {', '.join(ids)}")


def ask_traits(bank: Bank, prompter: Prompter, change_types: Sequence[str]) -> list[str]:
    """The traits, each as a yes/no question; those that a change type implies are not asked."""
    implied = {trait for name in change_types for trait in bank.change_types[name].implies}
    chosen = []
    say("\nWhat is true of the data?")
    for trait in bank.file.traits:
        if trait.id in implied:
            continue
        while True:
            text = prompter.ask(f"{trait.question} (yes/no)", ("yes", "no")).strip().casefold()
            if text in ("yes", "y", "no", "n", ""):
                break
            say("  answer yes or no; Enter means no")
        if text.startswith("y"):
            chosen.append(trait.id)
    return chosen


def ask_engine(bank: Bank, prompter: Prompter) -> str:
    question = bank.questions.get("physical.engine")
    options = bank.options_of(question) if question else None
    if options is None:
        return ""
    titles = [option.title for option in options.options]
    return prompter.ask(f"\nDatabase engine ({', '.join(titles)})", titles).strip()


def ask_template(prompter: Prompter, proposed: str) -> str:
    text = prompter.ask(f"Full or compact document (Enter for {proposed})", ("full", "compact"))
    return text.strip().casefold() if text.strip().casefold() in ("full", "compact") else proposed
