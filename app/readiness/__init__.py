"""Is it good enough: facts, rules, checklist, score and reports."""
