"""Parsing steps that a declaration cannot express, by family; `records.registry` lists them."""
