"""Bytes of a message → its header, parts, texts and pictures; HTML made safe to show. Pure functions."""
