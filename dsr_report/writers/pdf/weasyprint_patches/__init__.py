"""Functions of WeasyPrint replaced by faster ones that give the same bytes."""
