"""Everything Textual: the application, its screens, widgets and styles."""

import os

# Textual paints 60 times a second at most, so that a key right behind another painting waits for up to 16 ms.
os.environ.setdefault("TEXTUAL_FPS", "120")
