"""The command line: options in, one call, result out."""

from __future__ import annotations

from dsr_report.cli.group import main

__all__ = ["main"]
