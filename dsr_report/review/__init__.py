"""What must not be shown as it is: findings, decisions, and the redacted export that all outputs are made of."""
