"""What a template sees: the finished document as plain data, every text of it ready to print.

`Markdown` values are printed as they are. A block's `kind` says which macro prints it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from app.render.markdown import NOTHING, Markdown


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph, or several."""

    text: Markdown
    kind: Literal["text"] = "text"


@dataclass(frozen=True, slots=True)
class Bullets:
    items: tuple[Markdown, ...]
    kind: Literal["bullets"] = "bullets"


@dataclass(frozen=True, slots=True)
class Table:
    columns: tuple[Markdown, ...]
    rows: tuple[tuple[Markdown, ...], ...]
    kind: Literal["table"] = "table"


@dataclass(frozen=True, slots=True)
class Code:
    """A fenced block."""

    text: Markdown
    kind: Literal["code"] = "code"


@dataclass(frozen=True, slots=True)
class Diagram:
    """A Mermaid diagram in its fence; `caption` tells several in one place apart."""

    caption: Markdown
    text: Markdown
    kind: Literal["diagram"] = "diagram"


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of one record."""

    text: Markdown
    anchor: Markdown
    kind: Literal["heading"] = "heading"


Block: TypeAlias = Text | Bullets | Table | Code | Diagram | Heading


@dataclass(frozen=True, slots=True)
class Part:
    """A subsection, or a heading of the compact document.

    One that has the number of its section has no `title` and stands directly under the section.
    """

    number: str
    title: Markdown
    anchor: Markdown
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class SectionView:
    number: str
    title: Markdown
    anchor: Markdown
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class AppendixPart:
    title: Markdown
    anchor: Markdown
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A whole document. `sections` is empty in a compact one, `headings` in a full one."""

    title: Markdown
    facts: Markdown
    appendix: tuple[AppendixPart, ...]
    sections: tuple[SectionView, ...] = ()
    headings: tuple[Part, ...] = ()
    overview: Table | None = None
    lead: Markdown = NOTHING
