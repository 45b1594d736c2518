"""Step 1: The API: a token in, a finished export on disk out. The only room that makes HTTP requests."""
