"""The kinds of records that Copernica is known to write, by family."""
