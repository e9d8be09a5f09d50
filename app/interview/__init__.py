"""What to ask now: profile, applicability, requirement, what is due, the way through the questions."""
