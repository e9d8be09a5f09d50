"""The final review: every item, what stands in its way, and what to do next."""
