"""Steps 4 to 6: from an export's items to records of known kinds, with the rules that decided them."""
