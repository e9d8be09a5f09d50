"""Tab and shift+tab for forms of several inputs."""

from __future__ import annotations

from textual.binding import Binding, BindingType

TAB_KEYS: list[BindingType] = [
    Binding("tab", "app.focus_next", "Next", show=False, priority=True),
    Binding("shift+tab", "app.focus_previous", "Previous", show=False, priority=True),
]
"""Move the focus before the next key is handed out, so that text typed quickly behind a Tab never lands
in the input before it; Textual's own bindings wait until the focused input has seen the Tab."""
