"""Markdown of a design document as lines of a terminal. Pure: knows no widget."""
