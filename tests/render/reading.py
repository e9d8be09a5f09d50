"""Reading rendered Markdown as a CommonMark renderer with GFM tables shows it."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import strategies as st
from markdown_it import MarkdownIt

from app.document.text import clean

_READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])

HOSTILE = [
    *("|", "|---|", "`", "```", "~~~", "~~", "#", "### ", "*", "**", "_", "__", "_x_", "a__b", "seat_hold"),
    *("- ", "+ ", "-", "1.", "12) ", "---", "===", "> ", ">=", "<", "< ", "<=", ":", ":-", "!", "\\", "\\|"),
    *(
        "<b>",
        "</b>",
        "<br>",
        "<script>",
        "<!--",
        "-->",
        "[x](http://e.x)",
        "![i](y)",
        "[",
        "]",
        "[a]: ",
        "[^1]",
    ),
    *(
        "{{7*7}}",
        "{%raw%}",
        "}}",
        "{seat}",
        "&",
        "&amp;",
        "&#65;",
        "#quot;",
        "#59;",
        "$x$",
        "%%",
        "%%{init: {}}%%",
    ),
    *(
        "https://a.b/c_",
        "http://a.b/?q=*x*",
        "www.x.y/_",
        "count(*)",
        "end",
        "style a:#",
        "classDef x:#",
        ";",
        ",",
    ),
    *(
        "'",
        '"',
        "a",
        "b",
        "7",
        " ",
        "  ",
        "    ",
        "\t",
        "\u00a0",
        "\u3000",
        "é",
        "🎉",
        "\u202e",
        "→",
        "->",
        "-->",
    ),
]

hostile_line = st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=3)), max_size=8).map(
    lambda parts: clean("".join(parts)).replace("\n", "")
)
hostile_text = st.lists(
    st.one_of(st.sampled_from([*HOSTILE, "\n", "\n\n"]), st.text(max_size=3)), max_size=10
).map(lambda parts: clean("".join(parts)))


class Element:
    """One element of a rendered page, with the text inside it; `<br>` counts as a line break."""

    def __init__(self, tag: str, attributes: dict[str, str | None]) -> None:
        self.tag = tag
        self.attributes = attributes
        self.pieces: list[str] = []

    @property
    def text(self) -> str:
        return "".join(self.pieces)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self._open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.handle_data("\n")
            return
        element = Element(tag, dict(attrs))
        self.elements.append(element)
        if tag != "img":
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag != "br":
            assert self._open.pop().tag == tag, "tags must nest"

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.pieces.append(data)


def elements(markdown: str) -> list[Element]:
    """Every element of the page that `markdown` renders to, in order."""
    reader = _Reader()
    reader.feed(_READER.render(markdown).replace("<br />\n", "<br />"))
    reader.close()
    return reader.elements


def texts(markdown: str, tag: str) -> list[str]:
    """The texts of all elements of one kind."""
    return [element.text for element in elements(markdown) if element.tag == tag]
