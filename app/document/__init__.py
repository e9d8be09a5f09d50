"""What was said: the answer document, its operations and its TOML file."""
