"""The interview: sections, one group of questions, checklist and preview."""
