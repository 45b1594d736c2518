"""Step 13: Delivery of a finished disclosure to the subject, as a reply."""
