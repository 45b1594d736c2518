"""`python -m dsr_report`."""

from dsr_report.cli import main

main()
