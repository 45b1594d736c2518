"""An installed wheel works away from the checkout: templates, fonts, languages and samples are in it."""

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from the tree."""
    pytest.importorskip("hatchling")
    out = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    (made,) = out.glob("*.whl")
    return made


def test_the_wheel_holds_what_ships_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    for wanted in (
        "dsr_report/templates/report/first.html.j2",
        "dsr_report/templates/fonts/NotoSans-Regular.ttf",
        "dsr_report/templates/locale/nl/LC_MESSAGES/dsr_report.po",
        "dsr_report/sample_exports/subprofile-20285.json",
        "dsr_report/sample_exports/controller.toml",
        "dsr_report/py.typed",
    ):
        assert wanted in names
    assert not [
        n for n in names if n.startswith(("tests/", "notebooks/", "benchmarks/")) or "__pycache__" in n
    ]


@pytest.mark.slow
def test_an_installed_wheel_fetches_and_renders_away_from_the_checkout(wheel, tmp_path):
    place = tmp_path / "venv"
    venv.create(place, system_site_packages=False, with_pip=False)
    site = next(place.glob("lib/python*/site-packages"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    libraries = next(p for p in sys.path if p.endswith("site-packages"))
    (site / "libraries.pth").write_text(f"{libraries}\n", encoding="utf-8")
    environment = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "PYTHONHOME"}}
    python = place / "bin" / "python"
    where = subprocess.run(
        [python, "-c", "import dsr_report; print(dsr_report.__file__)"],
        cwd=tmp_path, env=environment, check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert str(site) in where.stdout
    done = subprocess.run(
        [python, "-m", "dsr_report", "fetch-and-render", "someone@example.org", "--sandbox", "--lang", "nl",
         "-o", "a.pdf"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF-1.7")
