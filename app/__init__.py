"""The core of dbcharter: question bank, answer document, interview, rendering and command line."""
