"""What the tables have that no declaration of a record kind gives."""
