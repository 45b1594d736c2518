"""Items of an export → records of a kind: what each one is, what decided it, and what was not recognised."""
