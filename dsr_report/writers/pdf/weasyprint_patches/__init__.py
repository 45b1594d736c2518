"""Replaced functions of WeasyPrint: faster ones with the same bytes; `exact` and `fitting` change output."""
