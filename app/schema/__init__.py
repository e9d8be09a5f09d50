"""What the DDL says: split, parse, schema model, prefill."""
