"""The typed records, by family: what each field means, and in which unit."""
