"""Step 7 of the pipeline: records → normalized tables, and their files."""
