"""Bytes of an export → exact JSON values, each with its pointer."""
