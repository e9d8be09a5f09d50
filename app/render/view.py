"""What a template sees: the finished document as plain data, every text of it ready to print.

`Markdown` values are printed as they are. A block's `kind` says which macro prints it.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from app.render.markdown import NOTHING, Markdown


class Text(Struct, frozen=True):
    """A paragraph, or several."""

    text: Markdown
    kind: Literal["text"] = "text"


class Bullets(Struct, frozen=True):
    items: tuple[Markdown, ...]
    kind: Literal["bullets"] = "bullets"


class Table(Struct, frozen=True):
    columns: tuple[Markdown, ...]
    rows: tuple[tuple[Markdown, ...], ...]
    kind: Literal["table"] = "table"


class Code(Struct, frozen=True):
    """A fenced block."""

    text: Markdown
    kind: Literal["code"] = "code"


class Diagram(Struct, frozen=True):
    """A Mermaid diagram in its fence; `caption` tells several in one place apart."""

    caption: Markdown
    text: Markdown
    kind: Literal["diagram"] = "diagram"


class Heading(Struct, frozen=True):
    """The heading of one record."""

    text: Markdown
    anchor: Markdown
    kind: Literal["heading"] = "heading"


Block: TypeAlias = Text | Bullets | Table | Code | Diagram | Heading


class Part(Struct, frozen=True):
    """A subsection, or a heading of the compact document.

    One that has the number of its section has no `title` and stands directly under the section.
    """

    number: str
    title: Markdown
    anchor: Markdown
    blocks: tuple[Block, ...]


class SectionView(Struct, frozen=True):
    number: str
    title: Markdown
    anchor: Markdown
    parts: tuple[Part, ...]


class AppendixPart(Struct, frozen=True):
    title: Markdown
    anchor: Markdown
    blocks: tuple[Block, ...]


class DocumentView(Struct, frozen=True):
    """A whole document. `sections` is empty in a compact one, `headings` in a full one."""

    title: Markdown
    facts: Markdown
    appendix: tuple[AppendixPart, ...]
    sections: tuple[SectionView, ...] = ()
    headings: tuple[Part, ...] = ()
    overview: Table | None = None
    lead: Markdown = NOTHING
