"""Turn a Copernica data-request export into a disclosure that a person understands."""
