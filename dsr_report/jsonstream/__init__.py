"""Steps 2 and 3: Bytes of an export → exact JSON values, each with its pointer."""
