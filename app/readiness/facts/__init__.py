"""Facts: named values derived from answers, one module per subject."""
