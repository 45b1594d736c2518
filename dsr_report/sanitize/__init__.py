"""HTML of a message → HTML that is safe to show: no loading, no scripts, no live links."""
