"""People's text as Markdown that says exactly what was typed, for CommonMark and GFM renderers.

Whatever could be read as markup is escaped; the rest stays readable. `Markdown` marks text that
already is Markdown, so that it is never escaped twice and nothing else gets through unescaped.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable

from markupsafe import Markup

from app.document.text import clean


class Markdown(Markup):
    """Text that is Markdown already and goes to the output as it is."""


NOTHING = Markdown("")

_SPECIAL = re.compile(
    r"[\\`\[\]~|$]"
    r"|<(?!=?\s)"  # not in "a < b" and "a <= b"
    r"|&(?=#?[0-9A-Za-z]+;)"  # only where it would be an entity
    r"|(?<!\s)\*|\*(?!\s)|^\*"  # not in "2 * 3"
    r"|(?<!\w)_+|_+(?!\w)"  # not inside seat_hold
)
_BLOCK_START = re.compile(r"[-+=#>]|:(?=-)|\d{1,9}(?=[.)](?:\s|$))")
_URL = re.compile(r"(?:https?|ftp)://\S+|www\.\S+", re.IGNORECASE)
_CLOSING_HASH = re.compile(r"(?<!\\)#(?=#*$)")
_BLANK_LINES = re.compile(r"\n(?:[^\S\n]*\n)+")
_OF_CELL = re.compile(
    r"(?P<code>(?<!`)(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`))"
    r"|\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|&#(?P<number>[0-9]{1,7});"
    r"|(?P<line><br\s*/?>)"
    r'|(?P<anchor><a id="[^"]*"></a>)'
    r"|\[(?P<linked>(?:\\.|[^\[\]\\])*)\]\(#[^()\s]*\)",
    re.IGNORECASE,
)
_INFO_WORD = re.compile(r"[^A-Za-z0-9_+-]")


def cell(text: str) -> Markdown:
    """`text` for a table cell or the middle of a line; line breaks become `<br>`."""
    return Markdown("<br>".join(map(_line, clean(text).split("\n"))))


def text_of_cell(markdown: str) -> str:
    """The text that `cell` made a table's cell of, without anchors before it and links in it.

    What else is marked up stays as it stands.
    """
    return _OF_CELL.sub(_as_typed, markdown)


def _as_typed(found: re.Match[str]) -> str:
    match found.lastgroup:
        case "code":
            return found[0].replace("\\|", "|")
        case "escaped":
            return found["escaped"]
        case "number":
            return clean(chr(min(int(found["number"]), sys.maxunicode)))
        case "line":
            return "\n"
        case "linked":
            return text_of_cell(found["linked"])
    return ""


def inline(text: str) -> Markdown:
    """`text` for a paragraph, list item or heading of its own; blank lines at its ends are left out."""
    first, *rest = clean(text).strip("\n").split("\n")
    return Markdown("<br>".join([_start(first), *map(_line, rest)]))


def heading(text: str) -> Markdown:
    """`text` for a heading, whose closing number signs would vanish."""
    return Markdown(_CLOSING_HASH.sub(r"\\#", inline(text)))


def prose(text: str, indent: str = "") -> Markdown:
    """`text` as paragraphs with their line breaks.

    Blank lines separate paragraphs, however many they are. `indent` starts every line but the first.
    """
    paragraphs = _BLANK_LINES.split(clean(text).strip("\n"))
    lines = [f"\\\n{indent}".join(map(_start, paragraph.split("\n"))) for paragraph in paragraphs]
    return Markdown(f"\n\n{indent}".join(lines))


def fence(text: str, language: str = "") -> Markdown:
    """`text` as a code block, fenced by more backticks than it holds in a row."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    ticks = "`" * max(3, longest + 1)
    code = clean(text)
    end = "" if code.endswith("\n") else "\n"
    return Markdown(f"{ticks}{_INFO_WORD.sub('', language)}\n{code}{end}{ticks}")


def emphasis(markdown: str) -> Markdown:
    return Markdown(f"*{markdown}*")


def link(markdown: str, anchor: str) -> Markdown:
    """A link to an anchor of the same document."""
    return Markdown(f"[{markdown}](#{anchor})")


def anchor(name: str) -> Markdown:
    """The place that links to `name` lead to."""
    return Markdown(f'<a id="{name}"></a>')


def joined(parts: Iterable[str], separator: str) -> Markdown:
    """The parts that say something, with `separator` between them."""
    return Markdown(separator.join(part for part in parts if part))


def _start(line: str) -> str:
    """A line that begins a line of the output, where it could begin a block of another kind."""
    escaped = _line(line)
    found = _BLOCK_START.match(escaped)
    if not found:
        return escaped
    at = found.end() if found[0].isdigit() else 0
    return f"{escaped[:at]}\\{escaped[at:]}"


def _line(line: str) -> str:
    if not line:
        return line
    escaped = _SPECIAL.sub(_backslashes, line)
    if "\\" in escaped:
        escaped = _URL.sub(_no_link, escaped)
    if line[0].isspace():
        escaped = _reference(line[0]) + escaped[1:]
    if len(line) > 1 and line[-1].isspace():
        escaped = escaped[:-1] + _reference(line[-1])
    return escaped


def _backslashes(found: re.Match[str]) -> str:
    return "".join(f"\\{character}" for character in found[0])


def _no_link(found: re.Match[str]) -> str:
    """An address that needs escapes must not become a link: inside one, escapes are shown."""
    address = found[0]
    return re.sub(r"^(\w+)", r"\1\\", address) if "\\" in address else address


def _reference(character: str) -> str:
    """A blank at the edge of a line, which renderers would strip."""
    return f"&#{ord(character)};"
