"""Steps 8 and 9: findings, decisions, and the redacted export that all outputs are made of."""
