"""What reviewers say about an answer document, and what follows from it."""
