"""Is a finished disclosure complete, unaltered and free of hidden values? Read back from the file alone."""
