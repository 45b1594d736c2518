"""HTML of a message → HTML that is safe to show: it loads, runs and follows nothing."""
