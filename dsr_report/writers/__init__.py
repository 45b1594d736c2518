"""Step 11 of the pipeline: the report's parts → HTML, PDF or package, with manifest and seal."""
