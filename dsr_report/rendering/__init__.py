"""Step 10 of the pipeline: records → views → HTML in parts, each value struck out of the ledger."""
