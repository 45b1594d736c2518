"""The same input gives the same bytes, whatever differs around the process that writes them."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLES = Path(__file__).resolve().parents[2] / "sample_exports"
ROOT = SAMPLES.parent
PROGRAM = """
import json, sys
import dsr_report
source, lang, workers, targets, options = json.loads(sys.argv[1])
with dsr_report.read(source) as export, dsr_report.Report(export, lang=lang, **options) as report:
    for target in targets:
        report.to(target, workers=workers)
"""
AROUND = [
    {"seed": "0", "workers": 1, "folder": "one", "TZ": "UTC", "LC_ALL": "C"},
    {"seed": "4242", "workers": 3, "folder": "two/of them", "TZ": "Asia/Tokyo", "LC_ALL": "C.UTF-8"},
]


def hashes(folder, wanted, around):
    """Write a report in a process of its own, in a folder of its own, and give the hash of each file."""
    source, lang, endings, options = wanted
    here = folder / around["folder"]
    here.mkdir(parents=True)
    targets = [f"report.{ending}" for ending in endings]
    environment = {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
    environment |= {"PYTHONHASHSEED": around["seed"], "TZ": around["TZ"], "LC_ALL": around["LC_ALL"]}
    environment |= {"PYTHONPATH": str(ROOT), "TMPDIR": str(here)}
    order = json.dumps([str(source), lang, around["workers"], targets, options])
    subprocess.run([sys.executable, "-c", PROGRAM, order], check=True, cwd=here, env=environment)
    return {name: hashlib.sha256((here / name).read_bytes()).hexdigest() for name in targets}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "lang", "endings", "options"),
    [
        ("email-someone.json", "nl", ["html", "pdf"], {"messages": "layout"}),
        ("profile-90211.json", "de", ["zip"], {"attachments": True}),
        ("profile-70001-world-scripts.json", "fr", ["html"], {}),
        ("subprofile-20285.json", "en", ["html"], {}),
        ("hostile.json", "en", ["html"], {}),
        ("nothing-found.json", "fr", ["html", "zip"], {}),
    ],
)
def test_order_of_hashing_workers_folder_zone_and_locale_change_no_byte(
    name, lang, endings, options, tmp_path
):
    wanted = (SAMPLES / name, lang, endings, options)
    first, second = (hashes(tmp_path, wanted, around) for around in AROUND)
    assert first == second
