"""Declarations of tables and columns beside those of record kinds."""
