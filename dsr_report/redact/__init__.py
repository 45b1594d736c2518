"""What must not be shown as it is: findings, decisions, and the redacted export that outputs are made of."""
