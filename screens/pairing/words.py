"""What is said about the company: one line on every screen, and one for each person in the dialog."""

from __future__ import annotations

from rich.text import Text

from app.bank.model import Bank
from app.pairing.wire import Person
from screens.pairing.company import (
    Company,
    Hosting,
    author_of,
    may_write,
    others,
    section_name,
    where_words,
)
from screens.plain import plain_line

HERE, AWAY, WAITS, WRITES, FOLLOWS, OVER = "◉", "◌", "◌", "✎", "→", "■"
NAME = 24
"""Columns of a name in a line about several things."""


def company_text(
    bank: Bank, company: Company, question: str, following: str, keys: dict[str, str], width: int
) -> Text:
    """One line of at most `width` columns; what asks for something is said first.

    `question` is where this terminal is, `following` the slug of who is followed, `keys` the keys by the
    ids of actions.
    """
    section = question.partition(".")[0]
    head = _head(company)
    call = _call(bank, company)
    parts = [call] if call else []
    parts += [*_baton(company, section, keys), *_people(bank, company, question, following)]
    tail = f" {keys['company']} pairing "
    room = width - len(tail)
    line = Text(" ", no_wrap=True).append_text(plain_line(head, room - 2, "bold"))
    for part in parts:
        style = "bold reverse" if part is call else ""
        left = room - line.cell_len - 3
        if left >= min(len(part), 8):
            line.append(" · ").append_text(plain_line(part, left, style))
    line.append(" " * max(width - line.cell_len - len(tail), 0))
    line.append(tail, style="dim")
    line.truncate(width)
    return line


def _head(company: Company) -> str:
    if company.is_host:
        if company.state == "ended":
            return f"{OVER} not hosting: {company.why}"
        here = len([person for person in company.people if person.is_here])
        count = len(company.waiting)
        waits = f" · {count} {'waits' if count == 1 else 'wait'}" if count else ""
        return f"{HERE} hosting · {here} here{waits}"
    whose = f"guest of {_short(author_of(company))}"
    unsent = f", {company.unsent} unsent" if company.unsent else ""
    match company.state:
        case "live":
            return f"{HERE} {whose} · connected"
        case "lost":
            return f"{AWAY} {whose} · connection lost{unsent}"
    return f"{OVER} {whose} · over: {company.why}{unsent}"


def _call(bank: Bank, company: Company) -> str:
    """What asks the author for something, or ""."""
    if not isinstance(company, Hosting) or company.state == "ended":
        return ""
    if company.waiting:
        return f"{WAITS} {_short(company.waiting[0][0])} waits to be admitted"
    names = {person.slug: person.name for person in company.people}
    for slug, section in company.asked.items():
        if slug in names:
            return f"{WRITES} {_short(names[slug])} asks to write in {section_name(bank, section)}"
    return ""


def _baton(company: Company, section: str, keys: dict[str, str]) -> list[str]:
    """What a guest may do here."""
    if company.is_host or company.state == "ended":
        return []
    if may_write(company, section):
        return [f"{WRITES} you may write here"]
    return [f"{keys['baton']} asks to write"] if company.state == "live" else []


def _people(bank: Bank, company: Company, question: str, following: str) -> list[str]:
    if company.state == "ended":
        return []
    known, parts = others(company), []
    followed = next((person for person in known if person.slug == following), None)
    if followed is not None:
        parts.append(f"{FOLLOWS} following {_short(followed.name)}")
        known.remove(followed)
    same = [person for person in known if person.question == question and not person.doing]
    parts += [f"{_short(person.name)} is here" for person in same]
    for person in [p for p in known if p not in same]:
        parts.append(_where(bank, person))
    return parts


def _where(bank: Bank, person: Person) -> str:
    """A name, and the number of the place where its owner is or which is reviewed."""
    name, found = _short(person.name), bank.questions.get(person.question)
    if person.doing:
        section = bank.section_by_id.get(person.section)
        return f"{name} {person.doing}{f' {section.number}' if section else ''}"
    return f"{name} at {found.number}" if found else name


def _short(name: str) -> str:
    return plain_line(name, NAME).plain


def person_text(bank: Bank, company: Company, person: Person, following: str, width: int) -> Text:
    """A person in the list: name, role and place, and which sections the person may write in."""
    me = " (you)" if person.slug == company.me else ""
    role = "author" if person.is_author else person.role
    follows = "followed" if person.slug == following else ""
    away = "" if person.is_here else "connection lost"
    asks = company.asked.get(person.slug, "") if isinstance(company, Hosting) else ""
    asking = f"{WRITES} asks to write in {section_name(bank, asks)}" if asks else ""
    words = [role, away or where_words(bank, person), _writes(bank, company, person), asking, follows]
    return _listed(HERE if person.is_here else AWAY, f"{person.name}{me}", 30, words, width)


def _writes(bank: Bank, company: Company, person: Person) -> str:
    """Which sections somebody has the baton of, and how long yet."""
    held = [baton for baton in company.batons if baton.slug == person.slug]
    if not held or company.state == "ended":
        return ""
    minutes = max(round(min(baton.seconds for baton in held) / 60), 1)
    return f"{WRITES} writes in {', '.join(section_name(bank, b.section) for b in held)} ({minutes} min)"


def waiting_text(name: str, role: str, width: int) -> Text:
    """Somebody who waits, in the list."""
    return _listed(WAITS, name, 40, [role, "waits to be admitted"], width)


def _listed(glyph: str, name: str, most: int, parts: list[str], width: int) -> Text:
    """A line of the list: at most `most` columns of a name, and what is said of who is called that."""
    line = Text(f"{glyph} ", no_wrap=True).append_text(plain_line(name, most, "bold"))
    for part in filter(None, parts):
        line.append(" · ").append_text(plain_line(part, max(width - line.cell_len - 3, 1)))
    line.truncate(width, overflow="ellipsis")
    return line


def presence(company: Company | None, section: str) -> str:
    """The first letters of the names of those who are in a section, for the list of sections, or ""."""
    if company is None or company.state == "ended":
        return ""
    names = [person.name for person in others(company) if person.section == section]
    return "" if not names else f"{HERE}{plain_line(names[0], 5).plain}{'+' if names[1:] else ''}"
