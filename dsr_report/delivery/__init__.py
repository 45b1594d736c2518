"""Step 13: A finished disclosure → the reply that carries it to the subject."""
