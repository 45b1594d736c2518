"""Where the folders that ship with dsr-report are."""

from __future__ import annotations

from pathlib import Path


def shipped(folder: str) -> Path:
    """A folder that ships with us: beside the package in a checkout, inside it in an installed wheel."""
    package = Path(__file__).resolve().parent
    beside = package.parent / folder
    in_checkout = (package.parent / "pyproject.toml").is_file() and beside.is_dir()
    return beside if in_checkout else package / folder
