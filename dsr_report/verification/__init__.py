"""Step 12: is a disclosure complete, unaltered, free of hidden values? Read back from the file alone."""
