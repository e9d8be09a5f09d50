"""Choosing between both sides of a merge."""
