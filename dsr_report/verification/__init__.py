"""Step 12: verify, from the file alone, that a disclosure is complete, unaltered and without leaks."""
