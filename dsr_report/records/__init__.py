"""Steps 4 to 6: items of an export → records of a kind; what decided it, and what was not recognised."""
