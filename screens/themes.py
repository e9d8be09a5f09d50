"""The themes: dark, light and high contrast, and the colours of SQL in them."""

from __future__ import annotations

from collections.abc import Mapping

from rich.style import Style
from textual.theme import Theme
from textual.widgets.text_area import TextAreaTheme

THEMES: tuple[Theme, ...] = (
    Theme(
        name="dbcharter-dark",
        primary="#82aadc",
        secondary="#98acc1",
        accent="#e0b069",
        warning="#e0b069",
        error="#e07a7a",
        success="#86c08a",
        foreground="#d8dce2",
        background="#16191e",
        surface="#1c2026",
        panel="#262b33",
    ),
    Theme(
        name="dbcharter-light",
        primary="#1f5a96",
        secondary="#4a6178",
        accent="#8a5a00",
        warning="#8a5a00",
        error="#a32020",
        success="#1d6b2a",
        foreground="#1c2026",
        background="#f6f6f3",
        surface="#ffffff",
        panel="#e4e5e2",
        dark=False,
    ),
    Theme(
        name="dbcharter-contrast",
        primary="#ffff00",
        secondary="#ffffff",
        accent="#00ffff",
        warning="#ffff00",
        error="#ff8080",
        success="#80ff80",
        foreground="#ffffff",
        background="#000000",
        surface="#000000",
        panel="#202020",
        variables={
            "block-cursor-background": "#ffff00",
            "block-cursor-foreground": "#000000",
            "border": "#ffff00",
            "border-blurred": "#ffffff",
        },
    ),
)

SQL_COLOURS: Mapping[str, str] = {
    "keyword": "primary",
    "keyword.operator": "primary",
    "conditional": "primary",
    "attribute": "primary",
    "storageclass": "primary",
    "type.qualifier": "primary",
    "type.builtin": "accent",
    "function.call": "accent",
    "string": "success",
    "number": "success",
    "float": "success",
    "boolean": "success",
    "comment": "secondary",
}
"""Parts of SQL by the colour of the theme that they have; the others are as plain text is."""


def sql_colours(theme: Theme) -> TextAreaTheme:
    """The colours of SQL in a theme, which have the contrast of its words."""
    styles = {
        part: Style(color=getattr(theme, name), italic=part == "comment" or None)
        for part, name in SQL_COLOURS.items()
    }
    return TextAreaTheme(theme.name, syntax_styles=styles)
