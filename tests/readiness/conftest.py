"""Fixtures for tests of the engine and of what surrounds it."""

from __future__ import annotations

from tests.readiness.made_rules import only

__all__ = ["only"]
