"""Answers as documents: Markdown with Mermaid diagrams."""
