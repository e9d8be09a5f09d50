"""The styles in which a document is shown."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from rich.style import Style


class Look(Struct, frozen=True):
    """Styles without a background: that is the widget's."""

    title: Style
    heading: Style
    strong: Style
    emphasis: Style
    code: Style
    link: Style
    struck: Style
    faint: Style


def look_of(colours: Mapping[str, str]) -> Look:
    """The look under a theme, by its variables."""
    primary, secondary = colours.get("primary"), colours.get("secondary")
    return Look(
        title=Style(color=primary, bold=True, underline=True),
        heading=Style(color=primary, bold=True),
        strong=Style(bold=True),
        emphasis=Style(italic=True),
        code=Style(color=secondary),
        link=Style(underline=True),
        struck=Style(strike=True),
        faint=Style(dim=True),
    )
