"""`review -o FILE` keeps what a person decided in FILE, says so, and overwrites nothing else."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ALSO = """
# my own remark
[[also]]
text = "ilse.vermaas"
decision = "withhold"
reason = "privacy of \\"another\\""
article = "Art. 15(4) GDPR"

[[also]]
pointer = "/data/0/fields/Opmerking"
decision = "withhold"
reason = "privacy of another"
article = "Art. 15(4) GDPR"
"""


@pytest.fixture
def place(tmp_path):
    write(tmp_path)
    return tmp_path


def write(folder, **fields):
    fields = {"Email": "robin@example.org", "Opmerking": "bel ilse.vermaas@example.net"} | fields
    record = {"ID": "500", "secret": "e5903b43c08f011fe5903b43c08f011f", "fields": fields}
    export = {"info": {"type": "profile", "id": "500"}, "data": [record]}
    (folder / "export.json").write_text(json.dumps(export), encoding="utf-8")


def review(folder, *more):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DSR_REPORT")} | {
        "PYTHONPATH": str(ROOT)
    }
    command = [sys.executable, "-m", "dsr_report", "review", "export.json", "-o", "mine.toml", *more]
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    return done


def decided(folder):
    file = folder / "mine.toml"
    text = file.read_text(encoding="utf-8").replace('decision = "undecided"', 'decision = "withhold"')
    text = text.replace('reason = ""', 'reason = "privacy of another"') + ALSO
    file.write_text(text, encoding="utf-8")
    return text


def test_the_same_export_leaves_the_file_as_it_is_with_its_remarks(place):
    review(place)
    text = decided(place)
    again = review(place)
    assert (place / "mine.toml").read_text(encoding="utf-8") == text
    assert "kept, 0 dropped" in again.stderr
    assert "0 new findings" in again.stderr


@pytest.mark.parametrize("form", ["with a mark", "with CRLF"])
def test_a_file_as_windows_saves_it_is_understood(place, form):
    review(place)
    content = decided(place).encode()
    content = b"\xef\xbb\xbf" + content if form == "with a mark" else content.replace(b"\n", b"\r\n")
    (place / "mine.toml").write_bytes(content)
    assert review(place).returncode == 0
    assert (place / "mine.toml").read_bytes().count(b'"withhold"') == content.count(b'"withhold"')


def test_another_export_of_the_person_gets_the_decisions_that_still_apply(place):
    review(place)
    before = tomllib.loads(decided(place))
    write(place, Vriend="kees.anders@example.com", Email="robin@example.org")
    done = review(place)
    after = tomllib.loads((place / "mine.toml").read_text(encoding="utf-8"))
    taken = {one["id"]: one for one in after["finding"] if one["decision"] == "withhold"}
    assert set(taken) == {one["id"] for one in before["finding"]}
    assert all(one["reason"] == "privacy of another" for one in taken.values())
    assert after["also"] == before["also"][:1]  # a pointer is a place in the other export
    assert any(one["decision"] == "undecided" for one in after["finding"])
    assert f"{len(taken) + 1} kept, 1 dropped" in done.stderr


def test_what_holds_no_decisions_is_not_replaced(place):
    (place / "mine.toml").write_text("[controller]\nname = 'Shop'\n", encoding="utf-8")
    done = review(place)
    assert done.returncode == 2
    assert "is no file of decisions" in done.stderr
    assert "Shop" in (place / "mine.toml").read_text(encoding="utf-8")


def test_findings_as_json_do_not_replace_decisions(place):
    review(place)
    text = decided(place)
    assert review(place, "--json").returncode == 1
    assert (place / "mine.toml").read_text(encoding="utf-8") == text
