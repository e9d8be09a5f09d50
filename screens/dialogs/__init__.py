"""Modal screens that return a typed result."""
