"""One parser for each kind, by family; `records.registry` lists them."""
